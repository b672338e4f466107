#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Out by one interface, in by another: one whole connection.
. "$(dirname "$0")/../lib/live.sh"

ns_new c
ns_new s
link c c0 s s0
link c c1 s s1
C4=10.0.1.1 S4=10.0.9.9
address c c0 $C4/24
address c c1 10.0.2.1/24
address s s0 10.0.1.2/24
address s s1 10.0.2.2/24
address s lo $S4/32
tune c net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.c0.rp_filter=0 net.ipv4.conf.c1.rp_filter=0
tune s net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.s0.rp_filter=0 net.ipv4.conf.s1.rp_filter=0
ip -n "$(ns c)" route add $S4/32 via 10.0.1.2 src $C4
ip -n "$(ns s)" route add $C4/32 via 10.0.2.1 dev s1
watch c c0
tcpwhy c -i c0 -i c1
serve both s $S4 5000 -n 1 recv:300000 send:300000 eof close
talk c $S4 5000 send:300000 recv:300000 shut eof close
await_ok both 10
talk c $S4 5001 close
unwatch c c0
stop c

same "packets from the server on c0" "$(seen c c0 "tcp && ip.src==$S4")" 0
events c 2 '.event=="syn"'
events c 1 '.event=="established"'
events c 1 '.event=="syn" and .resp_port==5000 and .iface=="c0" and .dir=="out"'
events c 1 '.event=="syn_ack" and .iface=="c1" and .dir=="in"'
events c 1 '.event=="reset" and .cause=="refused" and .iface=="c1"'
events c 1 '.event=="connection" and .end=="fin" and .state=="SF" and .orig_bytes==300000 and .resp_bytes==300000'
events c 2 '.event=="connection"'
events c 0 '.event|IN("retransmit","out_of_order","duplicate_segment","lost_segment_unseen")'
