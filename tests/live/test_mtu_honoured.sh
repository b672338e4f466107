#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A hop with a small MTU, and a router that says so: frag_needed is valid, what is resent is no loss.
. "$(dirname "$0")/../lib/live.sh"

routed
ip -n "$(ns r)" link set rs mtu 1300
ip -n "$(ns s)" link set s0 mtu 1300
offloads c c0 off
# the server must not tell its small MTU by its MSS
ip -n "$(ns s)" route change default via 10.0.2.254 advmss 1460
ip -n "$(ns s)" -6 route change default via fd00:2::ffff advmss 1440
watch c c0
tcpwhy c -i c0
tcpwhy r -i rc
for addr in $S4 $S6; do
	serve "to-$addr" s $addr 5000 -n 1 eof close
	# in small writes: in a long one the kernel puts off what the ICMP message tells it
	talk c $addr 5000 times:10 send:5000 end shut eof close
	await_ok "to-$addr" 10
done
unwatch c c0
stop c
stop r

for n in c r; do
	is='.event=="frag_needed" and .matched and .valid and .mtu==1300'
	events $n "$(seen c c0 "icmp.type==3 && icmp.code==4")" "$is and .from==\"$R4\""
	events $n "$(seen c c0 "icmpv6.type==2")" "$is and .from==\"$R6\""
	same "quoted sequences, $n" "$(get $n "$is" .quoted_seq | sort)" \
		"$(fields c c0 "(icmp.type==3 && icmp.code==4) || icmpv6.type==2" tcp.seq | sort)"
	events $n 0 '.event=="pmtu_ignored" or .event=="pmtu_black_hole" or .event=="unreachable"'
	# Beside those: on a slow machine a tail loss probe may come before the answer; and the kernel may resend at each
	# ICMP message, the last time what has been acknowledged at the router by then: the receiver reports it by D-SACK.
	events $n 0 '.event=="retransmit" and .kind!="pmtu" and .kind!="tlp" and .kind!="spurious"'
	within "probes, $n" "$(count $n '.event=="retransmit" and .kind=="tlp"')" 0 "$(kernel c TcpExtTCPLossProbes)"
	within "copies too many, $n" "$(count $n '.event=="retransmit" and .kind=="spurious"')" 0 \
		"$(kernel c TcpExtTCPDSACKRecv)"
	within "after the answer, $n" "$(count $n '.event=="retransmit" and .kind=="pmtu"')" 2 40
	same "retransmitted, $n" "$(total $n '.event=="connection"' .orig_retransmits)" \
		"$(kernel c TcpRetransSegs)"
	events $n 2 '.event=="connection" and .pmtu==1300 and .end=="fin"'
done
within "ICMP messages" "$(count c '.event=="frag_needed"')" 2 40
