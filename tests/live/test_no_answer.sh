#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A firewall swallows the SYNs: each repeat is told, and that the attempt was given up.
. "$(dirname "$0")/../lib/live.sh"

pair
tune c net.ipv4.tcp_syn_retries=2
nft_rules s 'counter swallowed { }
chain in { type filter hook input priority 0; tcp dport 5000 counter name swallowed drop; }'
watch c c0
tcpwhy c -i c0
connect v6 c $S6 5000 close
talk c $S4 5000 close
same "what connect() says" "$(cat "$WORK/talk.out")" "ETIMEDOUT connect"
await_ok v6 10
log_has c 15 '.event=="connect_timeout"' 2
unwatch c c0
stop c

same "SYNs that the firewall swallowed" \
	"$(in_ns s nft list counter inet t swallowed | awk '/packets/ { print $2 }')" 6
same "SYNs on the link" "$(seen c c0 tcp.flags.syn==1)" 6
same "repeats, says the kernel" "$(kernel c TcpRetransSegs)" 4
events c 2 '.event=="syn"'
events c 4 '.event=="syn_retransmit" and (.answered|not)'
for attempt in 2 3; do
	events c 2 ".event==\"syn_retransmit\" and .attempt==$attempt"
done
within "time between the first two" "$(get c '.event=="syn_retransmit" and .attempt==2' .interval | head -1)" 0.9 1.5
events c 2 '.event=="connect_timeout" and .attempts==3'
within "waited" "$(get c '.event=="connect_timeout"' .waited | sort -n | head -1)" 6 15
events c 2 '.event=="connection" and .state=="S0" and .end=="timeout"'
events c 0 '.event=="established" or .event=="reset" or .event=="retransmit"'
told c 5000 no_answer "a firewall drops the SYNs"
