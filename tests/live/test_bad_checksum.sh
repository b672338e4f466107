#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A device flips bits: what comes has a wrong TCP checksum, and the kernel drops it. In all data of a connection, as live
# and in the capture; beside it one that has a single such segment, and one without.
. "$(dirname "$0")/../lib/live.sh"

wired
wire "> port 5001 data flip" "> port 5002 data nth 3 flip"
watch c c0
watch s s0
tcpwhy c -i c0
tcpwhy s -i s0
serve s5001 s $S4 5001 -n 1 idle
for port in 5002 5003; do serve s$port s $S4 $port -n 1 recv:20000 send:100 eof close; done
connect c5001 c $S4 5001 send:1000 idle
for port in 5002 5003; do talk c $S4 $port send:20000 recv:100 shut eof close && await_ok s$port 5; done
log_has c 10 '.event=="retransmit" and .resp_port==5001' 4
end c5001 && end s5001
unwatch c c0
unwatch s s0
stop c
stop s

within "bad checksums, says the kernel" "$(kernel s TcpInCsumErrors)" 5 30
events s 1 '.event=="connection" and .resp_port==5001 and .drop_reason=="TCP_CSUM"'
for n in c s; do told $n 5003 ok "healthy: what a device that flips bits leaves alone"; done
