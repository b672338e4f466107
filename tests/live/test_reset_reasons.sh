#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# RSTs that leave this host: TCP says why it sent one, also for a port that is closed; one that a firewall sends
# is no socket's. Kernels before 6.10 do not tell: there nothing may be claimed.
. "$(dirname "$0")/../lib/live.sh"

pair
nft_rules s 'chain i { type filter hook input priority 0; tcp dport 5002 counter reject with tcp reset; }'
tcpwhy c -i c0
tcpwhy s -i s0
for addr in $S4 $S6; do
	talk c $addr 5001 close
	talk c $addr 5002 close
	serve "abort$addr" s $addr 5003 -n 1 recv:10 abort
	talk c $addr 5003 send:10 eof close
	await_ok "abort$addr" 10
done
log_has s 10 '.event=="reset"' 6
stop c
stop s

within "rejected by the firewall" "$(in_ns s nft list chain inet t i | sed -n 's/.*packets \([0-9]*\).*/\1/p')" 2 2
same "RSTs of TCP, says the kernel" "$(kernel s TcpOutRsts)" 4
events s 6 '.event=="reset" and .dir=="out"'
events c 6 '.event=="reset" and .dir=="in"'
events c 0 'has("no_socket")'
events s 4 '.event=="reset" and .cause=="refused"'
events s 4 '.event=="connection" and .verdict=="refused"'
if grep -qa SK_RST_REASON_NO_SOCKET /sys/kernel/btf/vmlinux; then
	events s 2 '.event=="reset" and .resp_port==5001 and .reason=="NO_SOCKET" and (has("no_socket")|not)'
	events s 2 '.event=="reset" and .resp_port==5002 and .no_socket and (has("reason")|not)'
	events s 2 '.event=="reset" and .resp_port==5003 and has("reason") and (has("no_socket")|not)'
else
	events s 0 'has("no_socket") or (.event=="reset" and has("reason"))'
fi
