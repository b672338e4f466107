#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# SYNs from thousands of invented addresses: one alert, raised and cleared; they evict each other, never an
# established connection.
. "$(dirname "$0")/../lib/live.sh"

pair
ip -n "$(ns s)" route add 198.18.0.0/15 dev s0
nft_rules c 'chain in { type filter hook prerouting priority -300; tcp flags & (syn|ack) == (syn|ack) ip daddr 198.18.0.0/15 drop; }'
# nobody answers for the invented addresses: what the server sends there goes to the client's address and is dropped
ip -n "$(ns s)" neigh add 198.18.0.1 lladdr "$(mac_of c c0)" dev s0
in_ns s sysctl -qw net.ipv4.neigh.s0.mcast_solicit=0 net.ipv4.neigh.s0.app_solicit=0
tcpwhy s -i s0 --max-half-open 1024 --rule syn_flood:hold=1
serve open s $S4 5001 -n 1 recv:10 send:10 wait:"$WORK/go" send:10 eof close
connect open-client c $S4 5001 send:10 recv:20 shut eof close
log_has s 5 '.event=="established"'
serve busy s $S4 5000 -n -1 idle
count=4000
send_raw c c0 flood $count 3000 "$(mac_of s s0)" 198.18.0.1 $S4 5000
log_has s 10 '.event=="alert" and .state=="raised"'
touch "$WORK/go"
await_ok open 10
await_ok open-client 10
log_has s 20 '.event=="alert" and .state=="cleared"'
stop s

events s 1 ".event==\"alert\" and .rule==\"syn_flood\" and .state==\"raised\" and .key==\"$S4:5000\" and .value>=500"
events s 1 ".event==\"alert\" and .rule==\"syn_flood\" and .state==\"cleared\" and .key==\"$S4:5000\""
events s 2 '.event=="alert"'
events s $count '.event=="syn" and .resp_port==5000'
events s 1 '.event=="connection" and .resp_port==5001 and .end=="fin" and .orig_bytes==10 and .resp_bytes==20'
said tcpwhy-s.err "syn_flood" || fail "the alert is not told on stderr"
