#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Spoofed ACKs fill the table of connections, while the program stands still: being blind is said, what they left is
# evicted, and connections that come then have their records.
. "$(dirname "$0")/../lib/live.sh"

health() { in_ns s $PYTHON - <<-'P'
	import urllib.request, urllib.error
	try:
	    page = urllib.request.urlopen('http://127.0.0.1:9290/healthz', timeout=5)
	except urllib.error.HTTPError as e:
	    page = e
	print(page.status, page.read().decode())
	P
}
says() { health | grep -q "$1"; }

pair
room=2048
nft_rules s 'chain in { type filter hook prerouting priority -300; ip saddr 198.18.0.0/15 drop; }'
tcpwhy s -i s0 --max-connections $room --ring 1 --event-budget 0 --no-tracepoints --metrics 9290
until_true 5 "a healthy start" says "^200 ok"
kill -STOP "${STARTED[tcpwhy-s]}"
send_raw c c0 "eth $(mac_of s s0) / ip4 198.18.0.1 $S4 / tcp +1024 5009 A ack=1 / times 9000"
kill -CONT "${STARTED[tcpwhy-s]}"
log_has s 10 '.event=="table_full"'
until_true 5 "the full table at /healthz" says "^503 the table of connections is full"
until_true 10 "evicted connections" counts_to s '.event=="connection" and .resp_port==5009 and .end=="evicted"' 200

serve real s $S4 5001 -n 100 recv:10 send:10 eof close
for i in $(seq 100); do talk c $S4 5001 send:10 recv:10 shut eof close >/dev/null; done
await_ok real 20
until_true 20 "health again" says "^200 ok"
CHECK=(lossy)
stop s
events s 100 '.event=="connection" and .resp_port==5001 and .end=="fin" and .verdict=="ok"'
# each of those that had an entry has a record, too
within "records of what was spoofed" "$(count s '.event=="connection" and .resp_port==5009')" $room 9000
