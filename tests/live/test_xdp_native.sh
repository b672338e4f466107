#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Ingress by native XDP: the driver runs the program, and tells the same as any other hook.
. "$(dirname "$0")/../lib/live.sh"
. "$LIB/exchange.sh"

wired
wire "${LOSSY[@]}"
INGRESS=xdp
tcpwhy s -i s0
ip -n "$(ns s)" -d link show s0 | tee "$WORK/link"
grep -Eq 'prog/xdp ' "$WORK/link" || fail "no native XDP program"
! grep -q xdpgeneric "$WORK/link" || fail "the XDP program is generic"
exchange
stop s
exchange_told
events s 1 '.event=="capture_started" and .iface=="s0" and (.mode|test("^XDP ingress"))'
