#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Somebody else's XDP and tc programs are never replaced, go on running beside ours, and are there afterwards.
. "$(dirname "$0")/../lib/live.sh"

pair
object=$WORK/foreign.o
clang -O2 -g -target bpf -I"/usr/include/$(uname -m)-linux-gnu" -c -o "$object" "$LIB/foreign.bpf.c"
in_ns s ip link set dev s0 xdpgeneric obj "$object" sec xdp
in_ns s tc qdisc add dev s0 clsact
in_ns s tc filter add dev s0 ingress prio 10 bpf da obj "$object" sec tc
in_ns s tc filter add dev s0 egress prio 10 bpf da obj "$object" sec tc

state() {
	ip -n "$(ns s)" -d link show s0 | grep -o 'prog/xdp.*'
	in_ns s tc filter show dev s0 ingress pref 10
	in_ns s tc filter show dev s0 egress pref 10
}
# what the foreign programs have seen, all in all
foreign_seen() {
	bpftool -j map show | jq -r '.[] | select(.name == "foreign_seen") | .id' | while read -r id; do
		bpftool -j map dump id "$id" | jq '[.[].formatted.value] | add'
	done | awk '{ n += $1 } END { print n + 0 }'
}
once() {
	serve "$1" s $S4 5000 -n 1 recv:10 send:10 eof close
	talk c $S4 5000 send:10 recv:10 shut eof close
	await_ok "$1" 5
}

before=$(state)
[ "$(wc -l <<<"$before")" -ge 3 ] || fail "the foreign programs are not there: $before"
for how in xdp xdp-generic; do # asked for explicitly: refused with one line, nothing is touched
	status=0
	ip netns exec "$(ns s)" "$TCPWHY" run -i s0 -w "$WORK/refused.ndjson" --ingress $how -d 2 2>"$WORK/refused.err" || status=$?
	cat "$WORK/refused.err"
	[ $status != 0 ] || fail "--ingress $how did not fail beside a foreign XDP program"
	same "lines that say why, $how" "$(grep -c . "$WORK/refused.err")" 1
	same "the foreign programs after --ingress $how" "$(state)" "$before"
done
INGRESS=auto
seen=$(foreign_seen)
tcpwhy s -i s0
same "the foreign programs beside ours" "$(state)" "$before"
once beside
until_true 5 "foreign programs to see packets" test "$(foreign_seen)" -gt "$seen"
stop s
events s 1 '.event=="connection" and .end=="fin" and .orig_bytes==10 and .resp_bytes==10'
same "the foreign programs after us" "$(state)" "$before"
# and after ours was killed, and started again
rm "$LOG"
tcpwhy s -i s0
end tcpwhy-s KILL
rm "$LOG"
tcpwhy s -i s0
stop s
same "the foreign programs after a crash of ours" "$(state)" "$before"
seen=$(foreign_seen)
once after
[ "$(foreign_seen)" -gt "$seen" ] || fail "the foreign programs do not run any more"
