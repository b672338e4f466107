#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A firewall rejects: with a RST it is "refused", with ICMP "unreachable" with the code's name.
. "$(dirname "$0")/../lib/live.sh"

routed
nft_rules r 'chain f { type filter hook forward priority 0;
tcp dport 5001 reject with tcp reset
tcp dport 5002 reject with icmpx type admin-prohibited
tcp dport 5003 reject with icmpx type port-unreachable
}'
tune c net.ipv4.tcp_syn_retries=1
watch c c0
tcpwhy c -i c0
for addr in $S4 $S6; do
	for port in 5001 5002 5003; do talk c $addr $port close; done
done
unwatch c c0
stop c

same "RSTs on the link" "$(seen c c0 tcp.flags.reset==1)" 2
events c 2 '.event=="reset" and .cause=="refused" and .resp_port==5001'
events c 2 '.event=="reset"'
for port in 5002 5003; do
	code=$([ $port = 5002 ] && echo admin_prohibited || echo port)
	is=".event==\"unreachable\" and .resp_port==$port and .code==\"$code\" and .matched and .valid"
	events c "$(seen c c0 "icmp.type==3 && tcp.dstport==$port")" "$is and .from==\"$R4\""
	events c "$(seen c c0 "icmpv6.type==1 && tcp.dstport==$port")" "$is and .from==\"$R6\""
done
events c 0 '.event=="established"'
told c 5001 refused "a router rejects the SYN with a RST"
told c 5002 rejected_by_icmp "a router rejects the SYN with an ICMP error"
