#!/usr/bin/env bash
# Builds and runs all tests; the last line is `N passed, M failed`.
#
#   scripts/test.sh                                          everything
#   scripts/test.sh HTTPTests SystemTests                    some targets
#   scripts/test.sh HTTPTests.FeedTests PlatformTests.Queue  some suites or tests, by the beginnings of their names
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$root/scripts/setup.sh" --tests

# The rules of CONTRIBUTING.md that a search can see.
if grep -rnE '\.timeLimit\(|(holds|value|until|exit|line)\(.*within: \.|ContinuousClock\(\)\.measure' "$root/Tests" --include='*.swift'; then
    die "tests wait as long as Patience says, and measure no time"
fi
if grep -rn 'HTTPClient(' "$root"/Sources/*Service --include='*.swift' | grep -v 'within:'; then
    die "a service has one client, within its DescriptorPlan"
fi

say "building programs and tests"
swift build --package-path "$root"
swift build --package-path "$root" --build-tests

# The system tests start the programs that were built above.
BPUBSUB_BIN="$(swift build --package-path "$root" --show-bin-path)"
export BPUBSUB_BIN
test_targets "" "$@"
