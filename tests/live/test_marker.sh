#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Pings mark a moment in the log, with their size, id and number, over IPv4 and IPv6.
. "$(dirname "$0")/../lib/live.sh"

pair
watch c c0
tcpwhy c -i c0
in_ns c ping -qc 2 -i 0.2 -s 77 $S4
in_ns c ping -qc 2 -i 0.2 -s 1234 $S6
unwatch c c0
stop c
same "requests by IPv4" "$(get c '.event=="marker" and .dir=="out" and .size==77' '[.icmp_id,.icmp_seq]|@tsv')" \
	"$(fields c c0 icmp.type==8 icmp.ident icmp.seq)"
same "requests by IPv6" "$(get c '.event=="marker" and .dir=="out" and .size==1234' '[.icmp_id,.icmp_seq]|@tsv')" \
	"$(fields c c0 icmpv6.type==128 icmpv6.echo.identifier icmpv6.echo.sequence_number | while read -r id n; do printf '%d\t%d\n' "$id" "$n"; done)"
events c 4 '.event=="marker" and .dir=="in"'
events c 8 '.event=="marker" and (has("conn")|not)'
