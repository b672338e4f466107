#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# `tcpwhy read` on packets within packets: what is not looked into is told, `--decap` says of what is inside just what is
# said of the same packets bare, and two networks with the same addresses are not mixed.
set -u
cd "$(dirname "$0")/../.." || exit 1
tcpwhy=${BUILD:-$PWD/build}/tcpwhy
dir=$(mktemp -d) failed=0
trap 'rm -rf "$dir"' EXIT

check() { # WHAT COMMAND…: the command must succeed
	local what=$1
	shift
	"$@" && return
	echo "FAILED: $what: $*"
	failed=1
}

# wrap.py IN OUT KIND [NUMBER]: each packet of a capture of Ethernet, wrapped
cat >"$dir/wrap.py" <<'P'
import struct, sys
def ip(proto, payload, six=False):
    if six:
        return struct.pack('!IHBB', 6 << 28, len(payload), proto, 64) + bytes(15) + b'\1' + bytes(15) + b'\2' + payload
    return struct.pack('!BBHHHBBH8s', 0x45, 0, 20 + len(payload), 1, 0, 64, proto, 0, b'\xc0\0\2\1\xc0\0\2\2') + payload
def udp(port, payload):
    return struct.pack('!HHHH', 49152, port, 8 + len(payload), 0) + payload
number = int(sys.argv[4]) if len(sys.argv) > 4 else 7
vni, mac, four = struct.pack('!I', number << 8), bytes(12), b'\x08\0'
def wrap(kind, f):
    inner, v6 = f[14:], f[12:14] != four
    return {
        'bare': lambda: f,
        'vxlan': lambda: mac + four + ip(17, udp(4789, b'\x08\0\0\0' + vni + f)),
        'vxlan6': lambda: mac + b'\x86\xdd' + ip(17, udp(4789, b'\x08\0\0\0' + vni + f), True),
        'geneve': lambda: mac + four + ip(17, udp(6081, b'\1\0\x65\x58' + vni + bytes(4) + f)),
        'gre': lambda: mac + four + ip(47, b'\x20\0' + f[12:14] + vni + inner),
        'greeth': lambda: mac + four + ip(47, b'\0\0\x65\x58' + f),
        'erspan': lambda: mac + four + ip(47, b'\x10\0\x88\xbe' + bytes(4) + b'\x10\x64\0\1' + bytes(4) + f),
        'ipip': lambda: mac + four + ip(41 if v6 else 4, inner),
        '6in6': lambda: mac + b'\x86\xdd' + ip(41 if v6 else 4, inner, True),
        'mpls': lambda: mac + b'\x88\x47' + struct.pack('!II', 100 << 12 | 64, number << 12 | 0x140) + inner,
        'pppoe': lambda: mac + b'\x88\x64\x11\0' + struct.pack('!HH', number, len(inner) + 2) + (b'\0\x57' if v6 else b'\0\x21') + inner,
        'gtp': lambda: mac + four + ip(17, udp(2152, b'\x30\xff' + struct.pack('!HI', len(inner), number) + inner)),
        'tzsp': lambda: mac + four + ip(17, udp(37008, b'\1\0\0\1\1' + f)),
        'esp': lambda: mac + four + ip(50, vni + bytes(60)),
        'deep': lambda: wrap('mpls', wrap('vxlan', wrap('gre', f))),
    }[kind]()
with open(sys.argv[1], 'rb') as r, open(sys.argv[2], 'wb') as w:
    w.write(r.read(24))
    while head := r.read(16):
        s, us, cap, wire = struct.unpack('<IIII', head)
        out = wrap(sys.argv[3], r.read(cap))
        w.write(struct.pack('<IIII', s, us, len(out), len(out) + wire - cap) + out)
P
wrap() { python3 "$dir/wrap.py" "$@"; }
without_frame() { grep -v '"event":"capture_st' "$1"; }
stopped() { jq -c "select(.event == \"capture_stopped\") | $2" "$1"; }

