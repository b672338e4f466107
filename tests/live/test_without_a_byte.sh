#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Servers that close without having said a word: at once, and after a request. Beside them one that answers, one that
# only takes and closes after the client, and a port check that the client ends.
. "$(dirname "$0")/../lib/live.sh"

pair
watch c c0
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
serve s5001 s $S4 5001 -n 1 close
serve s5002 s $S4 5002 -n 1 recv:100 sleep:0.1 close
serve s5003 s $S4 5003 -n 1 recv:100 abort
serve s5004 s $S4 5004 -n 1 recv:100 send:100 close
serve s5005 s $S4 5005 -n 1 eof close
serve s5006 s $S4 5006 -n 1 eof close
connect c5001 c $S4 5001 eof close
for port in 5002 5003; do connect c$port c $S4 $port send:100 idle close; done
connect c5004 c $S4 5004 send:100 recv:100 eof close
connect c5005 c $S4 5005 nodelay times:4 send:100 sleep:0.05 end shut eof close
connect c5006 c $S4 5006 shut eof close
for port in 5001 5002 5003 5004 5005 5006; do await c$port && await_ok s$port 5; done
sleep 2.2
unwatch c c0
unwatch s s0
stop c
stop s

same "the server's bytes there" "$(seen c c0 "tcp.port in {5001,5002,5003} && ip.src==$S4 && tcp.len>0")" 0

for n in c s; do
	told $n 5001 closed_without_a_byte "the server closes at once"
	told $n 5002 closed_without_a_byte "the server takes a request and closes"
	told $n 5003 closed_without_a_byte "the server takes a request and aborts"
	told $n 5004 ok "healthy: the server answers and closes"
	told $n 5005 ok "healthy: the client only sends, and closes first"
	told $n 5006 ok "healthy: a port check, which the client ends"
done
