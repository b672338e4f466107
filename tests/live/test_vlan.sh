#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# 802.1Q and QinQ: connections inside tags are followed like others. Real stacks where the kernel has vlan devices,
# and everywhere frames from a raw sender.
. "$(dirname "$0")/../lib/live.sh"

pair
INGRESS=${INGRESS:-tc}
tcpwhy s -i s0
mac="$(mac_of s s0) 02:00:00:00:00:01"
# talks TAGS SRC: a handshake, a request, an answer and both FINs, from either side of an invented connection
raw() {
	local tags=$1 a=$2 b=$3
	send_raw c c0 "eth $mac / ${tags}ip4 $a $b id=100 / tcp 4000 80 S seq=1000 mss=1460 sackok ws=7" \
		"eth $mac / ${tags}ip4 $b $a id=200 / tcp 80 4000 SA seq=9000 ack=1001 mss=1400 ws=7" \
		"eth $mac / ${tags}ip4 $a $b id=101 / tcp 4000 80 A seq=1001 ack=9001" \
		"eth $mac / ${tags}ip4 $a $b id=102 / tcp 4000 80 PA seq=1001 ack=9001 / data 100" \
		"eth $mac / ${tags}ip4 $b $a id=201 / tcp 80 4000 PA seq=9001 ack=1101 / data 1000" \
		"eth $mac / ${tags}ip4 $a $b id=103 / tcp 4000 80 FA seq=1101 ack=10001" \
		"eth $mac / ${tags}ip4 $b $a id=202 / tcp 80 4000 FA seq=10001 ack=1102" \
		"eth $mac / ${tags}ip4 $a $b id=104 / tcp 4000 80 A seq=1102 ack=10002"
}
raw "" 192.0.2.1 192.0.2.2
raw "vlan 7 / " 192.0.2.11 192.0.2.12
raw "vlan 8 tpid=0x88a8 / vlan 9 / " 192.0.2.21 192.0.2.22
raw "vlan 8 / vlan 9 / " 192.0.2.31 192.0.2.32
expected=4
if ip -n "$(ns c)" link add link c0 name c0.5 type vlan id 5 2>/dev/null; then
	ip -n "$(ns s)" link add link s0 name s0.5 type vlan id 5
	ip -n "$(ns c)" link set c0.5 up
	ip -n "$(ns s)" link set s0.5 up
	address c c0.5 10.0.5.1/24
	address s s0.5 10.0.5.2/24
	for hw in on off; do # the tag in the packet's metadata, and in the packet
		in_ns s ethtool -K s0 txvlan $hw rxvlan $hw || true
		serve "tagged-$hw" s 10.0.5.2 5000 -n 1 recv:50000 send:50000 eof close
		talk c 10.0.5.2 5000 send:50000 recv:50000 shut eof close
		await_ok "tagged-$hw" 10
		expected=$((expected + 1))
	done
fi
stop s
healthy s
events s $expected '.event=="connection" and .end=="fin" and .state=="SF"'
events s $expected '.event=="established"'
for a in 1 11 21 31; do
	events s 1 ".event==\"connection\" and .orig_addr==\"192.0.2.$a\" and .orig_bytes==100 and .resp_bytes==1000"
	events s 1 ".event==\"syn\" and .orig_addr==\"192.0.2.$a\" and .isn==1000 and .mss==1460 and .ttl==64 and .ip_id==100"
done
events s $((expected - 4)) '.event=="connection" and .orig_addr=="10.0.5.1" and .orig_bytes==50000 and .resp_bytes==50000'
