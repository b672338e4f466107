#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# tools.sh HEADERS TEST…: runs live tests beside Debian's bpfcc tools and prints what those say, a line each:
#
#   TOOL <tab> starts|fails <tab> the line above what it prints, or why not
#   TOOL <tab> TEST <tab> a line that it printed while that test ran
#
# HEADERS is where the headers of this kernel are unpacked ("-": where the tools look by themselves). As root; on
# Debian's own kernel by tests/lib/boot.
set -u
cd "$(dirname "$0")/../.." || exit 1
headers=$1 version=$(uname -r)
shift
if [ "$headers" != - ]; then # in the guest, whose files nobody keeps
	mkdir -p /lib/modules/"$version"
	ln -sfn "$headers/usr/src/linux-headers-$version" /lib/modules/"$version"/build
	ln -sfn "$headers/usr/src/linux-headers-${version%-*}-common" /lib/modules/"$version"/source
	ln -sfn "$headers"/usr/src/* /usr/src/
	mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
fi
said=$(mktemp -d)
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null; done; rm -rf "$said"' EXIT
tools=("tcpretrans -l" tcpdrop tcplife tcpconnlat)
declare -a pids=() running=()
export PYTHONUNBUFFERED=1

for command in "${tools[@]}"; do
	tool=${command%% *}
	# shellcheck disable=SC2086
	${tool}-bpfcc ${command#"$tool"} >"$said/$tool" 2>"$said/$tool.err" &
	pid=$!
	while [ ! -s "$said/$tool" ] && kill -0 $pid 2>/dev/null; do sleep 0.5; done
	if kill -0 $pid 2>/dev/null; then
		pids+=("$pid") running+=("$tool")
		printf '%s\tstarts\t%s\n' "$tool" "$(tail -n 1 "$said/$tool")"
	else
		printf '%s\tfails\t%s\n' "$tool" "$(grep -m 1 -E '^Unable|not permitted' "$said/$tool.err" || tail -n 1 "$said/$tool.err")"
	fi
done
[ ${#running[@]} -gt 0 ] || exit 0
for test in "$@"; do
	for tool in "${running[@]}"; do wc -l <"$said/$tool" >"$said/$tool.at"; done
	tests/live/test_"$test".sh | sed -n 1p >&2
	sleep 2
	for tool in "${running[@]}"; do
		tail -n +$(($(cat "$said/$tool.at") + 1)) "$said/$tool" | sed "s/^/$tool\t$test\t/"
	done
done
