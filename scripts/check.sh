#!/usr/bin/env bash
# Looks at all that can be seen without a build: the format of Swift files, who imports whom, folders that need each other,
# arithmetic on numbers from outside, scripts, and what the documents name. Each of the checks can be run alone.
#
#   scripts/check.sh
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$root/scripts/setup.sh" --tests
cd "$root"
failed=()

# check NAME COMMAND...
check() {
    say "$1"
    "${@:2}" || failed+=("$1")
}

layers() { swift package dump-package | scripts/check-layers.py; }

check "the layers of ARCHITECTURE.md" layers
check "folders that need each other" scripts/check-rooms.py
check "numbers from outside" scripts/check-arithmetic.sh
check "documents" scripts/check-docs.py
check "scripts" shellcheck --external-sources scripts/*.sh .ci/run Benchmarks/run
check "the format of Swift files" swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks/Micro
[ "${#failed[@]}" -eq 0 ] || die "$(printf '%s; ' "${failed[@]}")see above"
