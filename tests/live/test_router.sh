#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A router watched on both interfaces sees each packet twice: each connection is told once, nothing is resent.
. "$(dirname "$0")/../lib/live.sh"

routed
tcpwhy r -i rc -i rs
for mode in on off; do
	offloads c c0 $mode
	offloads s s0 $mode
	for addr in $S4 $S6; do
		serve "$mode-$addr" s $addr 5000 -n 1 recv:500000 send:500000 eof close
		talk c $addr 5000 send:500000 recv:500000 shut eof close
		await_ok "$mode-$addr" 10
	done
	talk c $S4 5001 close
done
in_ns c ping -qc 1 $S4
stop r

resent=$(($(kernel c TcpRetransSegs) + $(kernel s TcpRetransSegs))) # none, on a machine that is not too slow
same "resent" "$(total r '.event=="connection"' .orig_retransmits+.resp_retransmits)" "$resent"
[ "$resent" != 0 ] || events r 0 '.event=="retransmit"'
events r 2 '.event=="capture_started"'
events r 4 '.event=="syn" and .resp_port==5000'
events r 4 '.event=="established"'
events r 2 '.event=="reset" and .cause=="refused"'
events r 0 '.event|IN("duplicate_segment","syn_retransmit","out_of_order","lost_segment_unseen")'
events r 4 '.event=="connection" and .end=="fin" and .side=="router" and
	.orig_bytes-.orig_retransmit_bytes==500000 and .resp_bytes-.resp_retransmit_bytes==500000'
events r 4 '.event=="connection" and .resp_port==5000 and .second_sight>0'
events r 0 '.event=="syn" and (.dir|IN("fwd","rev","in","out")|not)'
