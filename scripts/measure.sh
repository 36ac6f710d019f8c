#!/usr/bin/env bash
# Measures the release build on this machine, everything on localhost, and prints a small table.
#
#   scripts/measure.sh                     all of it, some minutes
#   scripts/measure.sh appearance folder   some parts: appearance, folder, download, frozen
#
# BPUBSUB_BIN names a folder with programs that are built already. MEASURE_TIMES (100), MEASURE_FILES (10000),
# MEASURE_MEGABYTES (300) and MEASURE_ROUNDS (5) scale it.
set -euo pipefail
cd "$(dirname "$0")/.."

times=${MEASURE_TIMES:-100}
files=${MEASURE_FILES:-10000}
megabytes=${MEASURE_MEGABYTES:-300}
rounds=${MEASURE_ROUNDS:-5}
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(appearance folder download frozen)
for part in "${parts[@]}"; do
    case "$part" in
    appearance | folder | download | frozen) ;;
    *) echo "usage: scripts/measure.sh [appearance] [folder] [download] [frozen]" >&2; exit 2 ;;
    esac
done

bin=${BPUBSUB_BIN:-}
[ -n "$bin" ] || bin=$(scripts/build.sh | tee /dev/stderr | tail -n 1)
work=$(mktemp -d)
declare -A pid=() url=()

kill_all() {
    local name
    for name in "${!pid[@]}"; do
        # One that is stopped takes no notice of a signal but these.
        kill -CONT "${pid[$name]}" 2>/dev/null || true
        kill "${pid[$name]}" 2>/dev/null || true
    done
    for name in "${!pid[@]}"; do wait "${pid[$name]}" 2>/dev/null || true; done
    pid=()
    url=()
}
finish() {
    local status=$?
    if [ "$status" -ne 0 ]; then tail -n 5 "$work"/*.log >&2 || true; fi
    kill_all
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

now() { # microseconds, into $now, without starting a process
    local text=$EPOCHREALTIME
    now=${text/[.,]/}
}
die() {
    echo "measure.sh: $*" >&2
    exit 1
}
row() { printf '%-52s %s\n' "$1" "$2"; }
percentile() { # P FILE: the smallest value that P of 100 values do not exceed
    sort -n "$2" | awk -v p="$1" '{ v[NR] = $1 } END { i = int(NR * p / 100 + 0.999999); print v[i < 1 ? 1 : i] }'
}
ratio() { awk -v a="$1" -v b="$2" -v f="${3:-%.2f}" 'BEGIN { printf f, b ? a / b : 0 }'; }
milliseconds() { ratio "$1" 1000 %.1f; }
memory() { # NAME: resident MB
    awk '/^VmRSS:/ { printf "%.1f", $2 / 1024 }' "/proc/${pid[$1]}/status"
}

# Starts a program under a name of its own; ready when it says where it listens.
start() { # NAME PROGRAM ARGUMENT…
    local name=$1 program=$2
    shift 2
    # Before the program does it: what an earlier one of this name said must not be read.
    : >"$work/$name.out"
    "$bin/$program" "$@" --listen localhost:0 --state "$work/state-$name" >"$work/$name.out" 2>>"$work/$name.log" &
    pid[$name]=$!
    for _ in $(seq 3000); do
        url[$name]=$(sed -n 's/^listening on //p' "$work/$name.out")
        [ -z "${url[$name]}" ] || return 0
        kill -0 "${pid[$name]}" 2>/dev/null || break
        sleep 0.01
    done
    die "$name did not start"
}
start_all() {
    start broker bpubsub-broker
    start publisher bpubsub-publisher foo "$work/data" --broker "${url[broker]}"
    start subscriber bpubsub-subscriber --broker "${url[broker]}"
}
fresh() {
    kill_all
    rm -rf "$work"/data "$work"/state-*
    mkdir "$work/data"
}
listed() { # NAME: how many datasets the subscriber knows, into $listed
    listed=$(curl -s "${url[$1]}/api/status" | sed -n 's/.*"datasets":\([0-9]*\).*/\1/p')
    listed=${listed:-0}
}
await_listed() { # NAME COUNT
    local limit=$((SECONDS + 600))
    until listed "$1" && [ "$listed" -ge "$2" ]; do
        [ "$SECONDS" -lt "$limit" ] || die "$1 lists $listed of $2 datasets after 600 s"
        sleep 0.02
    done
}

