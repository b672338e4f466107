#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# One side signs its segments (TCP MD5, as BGP routers do) and the other does not know of it, both ways. Beside them two
# that have the same key, and two without.
. "$(dirname "$0")/../lib/live.sh"

pair
tune c net.ipv4.tcp_syn_retries=1
$PYTHON -c "
import socket, struct
s = socket.socket()
s.setsockopt(6, 14, struct.pack('=128sBBHi80s', struct.pack('=HH4s', 2, 0, bytes(4)), 0, 0, 1, 0, b'k'))" 2>/dev/null ||
	skip "this kernel has no TCP MD5"
watch c c0
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
serve s5001 s $S4 5001 idle
serve s5002 s $S4 5002 md5:$C4 idle
serve s5003 s $S4 5003 -n 1 md5:$C4 recv:100 send:100 eof close
serve s5004 s $S4 5004 -n 1 recv:100 send:100 eof close
connect c5001 c $S4 5001 md5:$S4 close
connect c5002 c $S4 5002 close
connect c5003 c $S4 5003 md5:$S4 send:100 recv:100 shut eof close
connect c5004 c $S4 5004 send:100 recv:100 shut eof close
for port in 5001 5002 5003 5004; do await c$port; done
for port in 5001 5002; do
	same "the client of $port" "$(cat "$WORK/c$port.out")" "ETIMEDOUT connect"
	end s$port
done
for port in 5003 5004; do await_ok s$port 5; done
log_has c 10 '.event=="connect_timeout"' 2
unwatch c c0
unwatch s s0
stop c
stop s

same "signed SYNs of which the server knows nothing" "$(kernel s TcpExtTCPMD5Unexpected)" 2
same "unsigned SYNs where the server wants signed ones" "$(kernel s TcpExtTCPMD5NotFound)" 2

told c 5002 no_answer "the server wants signed segments (TCP MD5), and the client does not sign"
told s 5002 dropped_by_kernel "the server wants signed segments (TCP MD5), and the client does not sign"
told s 5001 dropped_by_kernel "the client signs its segments (TCP MD5), and the server does not know of it"
for n in c s; do
	told $n 5003 ok "healthy: both sign with the same key (TCP MD5)"
	told $n 5004 ok "healthy: nobody signs"
done
