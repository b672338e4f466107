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
# flags: 0x0002 SYN, 0x0012 SYN-ACK
table c c0 ip.src ipv6.src tcp.flags tcp.seq tcp.options.mss_val tcp.options.wscale.shift tcp.window_size_value tcp.srcport
for n in c s; do
	healthy $n
	events $n 2 '.event=="syn"'
	events $n 2 '.event=="syn_ack"'
	events $n 2 '.event=="established"'
	events $n 2 '.event=="connection" and .end=="fin" and .state=="SF" and (.midstream|not)'
	events $n 2 '.event=="connection" and .orig_bytes==100 and .resp_bytes==3000 and .resp_port==5000'
	events $n 4 '(.event=="syn" or .event=="syn_ack") and .sack_ok and .ts_ok'
	same "conn ids, $n" "$(get $n '.event=="connection"' .conn | sort -u | wc -l)" 2
	for v in 4 6; do
		# what tshark reads in the SYN and SYN-ACK is what the log says
		client=$C4 server=$S4 src='$1'
		[ $v = 4 ] || client=$C6 server=$S6 src='$2'
		is=".orig_addr==\"$client\""
		same "SYN, $n, IPv$v" "$(get $n ".event==\"syn\" and $is" '[.isn,.mss,.wscale,.win,.orig_port]|@tsv')" \
			"$(rows "\$3 == \"0x0002\" && $src == \"$client\"" '$4, $5, $6, $7, $8')"
		same "SYN-ACK, $n, IPv$v" "$(get $n ".event==\"syn_ack\" and $is" '[.isn,.mss,.wscale,.win]|@tsv')" \
			"$(rows "\$3 == \"0x0012\" && $src == \"$server\"" '$4, $5, $6, $7')"
		for end in "orig $client" "resp $server"; do
			same "packets of $end, $n" "$(get $n ".event==\"connection\" and $is" ".${end% *}_packets")" \
				"$(rows "$src == \"${end#* }\"" 1 | wc -l)"
		done
	done
done
events c 2 '.event=="connection" and .side=="originator"'
events s 2 '.event=="connection" and .side=="responder"'
events c 2 '.event=="syn" and .dir=="out"'
events s 2 '.event=="syn" and .dir=="in"'
