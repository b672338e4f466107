#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The same hop, and a firewall that drops the ICMP: small segments pass, full-size ones vanish.
. "$(dirname "$0")/../lib/live.sh"

routed
ip -n "$(ns r)" link set rs mtu 1300
ip -n "$(ns s)" link set s0 mtu 1300
ip -n "$(ns s)" route change default via 10.0.2.254 advmss 1460
ip -n "$(ns s)" -6 route change default via fd00:2::ffff advmss 1440
nft_rules r 'counter silenced { }
chain o { type filter hook output priority 0;
icmp type destination-unreachable counter name silenced drop
icmpv6 type packet-too-big counter name silenced drop
}'
tune c net.ipv4.tcp_mtu_probing=0
offloads c c0 off
watch c c0
tcpwhy c -i c0
n=0
for addr in $S4 $S6; do
	serve "to-$addr" s $addr 5000 -n 1 recv:200 send:1 recv:20000 close
	connect "from-$addr" c $addr 5000 send:200 recv:1 send:20000 idle
	n=$((n + 1))
done
log_has c 10 '.event=="pmtu_black_hole"' 2
for addr in $S4 $S6; do end "from-$addr" && end "to-$addr"; done
unwatch c c0
stop c

within "ICMP errors swallowed" "$(in_ns r nft list counter inet t silenced | awk '/packets/ { print $2 }')" 6 1000
same "ICMP errors on the client's link" "$(seen c c0 "(icmp.type==3 && icmp.code==4) || icmpv6.type==2")" 0
events c 2 '.event=="pmtu_black_hole"'
same "sizes that vanish" "$(get c '.event=="pmtu_black_hole"' .len | sort -u)" 1500
within "the largest that passed" "$(get c '.event=="pmtu_black_hole"' .largest_acked | sort -n | tail -1)" 200 1300
events c 0 '.event=="frag_needed" or .event=="pmtu_ignored"'
told c 5000 pmtu_black_hole "a hop of 1300 bytes, and a firewall that drops the ICMP error"
