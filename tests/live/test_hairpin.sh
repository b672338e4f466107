#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A balancer sends the client's SYN on to a server in the client's own network and does not translate the client's
# address: the server answers directly, from another address, and the client refuses. Beside it the same with both
# addresses translated.
. "$(dirname "$0")/../lib/live.sh"

ns_new c
ns_new s
ns_new b
link c c0 b bc
link s s0 b bs
V4=10.0.1.254
C4=10.0.1.1 S4=10.0.1.2
ip -n "$(ns b)" link add br0 type bridge
ip -n "$(ns b)" link set bc master br0
ip -n "$(ns b)" link set bs master br0
ip -n "$(ns b)" link set br0 up
address b br0 $V4/24
address c c0 $C4/24
address s s0 $S4/24
tune b net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.br0.send_redirects=0
tune b net.bridge.bridge-nf-call-iptables=0 2>/dev/null || true # else what is bridged is translated, too
tune c net.ipv4.tcp_syn_retries=1
nft_rules b 'chain d { type nat hook prerouting priority dstnat; ip daddr 10.0.1.254 tcp dport { 5001, 5002 } dnat ip to 10.0.1.2; }
chain p { type nat hook postrouting priority srcnat; ip daddr 10.0.1.2 tcp dport 5002 masquerade; }'
watch c c0
tcpwhy c -i c0
serve direct s $S4 5001 idle
serve through s $S4 5002 -n 1 recv:100 send:100 eof close
talk c $V4 5001 close
same "the client of the direct answer" "$(cat "$WORK/talk.out")" "ETIMEDOUT connect"
talk c $V4 5002 send:100 recv:100 shut eof close
await_ok through 5
log_has c 10 '.event=="connect_timeout"'
end direct
unwatch c c0
stop c

within "answers from the server's own address" "$(seen c c0 "ip.src==$S4 && tcp.flags.syn==1")" 1 10
same "answers from the address that was asked" "$(seen c c0 "ip.src==$V4 && tcp.srcport==5001")" 0
told c 5002 ok "healthy: a balancer that translates both addresses"
