/// Scripts by which shells complete the program's command lines, made from what its commands declare.
struct CompletionScript {
    enum Shell: String, CaseIterable, Sendable { case bash, zsh, fish }

    struct CompletedCommand {
        let name: String
        let abstract: String
        let options: [(name: String, short: Character?, takesValue: Bool, help: String)]
        /// Whether its operands are paths of datasets.
        let takesPaths: Bool
    }

    let commands: [CompletedCommand]

    func text(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    var names: String { commands.map(\.name).joined(separator: " ") }

    /// For a shell's single quotes.
    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
}

extension CompletionScript {
    var bash: String {
        """
        # Completion of bpubsub for bash: source <(bpubsub completion bash)
        _bpubsub() {
            local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
            local command="" options="--help --version --subscriber" paths="" candidates=() index word
            for ((index = 1; index < COMP_CWORD; index++)); do
                word="${COMP_WORDS[index]}"
                case "$word" in
                    \(commands.map(\.name).joined(separator: "|")))
                        [ -z "$command" ] && command="$word" ;;
                esac
            done
            case "$command" in
        \(bashCases)
            esac
            COMPREPLY=()
            case "$previous" in
                --output|-o) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
                --subscriber) return ;;
            esac
            if [[ "$current" == -* ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
            elif [ -z "$command" ]; then
                mapfile -t COMPREPLY < <(compgen -W "\(names)" -- "$current")
            elif [ "$command" = completion ]; then
                mapfile -t COMPREPLY < <(compgen -W "\(Shell.allCases.map(\.rawValue).joined(separator: " "))" -- "$current")
            elif [ -n "$paths" ]; then
                # A name may have spaces and quotes in it: what is typed is unquoted first, what is offered is quoted.
                local typed="${current//\\\\/}"
                typed="${typed#[\\'\\"]}"
                mapfile -t candidates < <("${COMP_WORDS[0]}" list --complete="$typed" 2>/dev/null)
                for word in "${candidates[@]}"; do
                    if [[ "$word" == "$typed"* ]]; then
                        case "$current" in
                            \\'*|\\"*) COMPREPLY+=("$word") ;;
                            *) COMPREPLY+=("$(printf '%q' "$word")") ;;
                        esac
                    fi
                done
                # A folder goes on.
                if [ "${#COMPREPLY[@]}" = 1 ] && [[ "${COMPREPLY[0]}" == */ ]]; then compopt -o nospace 2>/dev/null; fi
            fi
        }
        complete -F _bpubsub bpubsub

        """
    }

    private var bashCases: String {
        commands.map { command in
            var words: [String] = []
            for option in command.options {
                words.append("--\(option.name)")
                if let short = option.short { words.append("-\(short)") }
            }
            let paths = command.takesPaths ? " paths=1" : ""
            return "        \(command.name)) options=\"\(words.joined(separator: " "))\"\(paths) ;;"
        }.joined(separator: "\n")
    }
}

extension CompletionScript {
    var zsh: String {
        """
        #compdef bpubsub
        # Completion of bpubsub for zsh: source <(bpubsub completion zsh), or this text as _bpubsub in a folder of $fpath.
        _bpubsub_paths() {
            local -a found
            found=("${(@f)$(bpubsub list --complete="${(Q)PREFIX}" 2>/dev/null)}")
            compadd -S '' -- ${(M)found:#*/}
            compadd -- ${found:#*/}
        }
        _bpubsub() {
            local context state state_descr line
            typeset -A opt_args
            _arguments -C '(- *)'{-h,--help}'[print help and end]' '(- *)--version[print the version and end]' \\
                '--subscriber=[the subscriber to talk to]:URL:' '1:command:->command' '*::argument:->argument'
            case $state in
                command)
                    local -a commands
                    commands=(
        \(commands.map { "                \(Self.quoted("\($0.name):\($0.abstract)"))" }.joined(separator: "\n"))
                    )
                    _describe command commands ;;
                argument)
                    case $words[1] in
        \(zshCases)
                    esac ;;
            esac
        }
        if [ "$funcstack[1]" = _bpubsub ]; then _bpubsub "$@"; else compdef _bpubsub bpubsub; fi

        """
    }

    private var zshCases: String {
        commands.map { command in
            var words: [String] = []
            for option in command.options {
                let help = option.help.replacing("[", with: "(").replacing("]", with: ")").replacing(":", with: ",")
                let action = option.name == "output" ? ":folder:_files -/" : option.takesValue ? ":value:" : ""
                words.append(Self.quoted("--\(option.name)\(option.takesValue ? "=" : "")[\(help)]\(action)"))
                if let short = option.short {
                    words.append(Self.quoted("-\(short)\(option.takesValue ? "+" : "")[\(help)]\(action)"))
                }
            }
            if command.takesPaths { words.append("'*:path:_bpubsub_paths'") }
            if command.name == "completion" {
                words.append("'1:shell:(\(Shell.allCases.map(\.rawValue).joined(separator: " ")))'")
            }
            return "                \(command.name)) _arguments \(words.joined(separator: " ")) ;;"
        }.joined(separator: "\n")
    }
}

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
