#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A real logrotate (Debian's), with the file that we ship, while events come in: no line is lost or doubled.
. "$(dirname "$0")/../lib/live.sh"
. "$LIB/deb.sh"

LOGROTATE=$(debian_program logrotate /usr/sbin/logrotate) || skip "Debian's logrotate cannot be had"
"$LOGROTATE" --version >"$WORK/version" 2>&1 || skip "Debian's logrotate does not run here"

pair
tcpwhy s -i s0
# as shipped, but for the place of the log and whom to tell
sed "s,^/var/log/tcpwhy/,$WORK/,; s,systemctl kill .*,kill -USR1 ${STARTED[tcpwhy-s]},; s,if \[ -d .*,if true; then," \
	"$TOP/packaging/logrotate/tcpwhy" >"$WORK/logrotate.conf"
grep -q "kill -USR1 ${STARTED[tcpwhy-s]}$" "$WORK/logrotate.conf" || fail "the shipped file has another shape"
chmod 644 "$WORK/logrotate.conf"
start_in c flood $PYTHON "$LIB/rawsend.py" c0 flood 10000000 $((3000 / SLOW)) "$(mac_of s s0)" 198.18.0.1 $S4 5000
logged() { [ "$(wc -l <"$LOG")" -ge "$1" ]; }
for _ in 1 2 3; do
	until_true 20 "more lines" logged 200
	"$LOGROTATE" -s "$WORK/state" -f "$WORK/logrotate.conf"
	until_true 10 "a new log" test -e "$LOG"
done
end flood KILL
end tcpwhy-s INT
cat "$WORK/tcpwhy-s.err"
same "exit status" "$ENDED" 0
same "files" "$(cd "$WORK" && echo s.ndjson*)" "s.ndjson s.ndjson.1 s.ndjson.2.zst s.ndjson.3.zst"
for f in "$LOG.3.zst" "$LOG.2.zst"; do zstd -qdc "$f"; done >"$WORK/all"
cat "$LOG.1" "$LOG" >>"$WORK/all"
lines=$(sed -n 's/^  log *\([0-9,]*\) lines.*/\1/p' "$WORK/tcpwhy-s.err" | tr -d ,)
same "lines in the files" "$(wc -l <"$WORK/all")" "$lines"
jq -r 'select(.event == "syn") | "\(.orig_addr) \(.orig_port)"' "$WORK/all" | sort >"$WORK/syns"
within "SYNs" "$(wc -l <"$WORK/syns")" 600 10000000
same "SYNs, each once" "$(sort -u "$WORK/syns" | wc -l)" "$(wc -l <"$WORK/syns")"
