/// Names that promise a Blosc2 frame.
enum FrameNames {
    private static let endings = [".b2nd", ".b2frame", ".b2f", ".b2e", ".b2"]

    static func contains(_ name: some StringProtocol) -> Bool {
        let lowercased = name.lowercased()
        return endings.contains { lowercased.hasSuffix($0) }
    }
}
