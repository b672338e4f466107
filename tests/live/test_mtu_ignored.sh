#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The router says that packets are too big, and the host's own firewall throws that away: the sender goes on sending
# what cannot get through.
. "$(dirname "$0")/../lib/live.sh"

routed
ip -n "$(ns r)" link set rs mtu 1300
ip -n "$(ns s)" link set s0 mtu 1300
ip -n "$(ns s)" route change default via 10.0.2.254 advmss 1460
ip -n "$(ns s)" -6 route change default via fd00:2::ffff advmss 1440
nft_rules c 'counter unheard { }
chain i { type filter hook input priority 0;
icmp type destination-unreachable counter name unheard drop
icmpv6 type packet-too-big counter name unheard drop
}'
tune c net.ipv4.tcp_mtu_probing=0
offloads c c0 off
watch c c0
tcpwhy c -i c0
for addr in $S4 $S6; do
	serve "to-$addr" s $addr 5000 -n 1 recv:200 send:1 recv:20000 close
	connect "from-$addr" c $addr 5000 send:200 recv:1 send:20000 idle
done
log_has c 10 '.event=="pmtu_ignored"' 2
for addr in $S4 $S6; do end "from-$addr" && end "to-$addr"; done
unwatch c c0
stop c

within "ICMP errors thrown away" "$(in_ns c nft list counter inet t unheard | awk '/packets/ { print $2 }')" 4 1000
for proto in "$R4 icmp.type==3" "$R6 icmpv6.type==2"; do
	seen=$(seen c c0 "${proto#* }")
	same "told by ${proto% *}" "$(count c ".event==\"frag_needed\" and .matched and .valid and .mtu==1300 and
		.from==\"${proto% *}\"")" "$seen"
done
within "pmtu_ignored" "$(count c '.event=="pmtu_ignored" and .mtu==1300 and .len==1500')" 2 100
events c 0 '.event=="pmtu_ignored" and (.mtu!=1300 or .len!=1500)'
events c 0 '.event=="pmtu_black_hole"'
told c 5000 pmtu_ignored "a hop of 1300 bytes says so, and the client's host does not heed it"
