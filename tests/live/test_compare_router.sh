#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A router translates addresses, rejects, drops and clamps the MSS: compared, the logs of both hosts tell it, offloads on and
# off; and of what it only forwards they tell nothing.
. "$(dirname "$0")/../lib/live.sh"
. "$(dirname "$0")/../lib/compare.sh"

routed
tune c net.ipv4.tcp_syn_retries=1
nft_rules r 'chain f { type filter hook forward priority 0;
tcp dport 5001 reject with tcp reset
tcp dport 5002 drop
tcp dport 5003 tcp flags & (syn|ack) == syn tcp option maxseg size set 1200
ip daddr 10.0.2.2 tcp dport 5004 ct state established numgen random mod 100 < 4 counter name lost drop
}
counter lost { }'
tcpwhy c -i c0
tcpwhy s -i s0
for mode in on off; do
	for n in "c c0" "s s0" "r rc" "r rs"; do offloads $n $mode; done
	for addr in $S4 $S6; do
		serve "$mode-$addr" s $addr 5000 -n 4 recv:300000 send:300000 eof close
		talk c $addr 5000 -c 4 send:300000 recv:300000 shut eof close
		await_ok "$mode-$addr" 20
	done
done
talk c $S4 5001 close
talk c $S6 5001 close
talk c $S4 5002 close
serve mss s $S4 5003 -n 1 eof close
talk c $S4 5003 shut eof close
serve loss s $S4 5004 -n 1 recv:600000 send:1000 eof close
talk c $S4 5004 send:600000 recv:1000 shut eof close
await_ok loss 60
await_ok mss 10
talk c $S4 5005 close # an honest refusal
for n in c s; do until_true 60 "the last FIN's ACK" no_sockets $n; done
# The same behind NAT.
nft_rules r 'chain p { type nat hook postrouting priority 100; oifname rs masquerade; }'
serve nat s $S4 5006 -n 2 recv:30000 send:30000 eof close
talk c $S4 5006 -c 2 send:30000 recv:30000 shut eof close
await_ok nat 20
talk c $S4 5007 close # refused
for n in c s; do until_true 60 "the last FIN's ACK" no_sockets $n; done
sleep 2.5 # until all is final
lost=$(in_ns r nft list counter inet t lost | awk '/packets/ { print $2 }')
stop c
stop s

compare --slow 1000000
found <<END
5001 lost_between syn b 1
5001 lost_between syn b 1
5001 forged_between rst a -
5001 forged_between rst a -
5002 lost_between syn b $(count c '.resp_port==5002 and (.event=="syn" or .event=="syn_retransmit")')
5003 rewritten mss b -
$(jq -r 'select(.resp_port==5004) | "5004 lost_between \(.what) b \(.count)"' "$WORK/found")
5006 rewritten addr b -
5006 rewritten addr b -
5007 rewritten addr b -
END
same "lost segments and ACKs" "$(jq -s 'map(select(.resp_port==5004).count) | add // 0' "$WORK/found")" "$lost"
one '.resp_port==5003 and .sent==1460 and .received==1200'
one ".resp_port==5007 and (.sent|startswith(\"$C4:\")) and (.received|startswith(\"10.0.2.254:\")) and .orig_addr==\"$C4\""