# Microseconds from the end of the writer of a new 1 MB file to its line in a subscriber's events, as they reach a curl.
appear() { # SUBSCRIBER PREFIX RESULTS
    local events out line begin index watcher
    head -c 1000000 /dev/urandom >"$work/source"
    exec {events}< <(exec curl -sN "${url[$1]}/api/events")
    watcher=$!
    # Whatever comes first shows that the events are flowing; without it the first file would be one of those missed.
    IFS= read -r -t 20 -u "$events" line || die "$1 sends no events"
    : >"$3"
    for index in $(seq "$times"); do
        printf '%08d' "$index$RANDOM" | dd of="$work/source" conv=notrunc status=none
        # This shell holds the file open too, so that it is the one that closes it, and knows when.
        exec {out}>"$work/data/$2-$index"
        cat "$work/source" >&"$out"
        now; begin=$now
        exec {out}>&-
        while :; do
            IFS= read -r -t 20 -u "$events" line || die "$2-$index did not appear within 20 s"
            [[ $line == *"\"foo/$2-$index\""* ]] && break
        done
        now; echo $((now - begin)) >>"$3"
    done
    kill "$watcher" 2>/dev/null || true
    exec {events}<&-
}
tell_appearance() { # TEXT RESULTS
    local text="" p
    for p in 50 95 99; do text+="p$p $(milliseconds "$(percentile "$p" "$2")") ms, "; done
    row "$1" "${text}longest $(milliseconds "$(percentile 100 "$2")") ms"
}

measure_appearance() {
    fresh
    start_all
    appear subscriber new "$work/appearance"
    tell_appearance "new 1 MB file appears at the subscriber ($times)" "$work/appearance"
}

measure_frozen() {
    fresh
    start_all
    start second bpubsub-subscriber --broker "${url[broker]}"
    appear second both "$work/both"
    kill -STOP "${pid[subscriber]}"
    appear second alone "$work/alone"
    kill -CONT "${pid[subscriber]}"
    tell_appearance "at a second subscriber, the first runs" "$work/both"
    tell_appearance "at a second subscriber, the first is stopped" "$work/alone"
}

tell_folder() { # TEXT BEGIN
    local taken name now_used=""
    now; taken=$((now - $2))
    for name in broker publisher subscriber; do now_used+=" $(memory "$name")"; done
    row "$1" "$(ratio "$taken" 1000000) s"
    row "  MB of broker, publisher, subscriber: then" "$now_used"
    sleep 10
    now_used=""
    for name in broker publisher subscriber; do now_used+=" $(memory "$name")"; done
    row "  the same 10 s later" "$now_used"
}
measure_folder() {
    local begin
    fresh
    for index in $(seq "$files"); do echo "file $index" >"$work/data/$index"; done
    now; begin=$now
    start_all
    await_listed subscriber "$files"
    tell_folder "folder of $files files, first start until listed" "$begin"
    kill_all
    # What the subscriber knew before is there at once. A file that came meanwhile shows that all three work again.
    echo "one more" >"$work/data/more"
    now; begin=$now
    start_all
    await_listed subscriber $((files + 1))
    tell_folder "  restart of all three until one more is listed" "$begin"
}

timed() { # URL RESULTS: appends bytes per second and seconds to the first byte
    curl -sf -o /dev/null -w '%{speed_download} %{time_starttransfer} %{size_download}\n' "$1" >>"$2" || die "GET $1"
}
column() { # N FILE
    awk -v n="$1" '{ print $n }' "$2" >"$2.$1"
    percentile 50 "$2.$1"
}
measure_download() {
    local name direct through
    fresh
    head -c "${megabytes}000000" /dev/urandom >"$work/data/big.bin"
    start broker bpubsub-broker
    start publisher bpubsub-publisher foo "$work/data" --broker "${url[broker]}"
    : >"$work/direct"
    : >"$work/through"
    for round in $(seq "$rounds"); do
        # One that has nothing yet.
        name=cold$round
        start "$name" bpubsub-subscriber --broker "${url[broker]}"
        await_listed "$name" 1
        timed "${url[publisher]}/api/download/foo/big.bin" "$work/direct"
        timed "${url[$name]}/api/download/foo/big.bin" "$work/through"
        kill "${pid[$name]}"
        wait "${pid[$name]}" 2>/dev/null || true
        unset "pid[$name]"
        rm -rf "$work/state-$name"
    done
    for name in direct through; do
        [ "$(awk -v n="${megabytes}000000" '$3 != n' "$work/$name" | wc -l)" -eq 0 ] || die "a download was cut short"
    done
    direct=$(column 1 "$work/direct")
    through=$(column 1 "$work/through")
    row "$megabytes MB from the publisher ($rounds, median)" \
        "$(ratio "$direct" 1000000 %.0f) MB/s, first byte $(ratio "$(column 2 "$work/direct")" 0.001 %.1f) ms"
    row "$megabytes MB through a cold subscriber" \
        "$(ratio "$through" 1000000 %.0f) MB/s, first byte $(ratio "$(column 2 "$work/through")" 0.001 %.1f) ms"
    row "  through the subscriber / from the publisher" "$(ratio "$through" "$direct")"
}

echo
row "load (1, 5, 15 minutes) of $(nproc) processors before" "$(cut -d' ' -f1-3 /proc/loadavg)"
for part in "${parts[@]}"; do "measure_$part"; done
row "load after" "$(cut -d' ' -f1-3 /proc/loadavg)"
