#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Connections that open late, and well: SYNs lost for 3 s, and a SYN-ACK lost.
# Beside them one that opens at once.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> port 5001 syn first 2 drop" "< port 5002 synack first 1 drop"
watch c c0
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
for port in 5001 5002 5004; do serve s$port s $S4 $port -n 1 recv:100 send:100 eof close; done
for port in 5001 5002 5004; do connect c$port c $S4 $port send:100 recv:100 shut eof close; done
for port in 5001 5002 5004; do await_ok c$port 15 && await_ok s$port 5; done
unwatch c c0
unwatch s s0
stop c
stop s

same "SYNs that left" "$(seen c c0 "tcp.port==5001 && tcp.flags==0x002")" 3
same "SYNs that came" "$(seen s s0 "tcp.port==5001 && tcp.flags==0x002")" 1
told s 5001 ok "healthy: SYNs lost for 3 s, of which the server sees nothing"
for n in c s; do told $n 5004 ok "healthy: a connection that opens at once"; done
