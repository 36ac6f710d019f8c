#!/usr/bin/env bash
# Kills, cuts, full disks, moved clocks, unmounts, few descriptors, slow and hostile clients against all programs at the same
# time, while every value that is read is checked; ends with the figures and `everything held`, or with what did not.
#
#   scripts/campaign.sh [--seconds N] [--seed N] [--keep]      ten minutes, unless said otherwise
#
# BPUBSUB_BIN names a folder with programs that are built already. Without the rights to mount, unmounting and the full disk
# are left out, and it says so.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$root/scripts/setup.sh" --campaign
bin=${BPUBSUB_BIN:-}
[ -n "$bin" ] || bin=$("$root/scripts/build.sh" | tee /dev/stderr | tail -n 1)
inside=()
# Mounts of its own, and a network of its own, so that nothing else of the machine is touched.
if unshare --mount --net --propagation private true 2>/dev/null; then
    inside=(unshare --mount --net --propagation private)
fi
# shellcheck disable=SC2016  # the inner shell expands
exec "${inside[@]}" bash -c 'ip link set lo up 2>/dev/null || true; exec "$@"' campaign \
    "$deps/python/bin/python" "$root/Tests/Campaign/campaign.py" "$bin" "$@"
