#!/usr/bin/env bash
# Runs every test under AddressSanitizer, then under ThreadSanitizer.
#
#   scripts/sanitize.sh [address|thread] [ARGUMENT of swift test ...]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

kinds=(address thread)
case "${1:-}" in
    address | thread) kinds=("$1"); shift ;;
esac
"$root/scripts/setup.sh" --tests

# Swift's own backtracer and the sanitizers hang one another; the test runner itself leaks at its end.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1
for kind in "${kinds[@]}"; do
    say "testing under the $kind sanitizer"
    options=(--package-path "$root" --scratch-path "$root/.build/sanitize-$kind" --sanitize="$kind")
    # ThreadSanitizer does not see Swift's mutex: `Locked` is a pthread mutex then.
    [ "$kind" = thread ] && options+=(-Xswiftc -DSANITIZE_THREAD)
    swift build "${options[@]}" --build-tests
    BPUBSUB_BIN=$(swift build "${options[@]}" --show-bin-path) swift test "${options[@]}" --skip-build "$@"
done
