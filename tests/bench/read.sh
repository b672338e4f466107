#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What reading a capture costs, beside others that read them: CPU time and peak memory on captures of its
# own. tshark and tcptrace are skipped by name where they are not installed. About five minutes, most of
# them tshark's; 1.5 GB in a temporary folder.
#
#   tests/bench/read.sh [CONNECTIONS]     default 40000, which makes 1.6 million packets
set -eu
cd "$(dirname "$0")/../.."
conns=${1:-40000}
build=${BUILD:-build}
bench=$build/tests/bench
dir=$(mktemp -d "${TMPDIR:-/tmp}/tcpwhy-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT

# row NAME ROUNDS COMMAND…: a line of the table; the first is what the others are compared with
row() {
	local name=$1 figures
	shift
	if ! command -v "$2" >/dev/null; then
		echo "| $name | not installed | | |"
		return
	fi
	figures=$("$bench/read_cost" "$@")
	floor=${floor:-${figures% *}}
	awk -v n="$name" -v f="$floor" -v v="$figures" 'BEGIN { split(v, x, " ")
		printf "| %s | %.2f s | %.1f | %.0f MiB |\n", n, x[1], x[1] / f, x[2] / 1024 }'
}

table() {
	local file=$1
	floor=
	printf '\n%s: %s, %s\n\n| | CPU | × bare loop | peak memory |\n| --- | ---: | ---: | ---: |\n' "$2" "$3" "$(du -h --apparent-size "$file" | cut -f1)B"
	row "bare libpcap loop" 5 "$bench/read_bare" "$file"
	row "tcpwhy read, log to /dev/null" 5 "$build/tcpwhy" read -w /dev/null "$file"
	row "tcpwhy read, log to a file" 3 "$build/tcpwhy" read -w "$dir/log" "$file"
	row "tcptrace -n -l" 1 tcptrace -n -l "$file"
	row "tshark -q -z conv,tcp" 1 tshark -n -r "$file" -q -z conv,tcp
	row "tshark -Y tcp.analysis.flags" 1 tshark -n -r "$file" -Y tcp.analysis.flags
	rm -f "$dir/log"
}

# What an open connection takes: two captures that differ in nothing but their number.
memory() {
	local few many
	"$bench/read_generate" open "$dir/few" "$conns" 96 >/dev/null
	"$bench/read_generate" open "$dir/many" "$((6 * conns))" 96 >/dev/null
	few=$("$bench/read_cost" 1 "$build/tcpwhy" read -n 4000000 -w /dev/null "$dir/few")
	many=$("$bench/read_cost" 1 "$build/tcpwhy" read -n 4000000 -w /dev/null "$dir/many")
	awk -v few="${few#* }" -v many="${many#* }" -v n="$conns" 'BEGIN {
		printf "\nMemory of an open connection: %.0f bytes (%d of them: %d MiB, %d: %d MiB)\n", (many - few) * 1024 / (5 * n),
		n, few / 1024, 6 * n, many / 1024 }'
}

what=$("$bench/read_generate" mixed "$dir/capture" "$conns" 262144)
table "$dir/capture" "Whole packets" "$what"
"$bench/read_generate" mixed "$dir/capture" "$conns" 96 >/dev/null
table "$dir/capture" "The first 96 bytes of each" "$what"
rm -f "$dir/capture"
memory
