#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# SYNs that arrive and that netfilter drops: the kernel's own word, and who is to blame.
. "$(dirname "$0")/../lib/live.sh"

pair
nft_rules s 'chain i { type filter hook input priority 0; tcp dport 5001 counter drop; }'
tune c net.ipv4.tcp_syn_retries=1
tcpwhy s -i s0
serve open s $S4 5001 -n 1 recv:10 send:10 eof close
for addr in $S4 $S6; do talk c $addr 5001 close; done
sleep 4
stop s
dropped=$(in_ns s nft list chain inet t i | sed -n 's/.*packets \([0-9]*\).*/\1/p')
events s "$dropped" '.event=="kernel_drop" and .reason=="NETFILTER_DROP" and .dir=="in" and .resp_port==5001'
events s "$dropped" '.event=="kernel_drop"'
events s 2 '.event=="connection" and .verdict=="dropped_by_kernel" and .drop_reason=="NETFILTER_DROP" and
	(.evidence|index("kernel_drop"))'
