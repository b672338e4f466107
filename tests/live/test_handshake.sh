#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A handshake, a request, an answer and FIN both ways, over IPv4 and IPv6, watched on both hosts.
. "$(dirname "$0")/../lib/live.sh"

pair
offloads c c0 off # so that tcpdump sees what the program counts: segments
offloads s s0 off
watch c c0
tcpwhy c -i c0
tcpwhy s -i s0

serve v4 s $S4 5000 -n 1 recv:100 send:3000 eof close
talk c $S4 5000 send:100 recv:3000 shut eof close
serve v6 s $S6 5000 -n 1 recv:100 send:3000 eof close
talk c $S6 5000 send:100 recv:3000 shut eof close
await_ok v4 5
await_ok v6 5
log_has c 6 '.event=="connection"' 2
log_has s 6 '.event=="connection"' 2
unwatch c c0
stop c
stop s

same "connections opened, says the kernel" "$(kernel c TcpActiveOpens)" 2
same "retransmissions, says the kernel" "$(kernel c TcpRetransSegs) $(kernel s TcpRetransSegs)" "0 0"
for n in c s; do
	healthy $n
	events $n 2 '.event=="syn"'
	events $n 2 '.event=="syn_ack"'
	events $n 2 '.event=="established"'
	events $n 2 '.event=="connection" and .end=="fin" and .state=="SF" and (.midstream|not)'
	events $n 2 '.event=="connection" and .orig_bytes==100 and .resp_bytes==3000 and .resp_port==5000'
	same "conn ids" "$(get $n '.event=="connection"' .conn | sort -u | wc -l)" 2
	for proto in ip ipv6; do
		v6=$([ $proto = ip ] && echo false || echo true)
		is="(.orig_addr|contains(\":\"))==$v6"
		# what tshark reads in the SYN and SYN-ACK is what the log says
		same "SYN, $n, $proto" \
			"$(get $n ".event==\"syn\" and $is" '[.isn,.mss,.wscale,.win,.orig_port]|@tsv')" \
			"$(fields c c0 "$proto && tcp.flags.syn==1 && tcp.flags.ack==0" tcp.seq tcp.options.mss_val \
				tcp.options.wscale.shift tcp.window_size_value tcp.srcport)"
		same "SYN-ACK, $n, $proto" \
			"$(get $n ".event==\"syn_ack\" and $is" '[.isn,.mss,.wscale,.win]|@tsv')" \
			"$(fields c c0 "$proto && tcp.flags.syn==1 && tcp.flags.ack==1" tcp.seq tcp.options.mss_val \
				tcp.options.wscale.shift tcp.window_size_value)"
		for d in orig:$([ $proto = ip ] && echo $C4 || echo $C6) resp:$([ $proto = ip ] && echo $S4 || echo $S6); do
			same "packets of ${d%%:*}, $n, $proto" \
				"$(get $n ".event==\"connection\" and $is" ".${d%%:*}_packets")" \
				"$(seen c c0 "tcp && $proto.src==${d#*:}")"
		done
	done
	events $n 4 '(.event=="syn" or .event=="syn_ack") and .sack_ok and .ts_ok'
done
events c 2 '.event=="connection" and .side=="originator"'
events s 2 '.event=="connection" and .side=="responder"'
events c 2 '.event=="syn" and .dir=="out"'
events s 2 '.event=="syn" and .dir=="in"'
