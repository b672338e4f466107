#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A webhook whose server is down: it is tried again, the queue is bounded, it is said; when the server comes, it gets what
# waited. Meanwhile nothing is lost of the log.
. "$(dirname "$0")/../lib/live.sh"

pair
cat >"$WORK/server.py" <<'P'
import http.server, json, sys
class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(sys.argv[2], "a") as f:
            for alert in json.loads(body):
                f.write(json.dumps({"path": self.path, "type": self.headers["Content-Type"], **alert}) + "\n")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
P
cat >"$WORK/tcpwhy.conf" <<C
actions: { hook: { type = "webhook"; url = "http://127.0.0.1:9099"; time_limit = "2s"; queue = 2; }; };
rules: { refused: { threshold = 3; window = "3s"; hold = "0s"; clear = 1; actions = [ "hook" ]; }; };
C
tcpwhy c -i c0 --config "$WORK/tcpwhy.conf"
for port in 5001 5002 5003 5004; do
	talk c $S4 $port -c 5 close
	log_has c 10 '.event=="alert" and .state=="raised" and .key=="'$S4:$port'"'
done
until_true 10 "a word on the server" said tcpwhy-c.err "action hook: cannot be delivered: .*trying again, and up to 2 alerts wait"
until_true 10 "a word on the queue" said tcpwhy-c.err "action hook: 2 alerts wait already; more are dropped"
start_in c server "$PYTHON" "$WORK/server.py" 9099 "$WORK/posted"
until_true 90 "the alerts to be delivered" said tcpwhy-c.err "action hook: alerts are delivered again; [1-9][0-9]* were dropped"
log_has c 15 '.event=="alert" and .state=="cleared"' 4
stop c

same "words on a server that is down" "$(grep -c "cannot be delivered" "$WORK/tcpwhy-c.err")" 1
first=$(head -1 "$WORK/posted")
same "the first alert" "$(jq -r '.labels | "\(.alertname) \(.key) \(.job) \(.severity) \(.key_name)"' <<<"$first")" \
	"refused $S4:5001 tcpwhy warning resp_addr:resp_port"
same "where it was posted" "$(jq -r '"\(.path) \(.type)"' <<<"$first")" "/api/v2/alerts application/json"
same "it has not ended" "$(jq -r '.endsAt > .startsAt' <<<"$first")" true
events c 4 '.event=="alert" and .state=="raised"'
events c 4 '.event=="alert" and .state=="cleared"'
