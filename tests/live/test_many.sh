#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# 2,000 connections at once: each is told once, whole.
. "$(dirname "$0")/../lib/live.sh"

pair
ulimit -n 8192
tcpwhy c -i c0
tcpwhy s -i s0
serve many s $S4 5000 -n 2000 recv:10 send:10 eof close
talk c $S4 5000 -c 2000 send:10 recv:10 shut eof close >/dev/null
same "clients that were served" "$(grep -c '^ok$' "$WORK/talk.out")" 2000
await_ok many 30
stop c
stop s

same "connections opened, says the kernel" "$(kernel c TcpActiveOpens)" 2000
for n in c s; do
	for event in syn syn_ack established; do events $n 2000 ".event==\"$event\""; done
	events $n 2000 '.event=="connection" and .end=="fin" and .orig_bytes==10 and .resp_bytes==10'
	same "distinct ids, $n" "$(get $n '.event=="connection"' .conn | sort -u | wc -l)" \
		2000
	events $n 0 '.event=="events_lost" or .event=="table_full"'
done
same "retransmitted by the client" "$(total c '.event=="connection"' .orig_retransmits)" \
	"$(minus "$(kernel c TcpRetransSegs)" "$(count c '.event=="syn_retransmit"')")"
