#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The client lost a connection that the server still has, and takes the same port again: the server's challenge ACK is
# honest, the client's RST answers it, and the second SYN opens the new connection.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> port 5000 rst first 1 drop" "> delay 1ms" "< delay 1ms"
watch c c0
tcpwhy c -i c0
tcpwhy s -i s0
serve old s $S4 5000 -n 2 recv:10 send:10 idle
talk c $S4 5000 -f $C4:41000 send:10 recv:10 abort # the wire swallows the RST
log_has c 5 '.event=="reset"'
talk c $S4 5000 -f $C4:41000 send:10 recv:10 close
log_has c 5 '.event=="established"' 2
await old
unwatch c c0
stop c
stop s

same "connections opened, says the kernel" "$(kernel c TcpActiveOpens)" 2
same "challenge ACKs, says the kernel" "$(kernel s TcpExtTCPChallengeACK)" 1
for n in c s; do
	events $n 2 '.event=="syn"'
	events $n 1 '.event=="handshake_bad_ack"'
	events $n 1 '.event=="handshake_bad_ack" and .challenge'
	events $n 1 '.event=="reset" and .cause=="bad_ack_reset"'
	events $n 1 '.event=="syn_retransmit" and .after_reset'
	events $n 2 '.event=="established"'
	events $n 2 '.event=="connection" and .orig_bytes==10 and .resp_bytes==10'
	events $n 2 '.event=="connection"'
	events $n 0 'has("suspect") or has("forged")'
done
events c 1 '.event=="reset" and .cause=="aborted"'
