#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A server whose accept queue is full: the ACK that would complete the handshake is dropped, and the SYN-ACK is sent
# again. As the client sees it, and as the server's kernel says it. One has room again after 2 s, one accepts as late and
# has room, one is quick.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> delay 40ms" "< delay 10ms"
watch c c0
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
answer="recv:100 send:100 eof close"
serve full s $S4 5001 -b 1 -w "$WORK/never" idle
serve late s $S4 5002 -b 1 -w "$WORK/room" $answer
serve roomy s $S4 5003 -b 9 -w "$WORK/room" $answer
serve quick s $S4 5004 $answer
ask() { connect "c$1-$2" c $S4 "$1" -c "$2" nodelay send:100 recv:100 shut eof close; }
for port in 5001 5002 5003 5004; do ask $port 1; done
log_has c 5 '.event=="established"' 4
# Two more at once: both SYNs find room (without it there were a SYN cookie, and nothing sent again), and one of the
# two ACKs does not.
for port in 5001 5002 5003 5004; do ask $port 2; done
sleep 2
touch "$WORK/room"
for port in 5002 5003 5004; do await_ok c$port-1 15 && await_ok c$port-2 15; done
log_has c 10 '.event=="syn_ack_retransmit" and .resp_port==5001' 3
for name in c5001-1 c5001-2 full late roomy quick; do end $name; done
unwatch c c0
unwatch s s0
stop c
stop s

within "ACKs that found no room, says the kernel" "$(kernel s TcpExtListenOverflows)" 2 40
told s "5001 and .orig_retransmits>0" dropped_by_kernel "a server's accept queue is full, and stays so"
for n in c s; do told $n 5004 ok "healthy: a server that accepts at once"; done
