public import Testing

/// How long tests wait for what will happen: the one place for it. It is no measure of anything. A machine may be as slow and
/// as busy as it likes; what takes longer than this does not come.
public enum Patience {
    /// For one event: a line, a child's end, an answer, a state that is looked for.
    public static let limit = Duration.seconds(600)

    /// For a whole test, in which many events are waited for.
    public static let minutes = 60
}

extension Trait where Self == TimeLimitTrait {
    /// Ends a test that waits for what does not come. Whatever the test is about, it is not how long it takes.
    public static var patient: Self { .timeLimit(.minutes(Patience.minutes)) }
}
