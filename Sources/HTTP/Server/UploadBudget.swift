internal import Platform
internal import Synchronization

/// Bounds the memory that uploads take together, counted as their bytes arrive: who announces much and sends nothing takes
/// nothing. One address leaves a part for the others.
final class UploadBudget: Sendable {
    /// What has arrived of one upload, given back when the last reference goes.
    final class Room: Sendable {
        private let budget: UploadBudget
        private let address: PeerAddress
        private let size = Atomic(0)

        fileprivate init(_ budget: UploadBudget, _ address: PeerAddress) {
            self.budget = budget
            self.address = address
        }

        deinit { budget.giveBack(size.load(ordering: .relaxed), address) }

        /// False when there is no room.
        func grow(by bytes: Int) -> Bool {
            guard budget.take(bytes, address) else { return false }
            size.add(bytes, ordering: .relaxed)
            return true
        }
    }

    private struct State {
        var all = 0
        var byAddress: [PeerAddress: Int] = [:]
    }

    let total: Int
    /// Of one address.
    let share: Int
    private let state = Locked(State())

    init(total: Int = 128 << 20) {
        self.total = total
        share = total / 4 * 3
    }

    var held: Int { state.withLock { $0.all } }

    func room(for address: PeerAddress) -> Room { Room(self, address) }

    private func take(_ bytes: Int, _ address: PeerAddress) -> Bool {
        state.withLock { state in
            let known = state.byAddress[address, default: 0]
            guard state.all + bytes <= total, known + bytes <= share else { return false }
            state.all += bytes
            state.byAddress[address] = known + bytes
            return true
        }
    }

    private func giveBack(_ bytes: Int, _ address: PeerAddress) {
        guard bytes > 0 else { return }
        state.withLock { state in
            state.all -= bytes
            let rest = state.byAddress[address, default: 0] - bytes
            state.byAddress[address] = rest > 0 ? rest : nil
        }
    }
}
