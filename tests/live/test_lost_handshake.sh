#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The SYN is lost, the SYN-ACK is lost, every SYN-ACK is lost: who said what again, as both hosts see it.
. "$(dirname "$0")/../lib/live.sh"

wired
tune c net.ipv4.tcp_syn_retries=2
tune s net.ipv4.tcp_synack_retries=2
wire "> port 5001 syn first 1 drop" "< port 5002 synack first 1 drop" "< port 5003 synack drop"
watch c c0
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
for port in 5001 5002 5003; do
	serve "s$port" s $S4 $port -n 1 eof close
	connect "c$port" c $S4 $port sleep:0.1 shut eof close
done
for port in 5001 5002; do
	await_ok "c$port" 10
	await_ok "s$port" 10
done
await "c5003"
log_has c 20 '.event=="connect_timeout" or .event=="reset"' 1
log_has s 25 '.event=="accept_timeout"'
unwatch c c0
unwatch s s0
stop c
stop s

for n in c s; do
	table $n ${n}0 tcp.flags tcp.srcport tcp.dstport
	for port in 5001 5002 5003; do
		for what in 0x0002:syn 0x0012:syn_ack; do
			seen=$(rows "\$1 == \"${what%:*}\" && (\$2 == $port || \$3 == $port)" 1 | wc -l)
			events $n "$((seen ? seen - 1 : 0))" ".event==\"${what#*:}_retransmit\" and .resp_port==$port"
			events $n "$((seen ? 1 : 0))" ".event==\"${what#*:}\" and .resp_port==$port"
		done
	done
	for port in 5001 5002; do events $n 1 ".event==\"established\" and .resp_port==$port"; done
	events $n 0 '.event=="established" and .resp_port==5003'
done
events c 1 '.event=="syn_retransmit" and .resp_port==5001 and .attempt==2 and (.answered|not) and .interval>=0.9'
events s 0 '.event=="syn_retransmit" and .resp_port==5001'
events s 0 '.event=="syn_ack_retransmit" and .resp_port==5003 and (has("since_first")|not)'
within "the server's repeated SYN-ACKs" "$(count s '.event=="syn_ack_retransmit" and .resp_port==5002')" 1 3
events s "$(count s '.event=="syn_retransmit" and .resp_port==5003')" \
	'.event=="syn_retransmit" and .resp_port==5003 and .answered'
events c 1 '.event=="connect_timeout" and .resp_port==5003 and .attempts==3'
events s 1 '.event=="accept_timeout" and .resp_port==5003 and .attempts>=3'
events s 1 '.event=="connection" and .resp_port==5003 and .end=="timeout"'
events c 1 '.event=="connection" and .resp_port==5003 and .end=="timeout" and .state=="S0"'
