#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The program rotates its log itself while it is flooded: every line is there once, in order of time; old files are
# compressed, the oldest deleted; "tcpwhy tail" misses nothing; the disk is full for a while.
. "$(dirname "$0")/../lib/live.sh"

# all: every line of all files, oldest file first
all() {
	local f
	for f in "$LOG".2*; do
		case $f in
		*.zst) zstd -qdc "$f" ;;
		*.part | *'*') ;;
		*) cat "$f" ;;
		esac
	done
	cat "$LOG"
}
closed() { find "$(dirname "$LOG")" -name "${LOG##*/}.2*" "$@" | wc -l; }
packed() { [ "$(closed ! -name '*.zst')" = 0 ]; }
ports() { jq -r 'select(.event == "syn" and .resp_port == 5000) | "\(.orig_addr) \(.orig_port)"' "$1"; }
# adds_up FILE: each line that the program made is there, once
adds_up() {
	local lines
	lines=$(sed -n 's/^  log *\([0-9,]*\) lines.*/\1/p' "$WORK/tcpwhy-s.err" | tr -d ,)
	same "lines in the files" "$(wc -l <"$1")" "$lines"
	same "SYNs" "$(ports "$1" | wc -l)" "$2"
	same "SYNs, each once" "$(ports "$1" | sort -u | wc -l)" "$2"
	! grep -q "does not add up" "$WORK/tcpwhy-s.err" || fail "the summary does not add up"
}

pair
count=8000
tcpwhy s -i s0 --rotate-size 64k --keep 1000 --compress --sync second --metrics 0
start tail "$TCPWHY" tail --json -n all "$LOG"
send_raw c c0 flood $count $((4000 / SLOW)) "$(mac_of s s0)" 198.18.0.1 $S4 5000
rotated() { [ "$(closed)" -ge 20 ]; }
until_true 20 "20 closed files" rotated
until_true 20 "all of them to be compressed" packed
end tcpwhy-s INT
same "exit status" "$ENDED" 0
cat "$WORK/tcpwhy-s.err"
all >"$WORK/all.ndjson"
adds_up "$WORK/all.ndjson" $count
same "the files are in order" "$(jq -r 'select(.event == "syn") | .ts' "$WORK/all.ndjson" | sort -c 2>&1)" ""
tail_has_all() { [ "$(wc -l <"$WORK/tail.out")" -ge "$(wc -l <"$WORK/all.ndjson")" ]; }
until_true 20 "tail to have read all" tail_has_all
end tail INT
cmp "$WORK/tail.out" "$WORK/all.ndjson" || fail "tail shows something else than the files have"
# a compressed file can be looked at like any other
f=$(find "$WORK" -name 's.ndjson.2*.zst' | sort | sed -n 1p)
same "lines of a compressed file" "$("$TCPWHY" tail --json -n all "$f" | wc -l)" "$(zstd -qdc "$f" | wc -l)"
same "the last of them" "$("$TCPWHY" tail --json -n 1 "$f")" "$(zstd -qdc "$f" | tail -1)"

# what an earlier run left counts too, and only three stay
tcpwhy s -i s0 --rotate-size 64k --keep 3
talk c $S4 81 close
send_raw c c0 flood 500 0 "$(mac_of s s0)" 198.19.0.1 $S4 5000
few() { [ "$(closed)" = 3 ]; }
until_true 20 "only three closed files" few
end tcpwhy-s INT
same "closed files" "$(closed)" 3

# by time, on a disk that is full for a while
mkdir "$WORK/disk"
mount -t tmpfs -o size=300k none "$WORK/disk"
cleanup() { umount "$WORK/disk"; }
LOG=$WORK/disk/s.ndjson
start tcpwhy-s ip netns exec "$(ns s)" "$TCPWHY" run -w "$LOG" -i s0 --rotate-interval 1 --keep 1000
until_true 60 "tcpwhy to attach" said tcpwhy-s.err "s0: attached"
send_raw c c0 flood 3000 0 "$(mac_of s s0)" 198.18.0.1 $S4 5000
until_true 20 "word of the full disk" said tcpwhy-s.err "No space left"
mount -o remount,size=64m none "$WORK/disk"
until_true 20 "the log to go on" said tcpwhy-s.err "writing .* again"
twice() { talk c $S4 82 close; [ "$(closed)" -ge 2 ]; }
until_true 20 "two rotations by time" twice
end tcpwhy-s INT
cat "$WORK/tcpwhy-s.err"
same "exit status" "$ENDED" 0
all >"$WORK/all.ndjson"
adds_up "$WORK/all.ndjson" 3000
