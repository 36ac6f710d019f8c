internal import CSystem

/// The process's memory.
public enum Memory {
    /// To be called first: long-running programs are to be as small as what they hold.
    static func configure() { csystem_configure_memory() }

    /// Gives what was freed back to the system: after work that took much more than usual. Takes milliseconds.
    public static func trim() { csystem_trim_memory() }
}
