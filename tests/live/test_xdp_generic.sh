#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Ingress by generic XDP, for drivers that have none of their own.
. "$(dirname "$0")/../lib/live.sh"
. "$LIB/exchange.sh"

wired
wire "${LOSSY[@]}"
INGRESS=xdp-generic
tcpwhy s -i s0
ip -n "$(ns s)" -d link show s0 | tee "$WORK/link"
grep -q xdpgeneric "$WORK/link" || fail "no generic XDP program"
exchange
stop s
exchange_told
events s 1 '.event=="capture_started" and .iface=="s0" and (.mode|test("generic"))'
