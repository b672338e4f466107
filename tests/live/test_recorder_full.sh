#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The disk is full where the flight recorder writes: it says so once, counts what it loses, and the log goes on; with room
# again it writes again. What is in its files can be read to the end.
. "$(dirname "$0")/../lib/live.sh"

pair
mkdir "$WORK/disk"
mount -t tmpfs -o size=64k none "$WORK/disk"
cleanup() { umount "$WORK/disk"; }
tcpwhy c -i c0 --capture "$WORK/disk/e.pcapng" --capture-size 1

# crowd PORT N: so many connections that the server aborts
crowd() {
	serve "s$1" s $S4 "$1" -n "$2" recv:100 abort
	talk c $S4 "$1" -c "$2" send:100 idle >/dev/null
	until_true 10 "the end of the server of $1" is_dead "s$1"
	await "s$1"
	log_has c 20 ".event==\"connection\" and .resp_port==$1" "$2"
}
crowd 5001 150
until_true 20 "word of the full disk" said tcpwhy-c.err "No space left"
alive tcpwhy-c || fail "it ended"
same "one line about it" "$(grep -c "No space left" "$WORK/tcpwhy-c.err")" 1
same "the resets in the log" "$(count c '.event=="reset" and .resp_port==5001')" 150

mount -o remount,size=16m none "$WORK/disk"
crowd 5002 10
until_true 20 "word that it writes again" said tcpwhy-c.err "writing .* again"
stop c

ls -l "$WORK/disk"
grep "capture " -A2 "$WORK/tcpwhy-c.err"
said tcpwhy-c.err "could not be written" || fail "the summary does not tell what was lost"
for f in "$WORK"/disk/*; do
	tshark -n -r "$f" -T fields -e tcp.port -e frame.comment >>"$WORK/kept" 2>"$WORK/tshark.err" || fail "tshark: $(cat "$WORK/tshark.err")"
done
count_of() { grep -c "$1" "$WORK/kept" || true; }
same "RSTs of the second crowd" "$(count_of '\b5002\b.*reset: RST from responder')" 10
within "RSTs of the first" "$(count_of '\b5001\b.*reset: RST from responder')" 5 149
"$TCPWHY" read "$WORK"/disk/* >"$WORK/again.ndjson"
same "read again: the second crowd's verdicts" \
	"$(count again '.event=="connection" and .resp_port==5002 and .verdict=="closed_without_a_byte"')" 10
