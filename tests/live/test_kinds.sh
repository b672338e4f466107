#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Why a segment was sent again: a hole that duplicate ACKs show is "fast", a lost tail "tlp", silence "rto"; the kernel
# of the sender counts the same.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> delay 10ms" "< delay 10ms" \
	"> port 5001 data nth 20 drop" \
	"> port 5002 data nth 3 drop" \
	"> port 5003 data from 3 until 1000s drop"
tcpwhy c -i c0
# a hole in the middle of much
serve middle s $S4 5001 -n 1 eof close
talk c $S4 5001 send:200000 shut eof close
await_ok middle 10
fast=$(kernel c TcpExtTCPFastRetrans)
log_has c 5 '.event=="retransmit" and .resp_port==5001'
events c 1 '.event=="retransmit" and .resp_port==5001'
events c 1 '.event=="retransmit" and .resp_port==5001 and .kind=="fast" and .attempt==2 and .bytes==1448'
same "fast, says the kernel" "$fast" 1
# the last of a few, and nothing after it: three requests, the third is lost
serve tail s $S4 5002 -n 1 times:3 recv:1000 send:10 end eof close
talk c $S4 5002 nodelay times:3 send:1000 recv:10 end shut eof close
await_ok tail 10
probes=$(kernel c TcpExtTCPLossProbes) timeouts=$(kernel c TcpExtTCPTimeouts)
log_has c 5 '.event=="retransmit" and .resp_port==5002 and .dir=="out"'
same "the kernel's probes and timeouts for the lost tail" "$((probes + timeouts))" 1
events c 1 '.event=="retransmit" and .resp_port==5002 and .attempt==2 and (.kind|IN("tlp","rto"))'
# silence: every repeat is one of the timer's
serve listens s $S4 5003 -n 1 idle
connect silent c $S4 5003 nodelay send:1000 sleep:0.1 send:1000 sleep:0.1 send:1000 sleep:2.5 abort
await silent
end listens
stop c
resent=$(get c '.event=="connection" and .resp_port==5003' .orig_retransmits)
within "resent into the silence" "$resent" 3 12
# for a single segment Linux's probe comes at the timeout; on the wire they cannot be told apart
rto=$(count c '.event=="retransmit" and .resp_port==5003 and (.kind|IN("rto","tlp"))')
same "timeouts and probes, says the kernel" \
	"$(($(kernel c TcpExtTCPTimeouts) + $(kernel c TcpExtTCPLossProbes) - timeouts - probes))" "$rto"
same "of these by the timer" "$(count c '.event=="retransmit" and .resp_port==5003 and .kind=="rto"')" "$rto"
same "attempts" "$(get c '.event=="retransmit" and .resp_port==5003' .attempt | sort -n | tail -1)" $((rto + 1))
events c 1 '.event=="reset" and .resp_port==5003 and .dir=="out" and .cause=="gave_up"'
same "all that was resent" "$(total c '.event=="connection"' .orig_retransmits)" "$(kernel c TcpRetransSegs)"
