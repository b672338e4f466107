#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The path makes copies of segments: told as copies, not as retransmissions.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> delay 5ms" "< delay 5ms" "> data every 25 dup 0ms" "< data every 30 dup 1ms"
tcpwhy c -i c0
tcpwhy s -i s0
serve both s $S4 5000 -n 1 recv:1000000 send:1000000 eof close
talk c $S4 5000 send:1000000 recv:1000000 shut eof close
await_ok both 30
stop c
stop s
end wire
for n in s:orig:">":c c:resp:"<":s; do
	IFS=: read -r at side dir sender <<<"$n"
	copies=$(awk -v d="$dir" '$4 == "dup" && $2 == d' "$WORK/wire.log" | wc -l)
	within "copies $dir" "$copies" 15 100
	same "copies, on $at" "$(get $at '.event=="connection"' .${side}_duplicate_segments)" "$copies"
	same "resent, on $at" "$(get $at '.event=="connection"' .${side}_retransmits)" "$(kernel $sender TcpRetransSegs)"
done
events c 0 '.event=="duplicate_segment" and .dir=="out"'
events s 0 '.event=="duplicate_segment" and .dir=="out"'
