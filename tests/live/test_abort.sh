#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# SO_LINGER 0: an application throws the connection away. The cause is "aborted", each stage as it was; nothing is suspect.
. "$(dirname "$0")/../lib/live.sh"

pair
watch c c0
tcpwhy c -i c0
tcpwhy s -i s0
serve quiet s $S4 5001 -n 1 idle
talk c $S4 5001 sleep:0.1 abort
serve one s $S4 5002 -n 1 recv:10 send:10 idle
talk c $S4 5002 send:10 recv:10 abort
serve two s $S6 5003 -n 1 recv:10 send:10 recv:10 send:10 idle
talk c $S6 5003 send:10 recv:10 send:10 recv:10 abort
serve resp s $S4 5004 -n 1 recv:10 send:10 sleep:0.1 abort
talk c $S4 5004 send:10 recv:10 idle close
serve unread s $S4 5005 -n 1 recv:10 sleep:0.1 close
talk c $S4 5005 send:20 idle close
for s in quiet one two resp unread; do await "$s"; done
unwatch c c0
stop c
stop s

same "resets of client and server, says the kernel" "$(kernel c TcpOutRsts) $(kernel s TcpOutRsts)" "3 2"
same "resets on the link" "$(seen c c0 tcp.flags.reset==1)" 5
for n in c s; do
	events $n 5 '.event=="reset"'
	events $n 5 '.event=="reset" and .cause=="aborted"'
	events $n 0 'has("suspect") or has("forged")'
	events $n 1 '.event=="reset" and .resp_port==5001 and .stage=="post_ack"'
	events $n 1 '.event=="reset" and .resp_port==5002 and .stage=="post_psh"'
	events $n 1 '.event=="reset" and .resp_port==5003 and .stage=="later"'
	events $n 5 '.event=="connection" and .end=="reset"'
	events $n 3 '.event=="connection" and .state=="RSTO"'
	events $n 2 '.event=="connection" and .state=="RSTR"'
	same "sequence numbers of the RSTs, $n" "$(get $n '.event=="reset"' .seq | sort)" \
		"$(fields c c0 tcp.flags.reset==1 tcp.seq | sort)"
done
events c 3 '.event=="reset" and .dir=="out"'
events s 3 '.event=="reset" and .dir=="in"'
