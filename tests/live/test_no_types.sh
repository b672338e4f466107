#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A kernel that does not tell its types (BTF): packets are seen and judged all the same, without owners and the kernel's
# own reasons, and that is said.
. "$(dirname "$0")/../lib/live.sh"

pair
cat >"$WORK/hidden" <<'END'
#!/bin/bash
exec unshare --mount bash -c 'mount -t tmpfs none /sys/kernel && exec "$0" "$@"' "$HIDDEN" "$@"
END
chmod +x "$WORK/hidden"
export HIDDEN=$TCPWHY
TCPWHY=$WORK/hidden
tcpwhy c -i c0
serve listener s $S4 5000 -n 1 recv:10 send:10 eof close
talk c $S4 5000 send:10 recv:10 shut eof close
await_ok listener 5
talk c $S4 5001 close
log_has c 5 '.event=="connection" and .resp_port==5000'
stop c

events c 1 '.event=="connection" and .resp_port==5000 and .end=="fin" and .verdict=="ok" and (has("comm")|not)'
events c 1 '.event=="reset" and .resp_port==5001 and .cause=="refused"'
said tcpwhy-c.err "own reasons are missing" || fail "it is not said that the kernel's reasons are missing"
