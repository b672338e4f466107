#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Ingress by tc: tcx where the kernel has it, else clsact. No XDP program is on the interface.
. "$(dirname "$0")/../lib/live.sh"
. "$LIB/exchange.sh"

wired
wire "${LOSSY[@]}"
INGRESS=tc
tcpwhy s -i s0
ip -n "$(ns s)" -d link show s0 | tee "$WORK/link"
! grep -q 'prog/xdp' "$WORK/link" || fail "there is an XDP program"
exchange
stop s
exchange_told
events s 1 '.event=="capture_started" and .iface=="s0" and (.mode|test("tcx|clsact|tc"))'
