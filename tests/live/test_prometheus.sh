#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A real Prometheus (Debian's) scrapes /metrics and evaluates the alert rules that we ship; promtool has nothing to say against
# either.
. "$(dirname "$0")/../lib/live.sh"
. "$LIB/deb.sh"

[ "$SLOW" = 1 ] || skip "Prometheus takes too long where all is slow"
PROMETHEUS=$(debian_program prometheus /usr/bin/prometheus) || skip "Debian's prometheus cannot be had"
PROMTOOL=$(debian_program prometheus /usr/bin/promtool) || skip "Debian's prometheus cannot be had"
API=http://127.0.0.1:19090

fetch() { in_ns s $PYTHON "$LIB/scrape.py" "$1" >"$WORK/page"; }
# query EXPRESSION: the values, a line each
query() { fetch "$API/api/v1/query?query=$(jq -rn --arg q "$1" '$q | @uri')" && jq -r '.data.result[].value[1]' "$WORK/page"; }
gives() { [ "$(query "$1")" = "$2" ]; }
rules_evaluated() {
	fetch "$API/api/v1/rules" && jq -e '[.data.groups[].rules[] | select(.health == "ok")] | length == 9' "$WORK/page" >/dev/null
}
firing() { fetch "$API/api/v1/alerts" && jq -e --arg n "$1" '.data.alerts[] | select(.labels.alertname == $n)' "$WORK/page" >/dev/null; }

pair
tcpwhy s -i s0 --metrics 127.0.0.1:19290 --program-stats
talk c $S4 81 close
log_has s 5 '.event=="reset"'

until_true 5 "the RST in /metrics" eval 'fetch http://127.0.0.1:19290/metrics && grep -q "^tcpwhy_resets_total{cause=\"refused\"} 1$" "$WORK/page"'
"$PROMTOOL" check metrics <"$WORK/page" >"$WORK/promtool" 2>&1 || fail "promtool check metrics: $(head -3 "$WORK/promtool")"
[ ! -s "$WORK/promtool" ] || fail "promtool check metrics: $(head -3 "$WORK/promtool")"
"$PROMTOOL" check rules "$TOP/packaging/prometheus/tcpwhy.rules.yml" || fail "promtool check rules"

cat >"$WORK/prometheus.yml" <<YML
global: { scrape_interval: 200ms, evaluation_interval: 500ms }
scrape_configs:
  - job_name: tcpwhy
    static_configs: [{ targets: ["127.0.0.1:19290"] }]
rule_files: ["$TOP/packaging/prometheus/tcpwhy.rules.yml"]
YML
"$PROMTOOL" check config "$WORK/prometheus.yml"
start_in s prometheus "$PROMETHEUS" --config.file="$WORK/prometheus.yml" --storage.tsdb.path="$WORK/tsdb" \
	--web.listen-address=127.0.0.1:19090 --log.level=warn
until_true 60 "Prometheus to scrape" gives 'up{job="tcpwhy"}' 1
until_true 30 "the RST in Prometheus" gives 'tcpwhy_resets_total{cause="refused"}' 1
until_true 30 "our rules to be evaluated" rules_evaluated
same "build info" "$(query 'count(tcpwhy_build_info{version!=""})')" 1
within "runs of programs" "$(query 'sum(tcpwhy_program_runs_total)')" 4 1000000
within "run time of programs" "$(query 'sum(tcpwhy_program_run_seconds_total)')" 0.000000001 100
within "series" "$(query 'count({__name__=~"tcpwhy_.*"})')" 150 400

# the interface goes away: one of our rules notices
ip -n "$(ns s)" link del s0
until_true 30 "an alert of our rules" firing TcpwhyNotAttached
end tcpwhy-s INT
end prometheus TERM
