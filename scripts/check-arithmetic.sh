#!/usr/bin/env bash
# Finds arithmetic that ends a program when a number from outside is large, and JSON that is read without limits.
# `Platform/Values/Saturating.swift` has what to write instead.
#
#   scripts/check-arithmetic.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Ours alone: samples that are made, and what tests use.
own='^Sources/(bpubsub-sample|TestSupport)/|/Saturating\.swift:'
# Numbers of options, which have a range.
ranged='OptionValue\.seconds|return \.seconds\(value\)|\.seconds\(configuration\.'
found=0
cd "$root"

# forbid PATTERN REASON: no line of code may match.
forbid() {
    local lines
    lines="$(grep -rnP --include='*.swift' "$1" Sources | grep -vE "$own" |
        grep -vE '^[^:]+:[0-9]+: *//' | grep -vE "$ranged" || true)"
    if [ -n "$lines" ]; then
        printf '%s\n    use %s\n' "$lines" "$2"
        found=1
    fi
}

forbid '\.reduce\((\w+\()?0\)?[,)].*\+' 'saturatingSum'
forbid '\.reduce\((1|\w+|\w+\(1\)), \*\)' 'saturatingProduct'
forbid '\bU?Int(8|16|32|64)?\((Double|floor|ceil|round)\(' 'init(saturating:)'
forbid '\bU?Int(8|16|32|64)?\((?!saturating|exactly).*\.rounded\(' 'init(saturating:)'
forbid '(?<!HTTPDate)\.seconds\([a-z]+[A-Za-z.]*\)' 'Duration(saturatingSeconds:)'
forbid '\bJSON(Decoder|Serialization)\b' 'WireJSON.decode'
forbid 'WireJSON\.decode\((?!.*, (\.[a-z]+|limits)\b)' 'WireJSON.decode with the limits of this use'
[ "$found" -eq 0 ] || die 'numbers from outside may be anything'
