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

# Runs test targets one after the other, and ends with a line like `512 passed, 0 failed`. All of them at once would be
# hundreds of servers on a few cores, and every time limit a matter of luck.
#
#   test_targets "OPTION OF swift test ..." [TARGET ...]      without targets: all
test_targets() {
    local options targets folder target log status good bad passed=0 failed=0
    read -ra options <<<"$1"
    targets=("${@:2}")
    if [ ${#targets[@]} -eq 0 ]; then
        for folder in "$root"/Tests/*Tests; do targets+=("$(basename "$folder")"); done
    fi
    log="$(mktemp)"
    for target in "${targets[@]}"; do
        say "testing $target"
        status=0
        # A run that hangs is a failure as well.
        timeout "${TEST_TIMEOUT:-900}" swift test --package-path "$root" "${options[@]}" --skip-build \
            --filter "^$target\." >"$log" 2>&1 || status=$?
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
    rm -f "$log"
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
