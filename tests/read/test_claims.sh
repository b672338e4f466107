#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Every sentence of `explain` is true of the events above it (claims.py has the sentences and their conditions): on all cases,
# on logs that are made up of what only a live host or a rare path shows (claims.ndjson), and on logs of your own:
#
#   tests/read/test_claims.sh [LOG…]
set -u
logs=()
for log; do logs+=("$(realpath "$log")"); done
cd "$(dirname "$0")/../.." || exit 1
tcpwhy=${BUILD:-$PWD/build}/tcpwhy
dir=$(mktemp -d) failed=0
trap 'rm -rf "$dir"' EXIT

for case in tests/casebook/*.case; do
	name=$(basename "$case" .case)
	python3 tests/casebook/case2pcap.py "$case" "$dir/$name.pcap"
	"$tcpwhy" read -w "$dir/$name.log" "$dir/$name.pcap"
	logs+=("$dir/$name.log")
done
python3 tests/read/claims.py "$tcpwhy" --all tests/read/claims.ndjson "${logs[@]}" >"$dir/wrong" || {
	echo "FAILED: sentences that are not true, or that nothing exercises:"
	cat "$dir/wrong"
	failed=1
}

# It does find what is not true: one sentence is read as another.
lies() { # LOG OLD NEW
	python3 tests/read/claims.py --lie "$2=$3" "$tcpwhy" "$1" | grep 'not true of its events' >/dev/null || {
		echo "FAILED: not found: $3"
		failed=1
	}
}
lies "$dir/rdp-service-died.log" 'The responder refuses with a RST.' 'The responder ends the open connection with a RST.'
lies "$dir/lync-sharing-refused.log" 'It tries again after the RST, as some stacks do.' \
	'It goes on as if it had sent no RST: the RST in its name was not its own.'
lies "$dir/iis-healthy.log" 'Both sides have closed.' 'Neither side had closed.'
lies "$dir/peer-vanished.log" 'nothing new was acknowledged until its timer expired' 'needlessly, all of it had arrived'
lies tests/read/claims.ndjson 'The same SYN-ACK again, although the ACK of it has passed here:' 'No ACK of it has passed here: the same SYN-ACK,'
lies tests/read/claims.ndjson 'The first copy died in this host (QDISC_DROP).' 'Before it 9 s of silence.'

exit $failed
