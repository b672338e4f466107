#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# FIN both ways: the client first, the server first, both at once; data goes on after one FIN.
. "$(dirname "$0")/../lib/live.sh"

pair
watch c c0
tcpwhy c -i c0
tcpwhy s -i s0
serve client-first s $S4 5001 -n 1 eof send:200000 close
talk c $S4 5001 send:1000 shut eof close
serve server-first s $S6 5002 -n 1 send:10 shut eof close
talk c $S6 5002 eof send:1000 close
serve both s $S4 5003 -n 1 recv:1 shut eof close
talk c $S4 5003 send:1 shut eof close
for i in client-first server-first both; do await_ok $i 5; done
unwatch c c0
stop c
stop s

same "resets, says the kernel" "$(kernel c TcpOutRsts) $(kernel s TcpOutRsts)" "0 0"
for n in c s; do
	healthy $n
	events $n 3 '.event=="connection" and .end=="fin" and .state=="SF"'
	events $n 1 '.event=="connection" and .resp_port==5001 and .orig_bytes==1000 and .resp_bytes==200000'
	events $n 1 '.event=="connection" and .resp_port==5002 and .orig_bytes==1000 and .resp_bytes==10'
done
# the duration ends with the last FIN's packet or what acknowledges it
for port in 5001 5002 5003; do
	all=$(fields c c0 "tcp.port==$port" frame.time_epoch | awk 'NR == 1 { a = $1 } { b = $1 } END { print b - a }')
	within "duration, $port" "$(get c ".event==\"connection\" and .resp_port==$port" .duration)" \
		0 "$(plus "$all" "$(slack 10)")"
done
