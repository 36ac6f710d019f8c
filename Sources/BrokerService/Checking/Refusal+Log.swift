import Wire

extension Refusal {
    /// What a failure of the log looks like from outside; its operator finds the rest in the broker's own log.
    init(_ error: LogError) {
        switch error.code {
        case .overloaded: self.init(503, error.message)
        case .conflict: self.init(503, "others change the same at the same time: try again")
        case .full:
            self.init(507, "the disk of the broker's log is full, nothing was changed: make room there, and try again")
        default: self.init(503, "the broker cannot use its log at the moment, nothing was changed: try again later")
        }
    }
}
