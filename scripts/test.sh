#!/usr/bin/env bash
# Builds and runs all tests, one target after the other; the last line is `N passed, M failed`.
#
#   scripts/test.sh                        everything
#   scripts/test.sh HTTPTests SystemTests  some targets
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$root/scripts/setup.sh" --tests

say "building programs and tests"
swift build --package-path "$root"
swift build --package-path "$root" --build-tests

# The system tests start the programs that were built above.
BPUBSUB_BIN="$(swift build --package-path "$root" --show-bin-path)"
export BPUBSUB_BIN

# All targets at once would be hundreds of servers on a few cores, and every time limit a matter of luck.
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    for folder in "$root"/Tests/*Tests; do targets+=("$(basename "$folder")"); done
fi

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
passed=0
failed=0
for target in "${targets[@]}"; do
    say "testing $target"
    status=0
    # A run that hangs is a failure as well.
    timeout 900 swift test --package-path "$root" --skip-build --filter "^$target\." >"$log" 2>&1 || status=$?
    good="$(grep -E '^✔ Test .* passed after ' "$log" | grep -vc '^. Test run with ' || true)"
    bad="$(grep -E '^✘ Test .* failed after ' "$log" | grep -vc '^. Test run with ' || true)"
    # Crashes, hangs and targets without tests have no line of their own.
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$good" -eq 0 ]; }; then bad=1; fi
    if [ "$bad" -gt 0 ]; then
        cat "$log"
    else
        grep -E '^✔ Test run with ' "$log" || true
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
