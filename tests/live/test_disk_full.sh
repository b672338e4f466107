#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The disk fills up: the program says so and goes on, holds what it can, counts what it cannot, and writes again when
# there is room. What is in the file is whole lines.
. "$(dirname "$0")/../lib/live.sh"

pair
mkdir "$WORK/disk"
mount -t tmpfs -o size=256k none "$WORK/disk"
cleanup() { umount "$WORK/disk"; }
LOG=$WORK/disk/s.ndjson
start tcpwhy-s ip netns exec "$(ns s)" "$TCPWHY" run -w "$LOG" -i s0
until_true 20 "tcpwhy to attach" grep -qs capture_started "$LOG"
send_raw c c0 flood 20000 0 "$(mac_of s s0)" 198.18.0.1 $S4 5000
until_true 20 "word of the full disk" said tcpwhy-s.err "No space left"
alive tcpwhy-s || fail "it ended"
same "one line about it" "$(grep -c "No space left" "$WORK/tcpwhy-s.err")" 1
# room again
mount -o remount,size=64m none "$WORK/disk"
serve after s $S4 5001 -n 1 recv:10 send:10 eof close
talk c $S4 5001 send:10 recv:10 shut eof close
await_ok after 5
until_true 10 "the log to go on" grep -qs '"resp_port":5001' "$LOG"
end tcpwhy-s INT
cat "$WORK/tcpwhy-s.err"
same "exit status" "$ENDED" 0
cp "$LOG" "$WORK/s.ndjson"
CHECK=(lossy)
check_log s
events s 1 '.event=="established" and .resp_port==5001'
syns=$(count s '.event=="syn" and .resp_port==5000')
lost=$(total s '.event=="events_lost" and .where=="writer"' .count)
within "SYNs logged" "$syns" 500 20001
# every line that the program made was written or is told as lost: it says so itself, and so does the file
lines=$(wc -l <"$LOG")
within "lines and losses cover the flood" "$(plus "$lines" "$lost")" 20000 1000000
! grep -q "does not add up" "$WORK/tcpwhy-s.err" || fail "the summary does not add up"
