#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Several interfaces in one process: each event names its own.
. "$(dirname "$0")/../lib/live.sh"

ns_new c
ns_new s
for i in 0 1 2; do
	link c c$i s s$i
	address c c$i 10.0.$i.1/24
	address s s$i 10.0.$i.2/24
done
tcpwhy s -i s0 -i s1 -i s2 -i lo
for i in 0 1 2; do
	serve "on$i" s 10.0.$i.2 5000 -n 1 recv:10 send:10 eof close
	talk c 10.0.$i.2 5000 send:10 recv:10 shut eof close
	await_ok "on$i" 5
done
talk s 127.0.0.1 5001 close
stop s
events s 4 '.event=="capture_started"'
for i in 0 1 2; do
	events s 1 ".event==\"syn\" and .iface==\"s$i\" and .resp_addr==\"10.0.$i.2\" and .dir==\"in\""
	events s 1 ".event==\"connection\" and .resp_addr==\"10.0.$i.2\" and .end==\"fin\""
done
events s 1 '.event=="reset" and .iface=="lo" and .cause=="refused"'
events s 4 '.event=="syn"'
