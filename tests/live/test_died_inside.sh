#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What was sent again had not left this host: on loopback, and on a veth whose other end is here, too (a container's, on a
# bridge). Where its first copy went is not known there, and nothing is claimed; on the card behind, it had left.
. "$(dirname "$0")/../lib/live.sh"

routed
c=$(ns c)
# c's address moves behind a bridge: va, vb and the bridge are in c, and c0 is the way out
ip -n "$c" link add va type veth peer name vb
ip -n "$c" link add bridge type bridge || skip "no bridge"
ip -n "$c" addr flush dev c0
for link in vb c0; do ip -n "$c" link set $link master bridge; done
for link in va vb bridge lo; do ip -n "$c" link set $link up; done
ip -n "$c" addr add $C4/24 dev va
ip -n "$c" route replace default via $R4
until_true 10 "the way through the bridge" in_ns c ping -c 1 -W 1 $S4
tcpwhy c -i lo -i va
nft_rules c 'chain i { type filter hook input priority 0; }'
nft_rules r 'chain f { type filter hook forward priority 0; }'

# ask PORT SERVER'S-NS ADDR HOLD… : HOLD is the rule that keeps the request unacknowledged until it was sent again
ask() {
	local port=$1 n=$2 addr=$3
	serve "s$port" "$n" "$addr" "$port" -n 1 recv:100 recv:1 close
	connect "c$port" c "$addr" "$port" wait:"$WORK/ask$port" send:100 wait:"$WORK/go$port" send:1 eof close
	log_has c 10 ".event==\"established\" and .resp_port==$port"
	in_ns "${@:4}"
	touch "$WORK/ask$port"
	log_has c 20 ".event==\"retransmit\" and .resp_port==$port" # told a second after it was sent
	in_ns "$4" nft flush chain inet t "${10}"
	touch "$WORK/go$port"
	await_ok "c$port" 30
	await_ok "s$port" 30
}
ask 5001 c 127.0.0.1 c nft add rule inet t i iif lo tcp sport 5001 drop
ask 5002 s $S4 r nft add rule inet t f tcp dport 5002 drop
stop c

within "sent again on loopback" "$(count c '.event=="retransmit" and .iface=="lo" and .resp_port==5001')" 1 100
within "sent again into the bridge" "$(count c '.event=="retransmit" and .iface=="va" and .dir=="out" and .resp_port==5002')" 1 100
events c 0 '.died=="beyond"'
