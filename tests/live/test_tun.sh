#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# An interface without Ethernet header (a tunnel): the same connections, the same events.
. "$(dirname "$0")/../lib/live.sh"

[ -e /dev/net/tun ] || skip "no /dev/net/tun"
ns_new c
ns_new s
C4=10.0.1.1 S4=10.0.1.2 C6=fd00:1::1 S6=fd00:1::2
start tunnel $PYTHON "$LIB/tunnel.py" "$(ns c)" t0 "$(ns s)" t0
until_true 5 "the tunnel" said tunnel.out ready
for n in c s; do ip -n "$(ns $n)" link set t0 up; done
address c t0 $C4/24 $C6/64
address s t0 $S4/24 $S6/64
watch c t0
tcpwhy c -i t0
tcpwhy s -i t0
for addr in $S4 $S6; do
	serve "to-$addr" s $addr 5000 -n 1 recv:50000 send:50000 eof close
	talk c $addr 5000 send:50000 recv:50000 shut eof close
	await_ok "to-$addr" 10
	talk c $addr 5001 close
done
end watch-c-t0 INT
stop c
stop s
resent=$(kernel c TcpRetransSegs)
for n in c s; do
	events $n 2 '.event=="connection" and .end=="fin" and .orig_bytes>=50000 and .resp_bytes>=50000'
	events $n 2 '.event=="reset" and .cause=="refused"'
	events $n 2 '.event=="established"'
done
same "resent by the client" "$(total c '.event=="connection"' .orig_retransmits)" "$resent"
same "ISNs" "$(get c '.event=="syn"' .isn | sort)" "$(fields c t0 "tcp.flags.syn==1 && tcp.flags.ack==0" tcp.seq | sort)"
