#!/usr/bin/env bash
# Builds the programs for release; the last line is the folder that holds them.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$root/scripts/setup.sh"
say "building for release"
swift build --package-path "$root" -c release
swift build --package-path "$root" -c release --show-bin-path
