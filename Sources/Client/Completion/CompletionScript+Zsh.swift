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
