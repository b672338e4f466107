#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A real Alertmanager (Debian's) receives alerts from the webhook, and hears when they are over.
. "$(dirname "$0")/../lib/live.sh"
. "$LIB/deb.sh"

[ "$SLOW" = 1 ] || skip "the Alertmanager takes too long where all is slow"
ALERTMANAGER=$(debian_program prometheus-alertmanager /usr/bin/prometheus-alertmanager) ||
	skip "Debian's prometheus-alertmanager cannot be had"
SHARE=${ALERTMANAGER%/bin/*}/share # it reads templates in /usr/share
pair
printf 'route: { receiver: none }\nreceivers: [ { name: none } ]\n' >"$WORK/alertmanager.yml"
start_in c manager unshare -m sh -c '[ "$0" = /usr/share ] || mount -t overlay overlay -o "lowerdir=$0:/usr/share" /usr/share
	exec "$@"' "$SHARE" "$ALERTMANAGER" --config.file="$WORK/alertmanager.yml" --storage.path="$WORK/data" \
	--web.listen-address=127.0.0.1:9093 --cluster.listen-address=
api() { in_ns c "$PYTHON" "$LIB/scrape.py" "http://127.0.0.1:9093/api/v2/$1"; }
is_ready() { api status >/dev/null; }
until_true 60 "the Alertmanager" is_ready
tcpwhy c -i c0 --action am:type=webhook,url=http://127.0.0.1:9093 --rule refused:threshold=5,window=2,hold=1,actions=am \
	--rule resets:threshold=3,window=2s,hold=1h,good=0,severity=critical,actions=am
talk c $S4 5002 -c 8 close
raised() { api alerts | jq -e '.[] | select(.labels.alertname == "refused" and .status.state == "active")' >"$WORK/alert"; }
until_true 30 "the alert at the Alertmanager" raised
same "its labels" "$(jq -r '.labels | "\(.key) \(.severity) \(.job)"' "$WORK/alert")" "$S4:5002 warning tcpwhy"
jq -re .annotations.summary "$WORK/alert" | grep -q "refused raised for $S4:5002: [0-9]* refused connections in 2 s" ||
	fail "the summary is $(jq -c .annotations "$WORK/alert")"
log_has c 15 '.event=="alert" and .rule=="refused" and .state=="cleared"'
cleared() { ! raised; }
until_true 30 "the alert to be over at the Alertmanager" cleared
serve cut s $S4 5003 -n 4 recv:10 abort
talk c $S4 5003 -c 4 send:10 idle
until_true 30 "the second alert" eval 'api alerts | jq -e ".[] | select(.labels.alertname == \"resets\")" >"$WORK/second"'
same "its severity" "$(jq -r .labels.severity "$WORK/second")" critical
stop c
said tcpwhy-c.err "resets for $S4:5003 is still raised as we stop" || fail "it is not said that an alert is open"
