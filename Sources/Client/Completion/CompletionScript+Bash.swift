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
