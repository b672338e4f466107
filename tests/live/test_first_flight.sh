#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A hop of 1300 bytes swallows what is larger and says nothing: a client's first flight of two segments (a TLS hello with
# a large key share), and a server's answer (its certificates). Both seen from both ends. Beside them flights that fit.
. "$(dirname "$0")/../lib/live.sh"

routed
nft_rules r 'counter swallowed { }
chain f { type filter hook forward priority 0; meta length > 1300 counter name swallowed drop; }'
for i in "c c0" "s s0" "r rc" "r rs"; do offloads $i off; done
for n in c s; do tune $n net.ipv4.tcp_mtu_probing=0; done
watch c c0
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
serve hello s $S4 5001 -n 1 recv:1800 send:100 idle
serve certificates s $S4 5002 -n 1 recv:500 send:4000 idle
serve small s $S4 5003 -n 1 recv:500 send:1100 eof close
connect c5001 c $S4 5001 send:1800 idle
connect c5002 c $S4 5002 send:500 recv:4000 close
talk c $S4 5003 send:500 recv:1100 shut eof close
log_has c 10 '.event=="retransmit" and .resp_port==5001' 4
log_has s 10 '.event=="retransmit" and .resp_port==5002' 4
for name in c5001 c5002 hello certificates; do end $name; done
await_ok small 5
unwatch c c0
unwatch s s0
stop c
stop s

within "packets swallowed" "$(in_ns r nft list counter inet t swallowed | awk '/packets/ { print $2 }')" 6 1000
same "full segments that came to the server" "$(seen s s0 "ip.src==$C4 && ip.len>1300")" 0
same "full segments that came to the client" "$(seen c c0 "ip.src==$S4 && ip.len>1300")" 0
for n in c s; do told $n 5003 ok "healthy: first flights that fit into a hop of 1300 bytes"; done
