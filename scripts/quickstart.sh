#!/usr/bin/env bash
# Sets everything up, builds, and shows the main job on real data: weather observations travel from a publisher through a
# broker to a subscriber, into a downloaded file, and follow a change.
#
#   scripts/quickstart.sh           goes on running on a terminal until Ctrl-C
#   scripts/quickstart.sh --once    stops everything at the end
set -euo pipefail
cd "$(dirname "$0")/.."

once=no
case "${1:-}" in
    --once) once=yes ;;
    "") ;;
    *) echo "usage: scripts/quickstart.sh [--once]" >&2; exit 2 ;;
esac
[ -t 0 ] && [ -t 1 ] || once=yes

bin=$(scripts/build.sh | tee /dev/stderr | tail -n 1)
work=$(mktemp -d)
pids=()
finish() {
    status=$?
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
    wait
    if [ "$status" -ne 0 ]; then tail -n 20 "$work"/*.log >&2 || true; fi
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Starts a program with its log in a file; its address, which it prints when it is ready, ends up in $url.
start() {
    local name=$1; shift
    echo "\$ $name $*"
    : >"$work/$name.out"
    "$bin/$name" "$@" --state "$work/$name" >"$work/$name.out" 2>"$work/$name.log" &
    pids+=($!)
    for _ in $(seq 500); do
        url=$(sed -n 's/^listening on //p' "$work/$name.out")
        [ -n "$url" ] && return
        kill -0 "${pids[-1]}" 2>/dev/null || break
        sleep 0.02
    done
    echo "$name did not start" >&2
    exit 1
}
show() {
    echo
    echo "\$ $*"
    "$bin/$1" "${@:2}"
}
now() { date +%s%N; }

cd "$work"
mkdir data
find "$OLDPWD/samples" -maxdepth 1 -type f ! -name '*.py' ! -name '*.md' -exec cp {} data/ \;
echo
start bpubsub-broker --listen localhost:0
broker=$url
start bpubsub-publisher foo data --broker "$broker" --listen localhost:0
start bpubsub-subscriber --broker "$broker" --listen localhost:0
export BPUBSUB_SUBSCRIBER=$url

# The catalogue arrives within milliseconds; this waits for the last of the samples.
for _ in $(seq 500); do
    [ "$("$bin/bpubsub" list | tr ',' '\n' | grep -c foo/)" -eq "$(find data -type f | wc -l)" ] && break
    sleep 0.02
done

show bpubsub list
show bpubsub list -l
show bpubsub follow foo/precip.b2nd
show bpubsub info
show bpubsub download foo/precip.b2nd -o copy
echo
echo "\$ cmp data/precip.b2nd copy/precip.b2nd"
cmp data/precip.b2nd copy/precip.b2nd && echo "equal, byte for byte: $(stat -c %s copy/precip.b2nd) bytes"

held=bpubsub-subscriber/files/foo/precip.b2nd
cmp data/precip.b2nd "$held"
echo
echo "One more day is observed, with 12.5 mm of rain; the followed copy is to have it within a second."
show bpubsub-sample append data/precip.b2nd 12.5
from=$(now)
until cmp -s data/precip.b2nd "$held"; do
    if [ $(($(now) - from)) -gt 1000000000 ]; then echo "the copy is not up to date after a second" >&2; exit 1; fi
    sleep 0.005
done
echo "up to date after $((($(now) - from) / 1000000)) ms"
show bpubsub info foo/precip.b2nd

if [ "$once" = no ]; then
    echo
    echo "The subscriber listens on $BPUBSUB_SUBSCRIBER, the published folder is $work/data. Ctrl-C stops all."
    wait
fi
