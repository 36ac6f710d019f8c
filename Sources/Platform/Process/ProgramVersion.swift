/// The version of the programs, in one place.
public enum ProgramVersion {
    public static let current = "0.1.0"
}
