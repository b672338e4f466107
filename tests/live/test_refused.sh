#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Nobody listens: the RST is "refused" on both hosts, its true origin is the server, and nothing is suspect.
. "$(dirname "$0")/../lib/live.sh"

pair
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
for addr in $S4 $S6; do
	talk c $addr 5000 close
	same "what connect() says" "$(cat "$WORK/talk.out")" "ECONNREFUSED connect"
done
unwatch s s0
stop c
stop s

same "resets sent, says the kernel" "$(kernel s TcpOutRsts)" 2
for n in c s; do
	events $n 2 '.event=="reset"'
	events $n 2 '.event=="reset" and .cause=="refused" and .stage=="post_syn" and .resp_port==5000'
	events $n 0 '.event=="reset" and (has("suspect") or has("forged"))'
	events $n 0 '.event=="established" or .event=="syn_retransmit"'
	events $n 2 '.event=="connection" and .end=="reset" and .state=="REJ"'
	same "ACK numbers of the RSTs, $n" "$(get $n '.event=="reset"' .ack | sort)" \
		"$(fields s s0 tcp.flags.reset==1 tcp.ack | sort)"
done
events c 2 '.event=="reset" and .dir=="in"'
events s 2 '.event=="reset" and .dir=="out"'
told s 5000 refused "nothing listens on the port"
