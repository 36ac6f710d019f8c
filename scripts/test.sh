#!/usr/bin/env bash
# Builds and runs all tests; the last line is `N passed, M failed`.
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
test_targets "" "$@"
