#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Alert rules on real traffic: each is raised once, for its key, and cleared once; thresholds from the command line
# and from a file.
. "$(dirname "$0")/../lib/live.sh"

pair
cat >"$WORK/rules.conf" <<R
rules: { resets: { threshold = 5; window = "2s"; hold = "1s"; }; };
R
nft_rules s 'chain in { type filter hook input priority 0; tcp dport 5009 drop; }'
tune c net.ipv4.tcp_syn_retries=1
tcpwhy c -i c0 --rule refused:threshold=5,window=2,hold=1 --rules "$WORK/rules.conf" \
	--rule unanswered:threshold=5,window=2,hold=1
connect silent c $S4 5009 -c 5 close
talk c $S4 5001 -c 4 close # below the threshold
log_has c 5 '.event=="reset" and .resp_port==5001' 4
talk c $S4 5002 -c 8 close
serve cut s $S4 5003 -n 8 recv:10 abort
talk c $S4 5003 -c 8 send:10 idle
await cut
await silent
for rule in refused resets unanswered; do
	for state in raised cleared; do log_has c 15 ".event==\"alert\" and .rule==\"$rule\" and .state==\"$state\""; done
done
stop c

for rule in refused:5002 resets:5003 unanswered:5009; do
	for state in raised cleared; do
		events c 1 ".event==\"alert\" and .rule==\"${rule%:*}\" and .state==\"$state\" and .key==\"$S4:${rule#*:}\""
	done
	within "value of ${rule%:*}" "$(get c ".event==\"alert\" and .rule==\"${rule%:*}\" and .state==\"raised\"" .value)" 5 8
done
events c 6 '.event=="alert"'
same "alerts on stderr" "$(grep -c 'alert:' "$WORK/tcpwhy-c.err")" 6
