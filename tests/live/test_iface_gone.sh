#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# An interface goes away and comes back: the program says so, attaches again, and the other one is never disturbed.
. "$(dirname "$0")/../lib/live.sh"

ns_new c
ns_new s
C4=10.0.1.1 S4=10.0.1.2
up() {
	link c c0 s s0
	address c c0 $C4/24
	address s s0 $S4/24
}
once() {
	serve "$1" s "$2" 5000 -n 1 recv:10 send:10 eof close
	talk c "$2" 5000 send:10 recv:10 shut eof close
	await_ok "$1" 5
}
up
link c c1 s s1
address c c1 10.0.2.1/24
address s s1 10.0.2.2/24
tcpwhy c -i c0 -i c1
once first $S4
log_has c 5 '.event=="established" and .iface=="c0"'
for round in 2 3; do
	ip -n "$(ns c)" link del c0
	until_true 5 "word of the interface that went" said tcpwhy-c.err "c0.*gone"
	once "other$round" 10.0.2.2
	up
	log_has c 10 '.event=="capture_started" and .iface=="c0"' $round
	once "again$round" $S4
done
stop c

events c 3 '.event=="capture_started" and .iface=="c0"'
events c 1 '.event=="capture_started" and .iface=="c1"'
events c 3 '.event=="established" and .iface=="c0"'
events c 2 '.event=="established" and .iface=="c1"'
events c 5 '.event=="connection" and .end=="fin"'
