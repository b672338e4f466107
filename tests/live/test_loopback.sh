#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Loopback shows each packet twice, leaving and arriving: each connection is told once, each packet counted once.
. "$(dirname "$0")/../lib/live.sh"

ns_new c
watch c lo
tcpwhy c -i lo
for addr in 127.0.0.1 ::1; do
	serve "on-$addr" c $addr 5000 -n 1 recv:300000 send:300000 eof close
	talk c $addr 5000 send:300000 recv:300000 shut eof close
	await_ok "on-$addr" 10
	talk c $addr 5001 close
done
unwatch c lo
stop c

resent=$(kernel c TcpRetransSegs) # none, on a machine that is not too slow
same "resent" "$(total c '.event=="connection"' .orig_retransmits+.resp_retransmits)" "$resent"
[ "$resent" != 0 ] || events c 0 '.event=="retransmit"'
for event in syn syn_ack established; do
	events c $([ $event = syn ] && echo 4 || echo 2) ".event==\"$event\""
done
events c 2 '.event=="reset" and .cause=="refused"'
events c 0 '.event|IN("out_of_order","duplicate_segment","syn_retransmit","land")'
within "windows shut" "$(count c '.event=="zero_window"')" 0 "$(kernel c TcpExtTCPToZeroWindowAdv)" # by a reader that lags
events c 2 '.event=="connection" and .end=="fin" and .orig_bytes-.orig_retransmit_bytes==300000 and .resp_bytes-.resp_retransmit_bytes==300000'
events c 4 '.event=="connection"'
for proto in ip ipv6; do
	is=".event==\"connection\" and .resp_port==5000 and (.orig_addr|contains(\":\"))==$([ $proto = ip ] && echo false || echo true)"
	# super-packets count by segments; only those that carry no payload are compared one by one
	same "packets without payload, $proto" \
		"$(minus "$(get c "$is" '.orig_packets+.resp_packets')" "$(get c "$is" '.orig_data_segments+.resp_data_segments')")" \
		"$(seen c lo "$proto && tcp.port==5000 && tcp.len==0")"
done
