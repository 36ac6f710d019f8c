#!/usr/bin/env bash
# Builds and runs all tests; the last line is `N passed, M failed`. Arguments go to `swift test`: --filter Blosc2Tests
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

report="$(mktemp -d)"
trap 'rm -rf "$report"' EXIT
say "testing"
status=0
swift test --package-path "$root" --skip-build --parallel --xunit-output "$report/tests.xml" "$@" 2>&1 |
    tee "$report/log" || status=$?

# The report is written at the end of a run. When the run crashed, count what the log tells, and the crash as a failure.
result="$report/tests-swift-testing.xml"
if [ -s "$result" ]; then
    total="$(grep -c '<testcase ' "$result" || true)"
    failed="$(awk '/<testcase /{seen=0} /<failure/{if (!seen) n++; seen=1} END{print n+0}' "$result")"
    skipped="$(grep -c '<skipped' "$result" || true)"
    passed=$((total - failed - skipped))
else
    passed="$(grep -E '^✔ Test .* passed after ' "$report/log" | grep -vc '^. Test run with ' || true)"
    failed="$(grep -E '^✘ Test .* failed after ' "$report/log" | grep -vc '^. Test run with ' || true)"
fi
if [ "$failed" -eq 0 ] && [ "$status" -ne 0 ]; then failed=1; fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
