#!/usr/bin/env bash
# Runs every test under AddressSanitizer, then under ThreadSanitizer.
#
#   scripts/sanitize.sh [address|thread] [TARGET ...]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

kinds=(address thread)
case "${1:-}" in
    address | thread) kinds=("$1"); shift ;;
esac
"$root/scripts/setup.sh" --tests

# Instrumented code is ten times slower: less of what is random and repeated, unless somebody asks for more.
export BPUBSUB_SLICES="${BPUBSUB_SLICES:-2000}" BPUBSUB_READS="${BPUBSUB_READS:-1000}" BPUBSUB_TEXTS="${BPUBSUB_TEXTS:-100}"
export BPUBSUB_DAMAGES="${BPUBSUB_DAMAGES:-20}"

# Swift's own backtracer and the sanitizers hang one another; the test runner itself leaks at its end.
export SWIFT_BACKTRACE=enable=no
# Into files: what programs that tests start write to their stderr is not seen.
reports="$(mktemp -d)"
export ASAN_OPTIONS="detect_leaks=0:log_path=$reports/address" TSAN_OPTIONS="halt_on_error=1:log_path=$reports/thread"
failed=0
for kind in "${kinds[@]}"; do
    options="--scratch-path $root/.build/sanitize-$kind --sanitize=$kind"
    # ThreadSanitizer does not see Swift's mutex: `Locked` is a pthread mutex then.
    [ "$kind" = thread ] && options+=" -Xswiftc -DSANITIZE_THREAD"
    say "building for the $kind sanitizer"
    # shellcheck disable=SC2086
    swift build --package-path "$root" $options
    # shellcheck disable=SC2086
    swift build --package-path "$root" $options --build-tests
    # shellcheck disable=SC2086
    BPUBSUB_BIN="$(swift build --package-path "$root" $options --show-bin-path)"
    export BPUBSUB_BIN
    test_targets "$options" "$@" || failed=1
done
if [ -n "$(ls "$reports")" ]; then
    cat "$reports"/*
    failed=1
    say "the sanitizers have reported the above"
else
    say "the sanitizers have reported nothing"
fi
rm -rf "$reports"
exit "$failed"
