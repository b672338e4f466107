#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Where the first copy of what is sent again went: the queue of this host's own interface dropped it, a router
# beyond did, or it had arrived and only its ACK was lost.
. "$(dirname "$0")/../lib/live.sh"

routed
ip netns exec "$(ns c)" tc qdisc add dev c0 root tbf rate 40mbit burst 20kb limit 20kb 2>/dev/null ||
	skip "no tbf queueing discipline"
offloads c c0 off
nft_rules r 'chain f { type filter hook forward priority 0; tcp dport 5002 tcp flags & psh == 0 ip length > 1000 numgen inc mod 40 == 20 counter drop; }
chain back { type filter hook forward priority 1; }'
tcpwhy c -i c0

serve here s $S4 5001 -n 1 recv:2000000 eof close
talk c $S4 5001 send:2000000 shut eof close
await_ok here 60
dropped=$(in_ns c tc -s qdisc show dev c0 | sed -n 's/.*dropped \([0-9]*\).*/\1/p' | head -1)
in_ns c tc qdisc del dev c0 root

serve beyond s $S4 5002 -n 1 recv:2000000 eof close
talk c $S4 5002 send:2000000 shut eof close
await_ok beyond 60
lost=$(in_ns r nft list chain inet t f | sed -n 's/.*packets \([0-9]*\).*/\1/p')

# the ACK of a request is lost until the request was sent again
serve nowhere s $S4 5003 -n 1 recv:100 recv:1 close
connect asking c $S4 5003 wait:"$WORK/ask" send:100 wait:"$WORK/go" send:1 eof close
log_has c 10 '.event=="established" and .resp_port==5003'
in_ns r nft add rule inet t back tcp sport 5003 drop
before=$(kernel c TcpRetransSegs)
touch "$WORK/ask"
again() { [ "$(kernel c TcpRetransSegs)" -gt "$before" ]; }
until_true 20 "the request again" again
in_ns r nft flush chain inet t back
log_has c 20 '.event=="retransmit" and .died=="nowhere" and .resp_port==5003'
touch "$WORK/go"
await_ok asking 20
await_ok nowhere 20
stop c

is='.event=="retransmit" and .dir=="out"'
within "dropped by the interface's queue" "$dropped" 1 100000
within "told so" "$(count c "$is and .resp_port==5001 and .died==\"here\" and (.reason|startswith(\"QDISC\"))")" 1 100000
within "kernel_drop beside it" "$(count c '.event=="kernel_drop" and .resp_port==5001 and .dir=="out"')" 1 "$dropped"
within "dropped by the router" "$lost" 1 100000
within "told so" "$(count c "$is and .resp_port==5002 and .died==\"beyond\"")" 1 "$lost"
events c 0 "$is and .resp_port!=5001 and .died==\"here\""
events c 0 '.event=="kernel_drop" and .resp_port!=5001'
events c 0 '.event=="connection" and .verdict=="dropped_by_kernel"'
