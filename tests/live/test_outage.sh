#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A path that carries nothing for 5 s, under a transfer that then goes on. Beside it a connection that is idle meanwhile.
. "$(dirname "$0")/../lib/live.sh"

routed
nft_rules r 'chain f { type filter hook forward priority 0; }'
watch c c0
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
serve s5001 s $S4 5001 -n 1 eof send:100 close
serve s5002 s $S4 5002 -n 1 recv:100 send:100 eof close
connect c5001 c $S4 5001 nodelay times:40 send:500 sleep:0.05 end shut recv:100 close
connect c5002 c $S4 5002 send:100 recv:100 wait:"$WORK/over" shut eof close
log_has c 5 '.event=="established"' 2
sleep 0.5
in_ns r nft add rule inet t f counter drop
sleep 5
in_ns r nft flush chain inet t f
touch "$WORK/over"
for port in 5001 5002; do await_ok c$port 15 && await_ok s$port 5; done
unwatch c c0
unwatch s s0
stop c
stop s

within "resent by the client, says the kernel" "$(kernel c TcpRetransSegs)" 3 30
events c 1 '.event=="path_down"'
events c 1 '.event=="path_down" and .resp_port==5001'
events c 1 '.event=="path_up" and .resp_port==5001'
told c 5001 path_outage "for 5 s a router passes nothing on"
for n in c s; do told $n 5002 ok "healthy: a connection that is idle while a router passes nothing on"; done
