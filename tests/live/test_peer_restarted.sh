#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A server that no longer knows its connection, as after a crash: the client's next request is answered by a kernel that
# has no such socket. Beside it a server that aborts, one that closes, and one that lives.
. "$(dirname "$0")/../lib/live.sh"

pair
watch c c0
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
for word in 5001:vanish 5002:abort 5003:close; do serve s${word%:*} s $S4 ${word%:*} -n 1 recv:100 send:100 sleep:0.2 ${word#*:}; done
serve s5004 s $S4 5004 -n 1 recv:100 send:100 recv:100 send:100 eof close
for port in 5001 5002; do connect c$port c $S4 $port send:100 recv:100 sleep:0.6 send:100 idle close; done
connect c5003 c $S4 5003 send:100 recv:100 eof close
connect c5004 c $S4 5004 send:100 recv:100 sleep:0.6 send:100 recv:100 shut eof close
for port in 5001 5002 5003 5004; do await c$port && await s$port; done
sleep 2.2 # until a RST is final
unwatch c c0
unwatch s s0
stop c
stop s

same "the server's FINs on the forgotten connection" "$(seen c c0 "tcp.port==5001 && tcp.flags.fin==1 && ip.src==$S4")" 0
same "RSTs without a socket's ACK" "$(seen c c0 "tcp.port==5001 && tcp.flags==0x004 && ip.src==$S4")" 1

for n in c s; do
	told $n 5001 peer_lost_state "the server's socket is gone without a word, as after a crash, when the next request comes"
	told $n 5002 reset_by_responder "the server's application aborts the connection"
	told $n 5003 ok "healthy: the server closes"
	told $n 5004 ok "healthy: a second request after a pause"
done
events s 1 '.event=="reset" and .resp_port==5001 and .dir=="out" and (.reason=="NO_SOCKET" or .no_socket)'