n=$(ls tests/casebook/*.case | wc -l)
check "there are cases" [ "$n" -ge 20 ]
kinds=(vxlan vxlan6 geneve gre greeth erspan ipip 6in6 mpls pppoe gtp tzsp deep)
i=0
for case in tests/casebook/*.case; do
	! grep -q ' mac=' "$case" || continue # MACs tell it, which packets inside a tunnel need not have
	family=; [ $((i / ${#kinds[@]} % 2)) = 1 ] && family=--v6
	kind=${kinds[i++ % ${#kinds[@]}]}
	python3 tests/casebook/case2pcap.py $family "$case" "$dir/bare.pcap"
	wrap "$dir/bare.pcap" "$dir/$kind.pcap" $kind
	"$tcpwhy" read "$dir/bare.pcap" >"$dir/want" 2>/dev/null
	"$tcpwhy" read --decap "$dir/$kind.pcap" >"$dir/got" 2>"$dir/err"
	check "$case: in $kind the same is said" cmp -s <(without_frame "$dir/want") <(without_frame "$dir/got")
	check "$case: of as many packets" [ "$(stopped "$dir/want" .judged)" = "$(stopped "$dir/got" .judged)" ]
	check "$case: nothing is left out" [ ! -s "$dir/err" ]
done
check "each kind had its turn" [ $i -ge ${#kinds[@]} ]

# ---- what is not looked into ----
python3 tests/casebook/case2pcap.py tests/casebook/rdp-service-died.case "$dir/x.pcap"
packets=$("$tcpwhy" read "$dir/x.pcap" | jq 'select(.event == "capture_stopped").packets')
for kind in vxlan gre mpls esp; do
	wrap "$dir/x.pcap" "$dir/$kind.pcap" $kind
	"$tcpwhy" read "$dir/$kind.pcap" >"$dir/got" 2>"$dir/err"
	check "$kind is counted" [ "$(stopped "$dir/got" '[.packets, .judged, .skipped]')" = "[$packets,0,{\"$kind\":$packets}]" ]
	check "and told, with its file, once" [ "$(grep -c "$kind.pcap: packets that were not looked into: $packets in ${kind^^}" "$dir/err")" = 1 ]
	if [ $kind = esp ]; then
		check "which nothing opens" [ "$(grep -c decap "$dir/err")" = 0 ]
	else
		check "and what would" grep -q 'decap looks inside' "$dir/err"
	fi
done
"$tcpwhy" read --decap "$dir/vxlan.pcap" "$dir/esp.pcap" "$dir/x.pcap" >"$dir/got" 2>"$dir/err"
check "all adds up" [ "$(stopped "$dir/got" '.packets == .judged + ([.skipped[]] | add) and .skipped.esp == '$packets' and .decapsulated == {vxlan: '$packets'}')" = true ]
check "a file that has nothing wrapped is not named" [ "$(grep -c x.pcap "$dir/err")" = 0 ]
check "what could not be opened is" grep -q "esp.pcap: packets that were not looked into: $packets in ESP (encrypted" "$dir/err"
"$tcpwhy" read "$dir/x.pcap" 'tcp port 1' >"$dir/got"
check "what the filter leaves out is counted" [ "$(stopped "$dir/got" '[.packets, .judged, .skipped.filtered]')" = "[$packets,0,$packets]" ]

# ---- two networks that use the same addresses at the same time: the casebook's files by turns ----
python3 tests/casebook/case2pcap.py tests/casebook/http-slow-server.case "$dir/slow.pcap"
python3 - "$dir/slow.pcap" "$dir/twin.pcap" <<'P' # the same, with other sequence numbers, 3 ms later
import struct, sys
with open(sys.argv[1], 'rb') as r, open(sys.argv[2], 'wb') as w:
    w.write(r.read(24))
    while head := r.read(16):
        s, us, cap, wire = struct.unpack('<IIII', head)
        f = bytearray(r.read(cap))
        tcp = 14 + (f[14] & 15) * 4
        for at in (tcp + 4, tcp + 8):
            n, = struct.unpack_from('!I', f, at)
            if at == tcp + 4 or f[tcp + 13] & 16:
                struct.pack_into('!I', f, at, (n + 0x70000000) & 0xffffffff)
        us += 3000
        w.write(struct.pack('<IIII', s + us // 1000000, us % 1000000, cap, wire) + f)
P
wrap "$dir/slow.pcap" "$dir/a.pcap" vxlan 100
wrap "$dir/twin.pcap" "$dir/b.pcap" vxlan 200
mergecap -F pcap -w "$dir/both.pcap" "$dir/a.pcap" "$dir/b.pcap"
"$tcpwhy" read "$dir/slow.pcap" >"$dir/want"
"$tcpwhy" read --decap "$dir/both.pcap" >"$dir/got" 2>"$dir/err"
told() { without_frame "$1" | jq -c 'if .event == "connection" then del(.ts) else . end'; } # which is of the last packet of the file
check "of the first just what is true is said" cmp -s <(told "$dir/want") <(told "$dir/got")
half=$(stopped "$dir/want" .judged)
check "the other's are counted" [ "$(stopped "$dir/got" '[.judged, .skipped.other_tunnel]')" = "[$half,$half]" ]
check "and told" grep -q "both.pcap: $half packets are of connections that have the addresses and ports of one in another tunnel" "$dir/err"

# One network, seen before a router and behind it, or in the tunnel and bare: one connection, nothing said twice.
python3 - "$dir/slow.pcap" "$dir/later.pcap" <<'P'
import struct, sys
with open(sys.argv[1], 'rb') as r, open(sys.argv[2], 'wb') as w:
    w.write(r.read(24))
    while head := r.read(16):
        s, us, cap, wire = struct.unpack('<IIII', head)
        us += 40
        w.write(struct.pack('<IIII', s + us // 1000000, us % 1000000, cap, wire) + r.read(cap))
P
for kind in bare vxlan; do
	wrap "$dir/later.pcap" "$dir/b.pcap" $kind 200
	mergecap -F pcap -w "$dir/both.pcap" "$dir/a.pcap" "$dir/b.pcap"
	"$tcpwhy" read --decap "$dir/both.pcap" >"$dir/got" 2>"$dir/err"
	check "seen twice, in VXLAN and $kind: the same events" cmp -s <(jq -r .event <(without_frame "$dir/want")) <(jq -r .event <(without_frame "$dir/got"))
	check "and nobody else's" [ ! -s "$dir/err" ]
done

exit $failed
