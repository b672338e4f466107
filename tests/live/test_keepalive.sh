#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Idle connections kept alive: the probes are no retransmissions and no activity.
. "$(dirname "$0")/../lib/live.sh"

pair
watch c c0
tcpwhy c -i c0
tcpwhy s -i s0
serve idle s $S4 5000 -n 1 recv:100 send:100 eof close
talk c $S4 5000 keepalive:1,1,5 send:100 recv:100 sleep:3.5 shut eof close
await_ok idle 5
unwatch c c0
stop c
stop s

probes=$(kernel c TcpExtTCPKeepAlive)
within "probes, says the kernel" "$probes" 2 4
same "probes, says tshark" "$(seen c c0 tcp.analysis.keep_alive)" "$probes"
for n in c s; do
	healthy $n
	events $n 1 ".event==\"connection\" and .orig_keep_alives==$probes and .resp_keep_alives==0"
	events $n 1 '.event=="connection" and .orig_retransmits==0 and .end=="fin"'
done
