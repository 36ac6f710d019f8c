# Shared by the scripts: where things are, and how they talk. Sourced, not run.
# shellcheck shell=bash

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
deps="$root/.deps"

# Stands in for names that differ between releases of Debian and Ubuntu (see setup.sh).
export PKG_CONFIG_PATH="$deps/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"

say() { printf '==> %s\n' "$*"; }

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Runs tests that are built, and ends with a line like `512 passed, 0 failed`; without targets: all. How, and what may be said
# about it by TEST_TIMEOUT, TEST_LANES and TEST_SLOWEST, is in run-tests.py.
#
#   test_targets "OPTION of swift build ..." [TARGET ...]
test_targets() {
    local flags
    read -ra flags <<<"$1"
    python3 "$root/scripts/run-tests.py" "$(swift build --package-path "$root" "${flags[@]}" --show-bin-path)" "${@:2}"
}
