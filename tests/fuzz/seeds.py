#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Writes the named seeds of tests/fuzz/corpus: what a fuzzer would take long to come across by itself.

Run it again after the input format of a target has changed. Other files there were found by fuzzing.
"""
import gzip
import os
import struct

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")


def write(target, name, data):
    folder = os.path.join(CORPUS, target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


# --- frames: fuzz_parse.c ---

MAC = bytes(12)
TS = bytes([1, 1, 8, 10]) + struct.pack(">II", 1000, 2000)
SYN_OPTIONS = bytes([2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 3, 232, 0, 0, 0, 0, 1, 3, 3, 7])
SACK = bytes([1, 1, 5, 10]) + struct.pack(">II", 5000, 6448)
DSACK = bytes([1, 1, 5, 18]) + struct.pack(">IIII", 100, 200, 5000, 6448)
FIN, SYN, RST, PSH, ACK, ECE, CWR = 1, 2, 4, 8, 16, 64, 128


def tcp(flags, options=b"", payload=b"", seq=1000, ack=2000, doff=None):
    words = 5 + len(options) // 4 if doff is None else doff
    return struct.pack(">HHIIBBHHH", 40000, 443, seq, ack, words << 4, flags, 501, 0, 0) + options + payload


def ip4(upper, proto=6, options=b"", frag=0x4000, length=None, src=b"\xc0\0\2\1", dst=b"\xc6\x33\x64\7"):
    total = 20 + len(options) + len(upper) if length is None else length
    return struct.pack(">BBHHHBBH", 0x45 + len(options) // 4, 0, total, 7, frag, 64, proto, 0) + src + dst + options + upper


def ip6(upper, proto=6, exts=b"", length=None):
    rest = len(exts) + len(upper) if length is None else length
    src, dst = b"\x20\1\x0d\xb8" + bytes(11) + b"\1", b"\x20\1\x0d\xb8" + bytes(11) + b"\2"
    return struct.pack(">IHBB", 0x60000000, rest, proto, 64) + src + dst + exts + upper


def eth(ip, *vlans):
    kind = b"\x86\xdd" if ip[0] >> 4 == 6 else b"\x08\x00"
    return MAC + b"".join(v + b"\0\5" for v in vlans) + kind + ip


def quote(ip, kind, code, rest=bytes(4)):
    return bytes([kind, code, 0, 0]) + rest + ip[:28 if ip[0] >> 4 == 4 else 48]


def frames():
    plain, q, qinq = ip4(tcp(ACK, TS, b"x" * 10)), b"\x81\0", b"\x88\xa8"
    yield "ipv4_ack", eth(ip4(tcp(ACK)))
    yield "ipv4_data", eth(plain)
    yield "ipv4_syn", eth(ip4(tcp(SYN, SYN_OPTIONS)))
    yield "ipv4_syn_ack_ecn", eth(ip4(tcp(SYN | ACK | ECE, SYN_OPTIONS)))
    yield "ipv4_sack", eth(ip4(tcp(ACK, TS + SACK)))
    yield "ipv4_dsack", eth(ip4(tcp(ACK, TS + DSACK)))
    yield "ipv4_tfo", eth(ip4(tcp(SYN, bytes([34, 10]) + b"cookie12" + bytes([1, 1]), b"early")))
    yield "ipv4_mptcp", eth(ip4(tcp(SYN, bytes([30, 12]) + bytes(10))))
    yield "ipv4_rst", eth(ip4(tcp(RST | ACK)))
    yield "ipv4_fin", eth(ip4(tcp(FIN | ACK)))
    yield "ipv4_impossible_flags", eth(ip4(tcp(SYN | FIN)))
    yield "ipv4_bad_doff", eth(ip4(tcp(ACK, doff=15)))
    yield "ipv4_options", eth(ip4(tcp(ACK), options=b"\1" * 8))
    yield "ipv4_first_fragment", eth(ip4(tcp(ACK, b"", b"x" * 20), frag=0x2000))
    yield "ipv4_later_fragment", eth(ip4(b"x" * 40, frag=0x0010))
    yield "ipv4_claims_more", eth(ip4(tcp(ACK), length=1500))
    yield "ipv4_loopback", eth(ip4(tcp(SYN), src=b"\x7f\0\0\1", dst=b"\x7f\0\0\1"))
    yield "ipv4_udp", eth(ip4(bytes(8), proto=17))
    yield "vlan", eth(plain, q)
    yield "qinq", eth(plain, qinq, q)
    yield "three_tags", eth(plain, qinq, q, q)
    yield "ipv6_data", eth(ip6(tcp(ACK, TS, b"x")))
    yield "ipv6_syn", eth(ip6(tcp(SYN, SYN_OPTIONS)))
    yield "ipv6_hop_by_hop", eth(ip6(tcp(ACK), 0, bytes([6, 0]) + bytes(6)))
    yield "ipv6_routing_destination", eth(ip6(tcp(ACK), 43, bytes([60, 1]) + bytes(14) + bytes([6, 0]) + bytes(6)))
    yield "ipv6_fragment", eth(ip6(tcp(ACK), 44, bytes([6, 0, 0, 1]) + bytes(4)))
    yield "ipv6_auth", eth(ip6(tcp(ACK), 51, bytes([6, 4]) + bytes(22)))
    yield "ipv6_many_extensions", eth(ip6(tcp(ACK), 0, (bytes([60, 0]) + bytes(6)) * 6 + bytes([6, 0]) + bytes(6)))
    yield "icmp4_frag_needed", eth(ip4(quote(plain, 3, 4, b"\0\0\5\x78"), proto=1))
    yield "icmp4_port_unreachable", eth(ip4(quote(plain, 3, 3), proto=1))
    yield "icmp4_time_exceeded", eth(ip4(quote(plain, 11, 0), proto=1))
    yield "icmp6_too_big", eth(ip6(quote(ip6(tcp(ACK)), 2, 0, b"\0\0\5\0"), proto=58))
    yield "icmp4_echo", eth(ip4(bytes([8, 0, 0, 0, 1, 2, 0, 1]) + b"ping" * 8, proto=1))
    yield "icmp6_echo_reply", eth(ip6(bytes([129, 0, 0, 0, 1, 2, 0, 1]), proto=58))


# --- sequences: sequence.h ---

A, B = 0, 1
PAUSES = {0: 2, 1: 6, 5: 8, 20: 9, 40: 10, 100: 11, 210: 12, 400: 13, 1000: 14, 3000: 15, 11000: 16, 61000: 17}
FLAGS = {"A": 0, "PA": 2, "S": 3, "SA": 4, "FA": 5, "R": 6, "RA": 7, "SEC": 9, "SAE": 10, "Sack": 12}
SIZES = {0: 0, 1: 2, 100: 3, 536: 4, 1368: 5, 1448: 6, 1460: 7, 9000: 8, 65000: 9}
SEQS = {"next": 0, "again": 8, "copy": 9, "keep_alive": 10, "ahead": 11, "back": 12, "far": 13, "isn": 14}
ACKS = {"all": 0, "dup": 8, "before": 10, "unseen": 11, "none": 12, "far": 13}


def op(side, flags="A", size=0, after=1, seq="next", ack="all", options=0, param=0, more=0, kind=0, conn=0, iface=0, egress=0):
    what = kind | conn << 3 | side << 5 | iface << 6 | egress << 7
    return bytes([what, FLAGS[flags] if isinstance(flags, str) else flags, SEQS[seq] | ACKS[ack] << 4, SIZES[size],
                  PAUSES[after], options, param, more])


WINDOW_0, SACKS, NO_TS = 3 << 1, 16, 1


def error(code, size=0, mtu=0, param=37, side=A):
    return op(side, code, size=0, seq="again", options=mtu, param=param, more=20, kind=5)[:3] + bytes([size]) + \
        op(side, code, seq="again", options=mtu, param=param, more=20, kind=5)[4:]


def opened(**at):
    return op(A, "S", **at) + op(B, "SA", after=20, **at) + op(A, **at)


CLOSED = op(A, "FA") + op(B, "FA") + op(A)
REQUEST = op(A, "PA", 100) + op(B, after=20)
FULL = op(B, "PA", 1448)


def scenarios():
    begin = bytes([0, 0, 1, 0])
    yield "close", opened() + REQUEST + FULL + op(A) + CLOSED
    yield "ipv6", opened(conn=3) + op(A, "PA", 100, conn=3) + op(B, "RA", conn=3)
    yield "two_interfaces", opened() + op(A, "PA", 100) + op(A, "PA", 100, seq="copy", iface=1) + op(B, iface=1)
    yield "refused", op(A, "S") + op(B, "RA")
    yield "refused_again", op(A, "S") + op(B, "RA") + op(A, "S", seq="isn", after=1000) + op(B, "RA")
    yield "unanswered", op(A, "S") + op(A, "S", seq="isn", after=1000) + op(A, "S", seq="isn", after=3000) + op(A, after=61000)
    yield "syn_ack_again", op(A, "S") + op(B, "SA") + op(B, "SA", seq="isn", after=1000) + op(B, "SA", seq="isn", after=3000)
    yield "bad_ack", op(A, "S") + op(B, "SA", ack="unseen", more=9) + op(A, "R") + op(A, "S", seq="isn", after=1000)
    yield "syn_nonzero_ack", op(A, "Sack", more=7)
    yield "simultaneous", op(A, "S") + op(B, "S") + op(A, "SA", seq="isn") + op(B, "SA", seq="isn") + op(A)
    yield "aborted", opened() + REQUEST + op(B, "RA")
    yield "idle_reset", opened() + REQUEST + op(B, "R", after=61000)
    yield "kept_talking", opened() + REQUEST + op(B, "R") + op(B, "PA", 1448, after=20)
    yield "data_after_close", opened() + op(A, "FA") + FULL + op(A, "R")
    yield "rto", opened() + FULL + op(A) + FULL + op(B, "PA", seq="again", param=2, after=400) + op(A)
    yield "fast", opened() + FULL * 2 + op(A) + op(B, "PA", 1448, seq="ahead", param=14) + FULL * 2 + \
        op(A, ack="dup", options=SACKS) * 3 + op(B, "PA", seq="again", after=5) + op(A)
    yield "gave_up", opened() + FULL + op(A) + FULL + op(B, "PA", seq="again", param=2, after=1000) * 4 + op(B, "RA")
    yield "tlp", opened() + FULL + op(A) + FULL + op(B, "PA", seq="again", param=2, after=100)
    yield "out_of_order", opened() + op(B, "PA", 100, seq="ahead", param=1) + op(B, "PA", 100, seq="back", param=4) + op(A)
    yield "copy", opened() + FULL + op(B, "PA", 1448, seq="copy", param=1, after=0) + op(A)
    yield "lost_unseen", opened() + op(B, "PA", 100, seq="ahead", param=1) + op(A) + op(A, ack="unseen", more=50)
    yield "zero_window", opened() + FULL + op(A, options=WINDOW_0) + op(B, size=1, after=400) + op(A, ack="dup", options=WINDOW_0) + \
        op(B, seq="keep_alive", after=1000) + op(A, ack="dup", options=WINDOW_0) + op(A, after=1000) + FULL
    yield "keep_alive", opened() + REQUEST + op(A, seq="keep_alive", after=61000) + op(B)
    yield "super_packet", opened() + op(B, "PA", 65000, egress=1) + op(A) + op(B, "PA", seq="again", param=1, after=400, egress=1)
    yield "mss_exceeded", opened() + op(B, "PA", 9000)
    yield "frag_needed", opened() + FULL + error(4, side=B) + op(B, "PA", seq="again", param=1, after=20) + FULL * 2
    yield "frag_needed_ipv6", opened(conn=3) + op(B, "PA", 1448, conn=3) + op(B, 0, kind=5, conn=3, seq="again", options=4, param=40, more=20)
    yield "unreachable", op(A, "S") + error(1) + error(13) + error(0, size=4)
    yield "black_hole", opened() + op(B, "PA", 100) + op(A) + FULL + op(B, "PA", seq="again", param=2, after=400) + \
        op(B, "PA", seq="again", param=2, after=1000) + op(B, "PA", seq="again", param=2, after=1000)
    yield "slow_response", opened() + REQUEST + op(B, "PA", 1448, after=3000) + op(A)
    yield "slow_request", opened() + REQUEST + FULL + op(A) + op(A, "PA", 100, after=11000)
    yield "no_response", opened() + REQUEST + op(A, "FA", after=61000)
    yield "delayed_ack", opened() + (op(A, "PA", 100, after=0) + op(B, after=100)) * 5
    yield "reuse", opened() + CLOSED + op(A, "S", kind=4, more=3) + op(B, "SA", kind=4, more=5) + op(A)
    yield "syn_while_open", opened() + op(A, "S", kind=4, more=3) + op(B) + op(A, "R")
    yield "midstream", op(B, "PA", 1448) + op(A) + op(B, "PA", seq="again", param=0, after=400)
    yield "midstream_syn_ack", op(B, "SA") + op(A) + REQUEST
    yield "tfo", op(A, "S", 100, options=64) + op(B, "SA", options=64) + op(B, "PA", 1448, after=1000) + op(A)
    yield "syn_ack_payload", op(A, "S") + op(B, "SA", 100) + op(A)
    yield "echo", op(A, 0, 100, kind=6) + op(B, 1, 100, kind=6) + op(A, 0, conn=3, kind=6)
    yield "wrap", bytes([4, 0, 0, 0])[4:] + opened() + FULL * 3 + op(A) + op(B, "PA", seq="again", param=2, after=400)
    for name, frame in list(frames())[:3]:
        yield "raw_" + name, bytes([7, 0, 0, 0, 2, 0, len(frame), 0]) + frame


def sequences():
    for name, ops in scenarios():
        yield name, bytes([0, 0, 1, 0]) + ops
        if name in ("rto", "fast", "close", "zero_window", "reuse"):
            yield name + "_wrap", bytes([4, 0, 0, 0]) + ops
            yield name + "_offline", bytes([0, 0, 0, 1]) + ops
            yield name + "_full_table", bytes([2, 5, 0, 0]) + ops + opened(conn=1) + ops


# --- logs: fuzz_log.c ---

HEAD = '{"ts":"2025-01-02T03:04:05.000000006Z","event":"%s","conn":"3v0kq1ds9gm2c","community_id":"1:dGVzdA==","iface":"eth0",' \
    '"dir":"%s","side":"originator","orig_addr":"192.0.2.1","orig_port":40000,"resp_addr":"198.51.100.7","resp_port":443%s}\n'
LINES = {
    "syn": '"seq":1,"isn":1,"mss":1460,"wscale":7,"sack_ok":true,"ts_ok":true,"ecn":false,"tfo":false,"win":64240,"len":0',
    "syn_retransmit": '"attempt":2,"since_first":1.000000000,"interval":1.000000000,"options_dropped":["mss"],"answered":true',
    "established": '"syn_rtt":0.020000000,"ack_rtt":0.001000000,"mss":1460,"wscale_ok":true,"sack_ok":true,"ts_ok":true',
    "reset": '"seq":1,"ack":2,"ttl":64,"cause":"aborted","stage":"post_ack","suspect":["ttl","ip_id"],"forged":"medium","silent":0.5',
    "retransmit": '"kind":"rto","attempt":2,"gap":0.200000000,"bytes":1448,"in_flight":2896,"confidence":"high"',
    "out_of_order": '"late_by":0.000300000,"confidence":"low"',
    "zero_window": '"seq":1', "window_open": '"stalled_for":1.500000000', "mss_exceeded": '"len":1460,"mss":1400',
    "frag_needed": '"mtu":1400,"from":"203.0.113.1","quoted_seq":1,"matched":true,"valid":true',
    "unreachable": '"code":"admin_prohibited","from":"203.0.113.1","quoted_seq":1,"matched":false',
    "pmtu_ignored": '"mtu":1400,"len":1500,"times":3', "pmtu_black_hole": '"len":1500,"largest_acked":152',
    "path_down": '"since":"2025-01-02T03:04:03.605000006Z","waited":1.4,"attempts":4,"bytes":2896,"pid":7,"comm":"curl"',
    "path_up": '"waited":5.5',
    "slow_response": '"waited":2.5,"rtt":0.02', "slow_request": '"waited":12', "no_response": '"waited":30',
    "delayed_ack_stall": '"waited":0.04,"times":3', "connect_timeout": '"attempts":4,"waited":7', "accept_timeout": '"attempts":3,"waited":3',
    "handshake_bad_ack": '"expected":1,"got":2,"challenge":true', "lost_segment_unseen": '"expected":1,"got":2',
    "marker": '"size":1000,"icmp_id":1,"icmp_seq":2', "syn_ack_payload": '"len":5', "syn_nonzero_ack": '"ack":7',
    "alert": '"rule":"syn_flood","state":"raised","value":512,"threshold":500,"window":1,"key":"198.51.100.7:443"',
    "events_lost": '"count":5,"where":"ring"', "table_full": '"count":5,"where":"table"',
    "capture_started": '"version":"0.1.0","kernel":"6.1.0","mode":"tcx"', "capture_stopped": '"packets":9,"emitted":5,"logged":5,"lost_ring":0',
    "connection": '"end":"fin","start":"2025-01-02T03:04:05.000000006Z","duration":1.5,"state":"SF","history":"ShADadFf","orig_packets":5,'
    '"orig_bytes":100,"resp_packets":6,"resp_bytes":5000,"orig_retransmits":1,"resp_retransmits":2,"syn_rtt":0.02,"suspect":["ttl"],"forged":"low"',
    "from_the_future": '"what":[1,{"deep":[null]}]',
}


def logs():
    for event, rest in LINES.items():
        yield event, bytes([64, 255, 0]) + (HEAD % (event, "out", "," + rest)).encode()
    line = (HEAD % ("syn", "fwd", "," + LINES["syn"])).encode()
    yield "no_json", bytes([0, 128, 0]) + b"no json\n{\n" + line[:50]
    yield "renamed", bytes([1, 128, 0]) + line * 2
    yield "select", bytes([2 | 4 | 8 | 16, 128, 0]) + line * 3
    yield "escapes", bytes([32, 255, 0]) + line.replace(b"eth0", b"\\u001b[31m\\u009b1m\\n").replace(b"192.0.2.1", b"\\u202e\\u0007")
    yield "cut", bytes([0, 255, 60]) + line.replace(b"eth0", "é€".encode() * 20)


# --- captures: fuzz_capture.c ---

def packets():
    return [frame for _, frame in frames()][:4]


def pcap(order="<", magic=0xa1b2c3d4, link=1, header=16, version=(2, 4), cut=0):
    data = struct.pack(order + "IHHiIII", magic, *version, 0, 0, 262144, link)
    for i, packet in enumerate(packets()):
        packet = packet[14:] if link != 1 else packet
        lengths = (len(packet) - cut, len(packet))
        data += struct.pack(order + "IIII", 1600000000 + i, i, *lengths) + bytes(header - 16) + packet[:len(packet) - cut]
    return data


def block(order, kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)


def option(order, code, value):
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(order="<"):
    return block(order, 0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1))


def interface(order="<", link=1, snaplen=0, options=b""):
    return block(order, 1, struct.pack(order + "HHI", link, 0, snaplen) + options)


def enhanced(order, iface, packet, ticks=1600000000000000):
    return block(order, 6, struct.pack(order + "IIIII", iface, ticks >> 32, ticks & 0xffffffff, len(packet), len(packet)) + packet +
                 bytes(-len(packet) % 4))


def zstd(data):
    """One frame with one raw block (RFC 8878)."""
    return struct.pack("<IBI", 0xfd2fb528, 0xa0, len(data)) + \
        struct.pack("<I", 1 | len(data) << 3)[:3] + data


def captures():
    yield "pcap_us", pcap()
    yield "pcap_ns_big_endian", pcap(">", 0xa1b23c4d)
    yield "pcap_modified", pcap(magic=0xa1b2cd34, header=24)
    yield "pcap_old", pcap(version=(2, 2))
    yield "pcap_raw_cut", pcap(link=101, cut=5)
    for link in (0, 9, 12, 50, 105, 108, 113, 127, 228, 229, 276):
        yield "pcap_link_%d" % link, pcap(link=link)
    for order, name in (("<", "little"), (">", "big")):
        first, second = packets()[:2]
        names = option(order, 2, b"eth0") + option(order, 9, b"\x09") + option(order, 14, struct.pack(order + "q", 5)) + option(order, 0, b"")
        yield "pcapng_" + name, section(order) + interface(order, options=names) + interface(order, 101, 60) + enhanced(order, 0, first) + \
            enhanced(order, 1, second[14:]) + block(order, 3, struct.pack(order + "I", len(first)) + first) + \
            block(order, 2, struct.pack(order + "HHIIII", 0, 0, 1, 2, len(first), len(first)) + first) + block(order, 5, bytes(12)) + \
            section(order) + interface(order, options=option(order, 9, b"\x94")) + enhanced(order, 0, second)
    yield "pcap_gzip", gzip.compress(pcap(), mtime=0)
    yield "pcap_gzip_twice", gzip.compress(pcap(), mtime=0) + gzip.compress(pcap()[24:], mtime=0)
    yield "pcap_zstd", zstd(pcap()) + zstd(pcap()[24:])
    yield "pcap_cut", pcap()[:-7]


# --- packets within packets: fuzz_encap.c ---

def udp(to, payload):
    return struct.pack(">HHHH", 49152, to, 8 + len(payload), 0) + payload


def encaps():
    four, six = ip4(tcp(ACK, TS, b"x" * 10)), ip6(tcp(SYN, SYN_OPTIONS))
    frame, vni = eth(four), b"\x08\0\0\0\0\0\x7b\0"
    typed = lambda kind, rest: MAC + struct.pack(">H", kind) + rest
    gre = lambda kind, rest, flags=0: eth(ip4(struct.pack(">HH", flags, kind) + rest, 47))
    over = lambda to, rest: eth(ip4(udp(to, rest), 17))
    yield "vxlan", 0, over(4789, vni + frame)
    yield "vxlan_over_ipv6", 0, eth(ip6(udp(8472, vni + eth(six, b"\x81\0")), 17))
    yield "vxlan_gpe", 0, over(4790, b"\x0c\0\0\2\0\0\x7b\0" + six)
    yield "geneve", 0, over(6081, b"\2\0\x65\x58\0\0\x7b\0" + bytes(8) + frame)
    yield "gre", 0, gre(0x800, four)
    yield "gre_key", 0, gre(0x86dd, bytes(12) + six, 0xb000)
    yield "gre_ethernet", 0, gre(0x6558, bytes(4) + frame, 0x2000)
    yield "pptp", 0, gre(0x880b, b"\0\x30\0\1" + bytes(8) + b"\xff\3\0\x21" + four, 0x3081)
    yield "erspan_1", 0, gre(0x88be, frame)
    yield "erspan_2", 0, gre(0x88be, bytes(4) + b"\x10\x64\0\1" + bytes(4) + frame, 0x1000)
    yield "erspan_3", 0, gre(0x22eb, bytes(4) + b"\x20\x64\0\1" + bytes(7) + b"\1" + bytes(8) + frame, 0x1000)
    yield "ipip", 0, eth(ip4(four, 4))
    yield "6in4_raw", 2, ip4(six, 41)
    yield "6in6", 0, eth(ip6(six, 41))
    yield "mpls", 0, typed(0x8847, b"\0\6\x40\x40\0\x0c\x81\x40" + four)
    yield "mpls_sll", 1, bytes(14) + b"\x88\x47\0\6\x41\x40" + six
    yield "pseudowire", 0, typed(0x8847, b"\0\6\x41\x40" + bytes(4) + frame)
    yield "pppoe", 0, typed(0x8864, b"\x11\0\0\7\3\xe8\0\x21" + four)
    yield "gtp", 0, over(2152, b"\x34\xff\3\xd4\0\0\0\7\0\0\0\x85\1\x10\1\0" + four)
    yield "tzsp", 0, over(37008, b"\1\0\0\1\x0a\1\xc5\0\1" + frame)
    yield "teredo", 0, over(3544, b"\0\0\xed\xa0" + bytes(4) + six)
    yield "l2tp", 0, over(1701, b"\x4a\2\3\xd4\0\1\0\2" + bytes(4) + b"\0\2\0\0\x21" + four)
    yield "etherip", 0, eth(ip4(b"\x30\0" + frame, 97))
    yield "vlans", 0, MAC + b"\x81\0\0\5" * 6 + b"\x08\0" + four
    yield "pbb", 0, typed(0x88e7, bytes(4) + frame)
    yield "fabricpath", 0, typed(0x8903, b"\4\x20" + frame)
    yield "ah", 0, eth(ip4(b"\4\4" + bytes(22) + four, 51))
    yield "esp", 0, over(4500, b"\0\0\0\1" + bytes(12))
    yield "deep", 0, typed(0x8847, b"\0\6\x41\x40" + bytes(4) + typed(0x8864, b"\x11\0\0\7\3\xe8\0\x21" + ip4(udp(4789, vni + frame), 17)))
    nested = four
    for _ in range(9):
        nested = ip4(nested, 4)
    yield "too_deep", 0, eth(nested)


for name, link, frame in encaps():
    write("encap", name, bytes([link]) + frame)
for name, frame in frames():
    write("parse", name, bytes([0, 0, 0]) + frame)
    write("parse", name + "_l3", bytes([1 | 2, 0, 0]) + frame[14:])
for name, data in sequences():
    write("classify", name, data)
    write("road", name, data)
for name, data in logs():
    write("log", name, data)
for name, data in captures():
    write("capture", name, data)
