#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# 5 % random loss each way: on egress the retransmitted segments are those that the kernel counts, with
# the stack's offloads on and off; on ingress they are what the packets show.
. "$(dirname "$0")/../lib/live.sh"

routed
nft_rules r 'chain f { type filter hook forward priority 0; meta l4proto tcp numgen random mod 100 < 5 drop; }'
tcpwhy c -i c0
tcpwhy s -i s0
for mode in on off; do
	offloads c c0 $mode
	offloads s s0 $mode
	port=$([ $mode = on ] && echo 5001 || echo 5002)
	[ $mode = on ] || watch s s0
	bytes=$([ $mode = on ] && echo 5000000 || echo 1000000)
	serve "up$mode" s $S4 $port -n 1 recv:$bytes send:$bytes eof close
	before="$(kernel c TcpRetransSegs) $(kernel s TcpRetransSegs)"
	talk c $S4 $port send:$bytes recv:$bytes shut eof close
	await_ok "up$mode" 60
	for n in c s; do until_true 60 "the last FIN's ACK" no_sockets $n; done
	# SYNs and SYN-ACKs are counted there too
	declare "kernel_$mode=$before $(kernel c TcpRetransSegs) $(kernel s TcpRetransSegs)"
done
unwatch s s0
stop c
stop s

for mode in on off; do
	port=$([ $mode = on ] && echo 5001 || echo 5002)
	is=".resp_port==$port"
	k=kernel_$mode
	read -r c0 s0 c1 s1 <<<"${!k}"
	same "resent by the client, offloads $mode" \
		"$(($(count c "$is and .event==\"syn_retransmit\"") + $(get c "$is and .event==\"connection\"" .orig_retransmits)))" \
		$((c1 - c0))
	same "resent by the server, offloads $mode" \
		"$(($(count s "$is and .event==\"syn_ack_retransmit\"") + $(get s "$is and .event==\"connection\"" .resp_retransmits)))" \
		$((s1 - s0))
	within "lost enough, offloads $mode" $((c1 - c0 + s1 - s0)) 5 1000
done
same "resent by the client, seen on the server's link" \
	"$(get s '.resp_port==5002 and .event=="connection"' .orig_retransmits)" \
	"$(below_highest s s0 "tcp.dstport==5002")"
for n in c s; do
	events $n 2 '.event=="connection" and .end=="fin"'
	# by the clock alone, where a connection's first segments are lost, a repair may look late; nothing else may
	events $n 0 '(.event=="out_of_order" and .confidence!="low") or .event=="duplicate_segment"'
	within "late by the clock, $n" "$(count $n '.event=="out_of_order"')" 0 1
	events $n 0 '.event=="retransmit" and (.kind|IN("rto","fast","tlp","spurious","unknown")|not)'
	events $n 0 '.event=="retransmit" and .attempt<2'
done
# a window shuts only where a slow machine's reader lags: the kernel that shut it has counted it
for n in c s; do
	within "windows shut by $n" "$(count $n '.event=="zero_window" and .dir=="out"')" 0 "$(kernel $n TcpExtTCPToZeroWindowAdv)"
done
# what this host sends again is certain
events c 0 '.event=="retransmit" and .dir=="out" and .confidence!="high"'
events s 0 '.event=="retransmit" and .dir=="out" and .confidence!="high"'
