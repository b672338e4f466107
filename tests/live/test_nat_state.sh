#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A router that translates addresses forgets a connection that lives: it answers the server with a RST of its own, as it
# would for any stranger, while the client goes on. One beside it, whose state is left alone, ends well.
. "$(dirname "$0")/../lib/live.sh"

routed
nft_rules r 'chain p { type nat hook postrouting priority srcnat; oifname "rs" masquerade; }'
command -v conntrack >/dev/null || skip "conntrack is not installed"
watch c c0
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
serve pushed s $S4 5001 -n 1 nodelay recv:100 times:12 send:1000 sleep:0.25 end eof close
serve kept s $S4 5003 -n 1 nodelay recv:100 times:12 send:1000 sleep:0.25 end eof close
connect c5001 c $S4 5001 nodelay send:100 recv:2000 touch:"$WORK/open" sleep:0.6 times:5 send:10 sleep:0.2 end eof close
connect c5003 c $S4 5003 nodelay send:100 recv:12000 close
until_true 10 "the open connection" test -e "$WORK/open"
in_ns r conntrack -D -p tcp --orig-port-dst 5001
await c5001
await pushed
await_ok c5003 15
await_ok kept 5
unwatch c c0
unwatch s s0
stop c
stop s

told c 5001 peer_lost_state "a router that translates addresses forgets the connection; the client goes on"
told s 5001 nat_state_lost "a router that translates addresses forgets the connection, and resets the server's next packet"
for n in c s; do told $n 5003 ok "healthy: the same transfer, with its state left alone"; done
