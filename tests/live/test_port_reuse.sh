#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The same port again, at once: each SYN with another ISN is a connection of its own, never a retransmission.
. "$(dirname "$0")/../lib/live.sh"

pair
watch c c0
tcpwhy c -i c0
tcpwhy s -i s0
# the client closes by RST (no TIME-WAIT), then by FIN after the server's (the server waits, and takes the new SYN)
serve s s $S4 5000 -n 6 send:100 eof close
for how in abort abort abort; do
	talk c $S4 5000 -f $C4:41000 recv:100 $how
done
serve first s $S4 5001 -n 3 send:100 shut eof close
for i in 1 2 3; do
	talk c $S4 5001 -f $C4:41001 recv:100 eof close
done
unwatch c c0
stop c
stop s

same "connections opened, says the kernel" "$(kernel c TcpActiveOpens)" 6
same "retransmissions, says the kernel" "$(kernel c TcpRetransSegs) $(kernel s TcpRetransSegs)" "0 0"
for n in c s; do
	events $n 6 '.event=="syn"'
	events $n 6 '.event=="established"'
	events $n 0 '.event|IN("syn_retransmit","retransmit","handshake_bad_ack","out_of_order","duplicate_segment")'
	events $n 6 '.event=="connection"'
	events $n 3 '.event=="connection" and .resp_port==5000 and .end=="reset"'
	events $n 3 '.event=="connection" and .resp_port==5001 and .end=="fin"'
	same "conn ids, $n" "$(get $n '.event=="connection"' .conn | sort -u | grep -c . || true)" \
		"$(count $n '.event=="connection"')"
	same "ISNs, $n" "$(get $n '.event=="syn"' .isn | sort)" \
		"$(fields c c0 "tcp.flags.syn==1 && tcp.flags.ack==0" tcp.seq | sort)"
done
