#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A peer that vanishes is told while it lasts, with the process whose data waits; and when it is back. So is a SYN that
# nobody answers. A reader that pauses is no such thing.
. "$(dirname "$0")/../lib/live.sh"

cut() { nft_rules r 'chain f { type filter hook forward priority 0; tcp dport { 5001, 5002 } drop; tcp sport 5001 drop; }'; }
mend() { in_ns r nft delete table inet t; }

routed
tcpwhy c -i c0 --rule path_down:threshold=2,good=0
tcpwhy s -i s0
serve listens s $S4 5001 -n 1 recv:1000 send:10 recv:1000 send:10 eof close
serve pauses s $S4 5003 -n 1 rcvbuf:4096 sleep:5 recv:300000 eof close
connect fills c $S4 5003 send:300000 shut eof close
connect talks c $S4 5001 nodelay send:1000 recv:10 touch:"$WORK/asked" wait:"$WORK/cut" send:1000 recv:10 shut eof close
until_true 10 "the first answer" test -e "$WORK/asked"
pid=${STARTED[talks]}
cut
touch "$WORK/cut"
connect tries c $S4 5002 shut eof close
log_has c 10 '.event=="path_down" and .resp_port==5001'
events c 1 '.event=="path_down" and .resp_port==5001 and .dir=="out" and .bytes==1000 and .attempts>=3 and .waited>=1'
same "whose data waits" "$(get c '.event=="path_down" and .resp_port==5001' '"\(.pid) \(.comm)"')" "$pid python3"
log_has c 10 '.event=="path_down" and .resp_port==5002'
events c 1 '.event=="path_down" and .resp_port==5002 and .handshake and .attempts==3'
log_has c 5 '.event=="alert" and .rule=="path_down" and .state=="raised"'
events c 0 '.event=="path_up"'
sleep 3 # further repeats say nothing anew
mend
for name in talks tries; do await "$name"; done
await_ok pauses 20
await_ok fills 20
log_has c 10 '.event=="path_up" and .resp_port==5001'
stop c
stop s
events c 1 '.event=="path_down" and .resp_port==5001'
events c 1 '.event=="path_up" and .resp_port==5001 and .dir=="in"'
events c 1 '.event=="path_down" and .resp_port==5002'
events c 0 '.event=="path_down" and .resp_port==5003'
within "how long it was, as the sender says" "$(get c '.event=="path_up" and .resp_port==5001' .waited)" 3 30
# the receiver gets nothing: only what it sends itself can be unacknowledged there
events s 0 '.event=="path_down" and .dir=="in"'
