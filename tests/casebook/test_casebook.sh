#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# All cases through `tcpwhy read`, in IPv4 and IPv6, with one and two VLAN tags, in nanoseconds, in Linux cooked
# frames, with sequence numbers that wrap, and with some of it together.
cd "$(dirname "$0")/../.." || exit 1
tcpwhy=${BUILD:-build}/tcpwhy failed=0
for variant in "" --v6 --vlan --qinq --nano --sll --wrap "--v6 --wrap --qinq --nano" "--wrap --sll --nano"; do
	# shellcheck disable=SC2086 # several words
	result=$(python3 tests/casebook/casecheck.py "$tcpwhy" tests/casebook/*.case $variant 2>&1) || failed=1
	echo "$result" | sed "s/^/${variant:---v4}: /"
done
exit $failed
