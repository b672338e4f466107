#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What is left of a link's throughput while tcpwhy watches one of its ends: two network namespaces, a veth
# pair, a client in one and a server in the other. Rounds without and with `tcpwhy run` (mode auto, all
# events, log to a file) take turns; medians. Stops by itself after about ROUNDS × 40 seconds. As root.
#
#   tests/bench/throughput.sh [ROUNDS [SECONDS]]     default 7 rounds of 3 seconds
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-7} seconds=${2:-3}
build=${BUILD:-build}
traffic=$build/tests/bench/throughput_traffic
client=twb$$c server=twb$$s dir=$(mktemp -d)
[ "$(id -u)" = 0 ] || { echo "bench-throughput: needs root" >&2; exit 1; }

cleanup() {
	kill $(jobs -p) 2>/dev/null || true
	wait
	ip netns del $client 2>/dev/null || true
	ip netns del $server 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT

set_up() {
	local ns
	ip netns add $client
	ip netns add $server
	ip link add v0 netns $client type veth peer name v0 netns $server
	for ns in $client $server; do
		ip -n $ns link set lo up
		ip -n $ns link set v0 up
		ip netns exec $ns sysctl -qw net.ipv4.tcp_congestion_control=cubic net.ipv4.ip_local_port_range="10000 65000" \
			net.ipv4.tcp_max_syn_backlog=8192 net.core.somaxconn=8192 2>/dev/null || true
	done
	ip -n $client addr add 10.77.0.1/24 dev v0
	ip -n $server addr add 10.77.0.2/24 dev v0
	ip netns exec $server "$traffic" serve 10.77.0.2 &
	sleep 0.5
}

offloads() {
	local ns
	for ns in $client $server; do
		ip netns exec $ns ethtool -K v0 tso "$1" gso "$1" gro "$1" tx "$1" rx on >/dev/null
	done
}

watch_on() {
	rm -f "$dir/log"
	ip netns exec $server "$build/tcpwhy" run -i v0 -w "$dir/log" 2>"$dir/err" &
	watcher=$!
	for _ in $(seq 200); do
		grep -q ': attached' "$dir/err" && return
		kill -0 $watcher 2>/dev/null || break
		sleep 0.1
	done
	echo "bench-throughput: tcpwhy did not attach" >&2
	cat "$dir/err" >&2
	exit 1
}

watch_off() {
	kill -INT $watcher
	wait $watcher || { cat "$dir/err" >&2; exit 1; }
}

# one WORKLOAD: a figure, more is better
one() {
	case $1 in
	stream) offloads on; ip netns exec $client "$traffic" stream 10.77.0.2 "$seconds" ;;
	frames) offloads off; ip netns exec $client "$traffic" stream 10.77.0.2 "$seconds" ;;
	connect) offloads on; ip netns exec $client "$traffic" connect 10.77.0.2 "$seconds" ;;
	esac
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

row() {
	local without with
	without=$(median "$dir/$1.without") with=$(median "$dir/$1.with")
	awk -v t="$2" -v a="$without" -v b="$with" -v u="$3" -v aim="$4" \
		'BEGIN { printf "%-42s %10.0f %10.0f %-8s %5.1f %%  (aim %s %%)\n", t, a, b, u, 100 * b / a, aim }'
}

set_up
for _ in $(seq "$rounds"); do
	for w in stream frames connect; do
		one $w >>"$dir/$w.without"
		watch_on
		one $w >>"$dir/$w.with"
		watch_off
	done
done
grep -h ': attached' "$dir/err" || true
printf '%-42s %10s %10s\n' "median of $rounds rounds of $seconds s" "nothing" "tcpwhy"
row stream "one stream, segmentation offload on" Mbit/s 98
row frames "one stream, a frame on the wire each" Mbit/s 92
row connect "short connections, request and response" conn/s 92
sed -n '/connections\|events\|lines/p' "$dir/err" | tail -n 5
