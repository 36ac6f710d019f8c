/// Keeps what is found to be held of a mirror from being removed, for as long as this lives.
final class MirrorUse: Sendable {
    private let mirror: Mirror
    private let token: Presence.Token

    init(_ mirror: Mirror) {
        self.mirror = mirror
        token = mirror.beginUse()
    }

    deinit { mirror.endUse(token) }
}
