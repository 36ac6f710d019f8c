extension CompletionScript {
    var fish: String {
        var lines = [
            "# Completion of bpubsub for fish: bpubsub completion fish | source",
            "complete -c bpubsub -f",
            "complete -c bpubsub -l help -s h -d 'print help and end'",
            "complete -c bpubsub -l version -d 'print the version and end'",
            "complete -c bpubsub -l subscriber -x -d 'the subscriber to talk to'",
        ]
        for command in commands {
            let condition = "-n '__fish_seen_subcommand_from \(command.name)'"
            lines.append(
                "complete -c bpubsub -n 'not __fish_seen_subcommand_from \(names)' -a \(command.name) "
                    + "-d \(Self.fishQuoted(command.abstract))")
            for option in command.options where !["help", "subscriber"].contains(option.name) {
                let short = option.short.map { " -s \($0)" } ?? ""
                let value =
                    option.name == "output" ? " -x -a '(__fish_complete_directories)'" : option.takesValue ? " -x" : ""
                lines.append(
                    "complete -c bpubsub \(condition) -l \(option.name)\(short)\(value) -d \(Self.fishQuoted(option.help))"
                )
            }
            if command.takesPaths {
                lines.append(
                    "complete -c bpubsub \(condition) -a '(bpubsub list --complete=(commandline -ct) 2>/dev/null)'")
            }
            if command.name == "completion" {
                lines.append(
                    "complete -c bpubsub \(condition) -a '\(Shell.allCases.map(\.rawValue).joined(separator: " "))'")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// In fish's single quotes a backslash escapes.
    private static func fishQuoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
