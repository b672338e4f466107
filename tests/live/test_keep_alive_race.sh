#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A server closes what was idle for 1 s, and a client takes the connection again just then: FIN and request cross on the
# way. Beside it a client that is quicker, and one that lets the FIN come.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> delay 150ms" "< delay 150ms"
watch c c0
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
serve race s $S4 5001 -n 1 nodelay recv:100 send:100 sleep:1 close
serve quick s $S4 5002 -n 1 nodelay times:2 recv:100 send:100 end sleep:1 close
serve patient s $S4 5003 -n 1 nodelay recv:100 send:100 sleep:1 close
# the answer is 150 ms old when it comes; the FIN leaves 850 ms later, and the request has left 30 ms before
connect c5001 c $S4 5001 nodelay send:100 recv:100 sleep:0.82 send:100 idle
connect c5002 c $S4 5002 nodelay send:100 recv:100 sleep:0.5 send:100 recv:100 eof close
connect c5003 c $S4 5003 nodelay send:100 recv:100 eof close
for port in 5001 5002 5003; do await_ok c$port 10; done
for name in race quick patient; do await_ok $name 5; done
unwatch c c0
unwatch s s0
stop c
stop s

# The request left the client before the FIN came, and came after it had left: else it was no race.
crossed=$(fields c c0 "tcp.port==5001 && ((ip.src==$C4 && tcp.len>0) || (ip.src==$S4 && tcp.flags.fin==1))" tcp.len | tr '\n' ' ')
same "payload and FIN, as the client had them" "$crossed" "100 100 0 "
crossed=$(fields s s0 "tcp.port==5001 && ((ip.src==$C4 && tcp.len>0) || (ip.src==$S4 && tcp.flags.fin==1))" tcp.len | tr '\n' ' ')
same "payload and FIN, as the server had them" "$crossed" "100 0 100 "

for n in c s; do
	told $n 5001 keep_alive_race "a request crosses the FIN of a server that closes after 1 s of silence"
	told $n 5002 ok "healthy: a client that asks again after 0.5 s"
	told $n 5003 ok "healthy: an idle connection is closed, and nothing was on its way"
done
