#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Sends packets that no stack would send.

  rawsend.py IFACE PACKET…      each PACKET is one argument: layers separated by " / ", words by spaces

Layers, outermost first; what is not said is filled in (lengths, checksums, next protocols):
  eth [DST [SRC]]               default: broadcast from the interface's own address. "none": no Ethernet header
  vlan ID [tpid=0x88a8]
  ip4 SRC DST [ttl= id= tos= df=0|1 mf=0|1 frag=BYTES opts=HEX len= ihl= ver= proto= sum=]
  ip6 SRC DST [hop= len= ver= next= label=]
  hbh|dst|rt [LEN8] [next=]     IPv6 extension header of 8 + 8 × LEN8 bytes
  frag6 OFFSET MORE ID [next=]  IPv6 fragment header
  tcp SPORT DPORT FLAGS [seq= ack= win= mss= ws= sackok ts=VAL:ECR sack=A-B off= urg= opts=HEX sum=]
  udp SPORT DPORT
  icmp TYPE CODE [rest=NUMBER id= seq=]   ICMPv4 or v6 by what is around it; then "ip4 …" quotes a packet
  data N | hex HEX              payload: N bytes, or these
  cut N                         the frame ends after N bytes
  times N                       N times; "+" before a number of tcp's ports or seq counts up with it
FLAGS are letters of FSRPAUEC, or "." for none.

  rawsend.py IFACE flood COUNT RATE DSTMAC NET4 DST4 PORT   SYNs from addresses NET4 + n, RATE a second (0: as fast as it goes)
"""
import fcntl
import socket
import struct
import sys
import time


def number(text):
    return int(str(text).lstrip("+"), 0)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def hardware(iface):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        return fcntl.ioctl(s.fileno(), 0x8927, struct.pack("256s", iface.encode()))[18:24]


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


class Layer:
    def __init__(self, text, nth):
        words = text.split()
        self.name = words[0]
        self.args = [w for w in words[1:] if "=" not in w]
        self.opts = dict(w.split("=", 1) for w in words[1:] if "=" in w)
        self.nth = nth

    def get(self, name, default):
        return number(self.opts[name]) if name in self.opts else default

    def count(self, text):
        return number(text) + (self.nth if str(text).startswith("+") else 0)


PROTOCOLS = {"tcp": 6, "udp": 17, "hbh": 0, "dst": 60, "rt": 43, "frag6": 44}


def next_protocol(layer, six):
    if layer is None:
        return 59 if six else 255
    if layer.name == "icmp":
        return 58 if six else 1
    return PROTOCOLS.get(layer.name, 59 if six else 255)


def tcp_options(layer):
    o = b""
    if "mss" in layer.opts:
        o += struct.pack("!BBH", 2, 4, layer.get("mss", 0))
    if "sackok" in layer.args:
        o += b"\4\2"
    if "ts" in layer.opts:
        o += struct.pack("!BBII", 8, 10, *map(number, layer.opts["ts"].split(":")))
    if "ws" in layer.opts:
        o += struct.pack("!BBB", 3, 3, layer.get("ws", 0))
    if "sack" in layer.opts:
        o += struct.pack("!BBII", 5, 10, *map(number, layer.opts["sack"].split("-")))
    o += bytes.fromhex(layer.opts.get("opts", ""))
    return o + b"\1" * (-len(o) % 4)


def pseudo(ip, proto, length):
    if ip is None:
        return b""
    if ip.name == "ip4":
        return (socket.inet_aton(ip.args[0]) + socket.inet_aton(ip.args[1]) +
                struct.pack("!BBH", 0, proto, length))
    return (socket.inet_pton(socket.AF_INET6, ip.args[0]) +
            socket.inet_pton(socket.AF_INET6, ip.args[1]) + struct.pack("!II", length, proto))


def build_tcp(layer, ip, inner):
    flags = sum(1 << "FSRPAUEC".index(c) for c in layer.args[2] if c != ".")
    options = tcp_options(layer)
    head = struct.pack("!HHIIBBHHH", layer.count(layer.args[0]), layer.count(layer.args[1]),
                       layer.count(layer.opts.get("seq", "0")) & 0xffffffff,
                       layer.get("ack", 0) & 0xffffffff,
                       layer.get("off", 5 + len(options) // 4) << 4, flags, layer.get("win", 64240), 0,
                       layer.get("urg", 0)) + options
    s = layer.get("sum", checksum(pseudo(ip, 6, len(head + inner)) + head + inner))
    return head[:16] + struct.pack("!H", s) + head[18:] + inner


def build_udp(layer, ip, inner):
    head = struct.pack("!HHHH", number(layer.args[0]), number(layer.args[1]), 8 + len(inner), 0)
    s = checksum(pseudo(ip, 17, len(head + inner)) + head + inner)
    return head[:6] + struct.pack("!H", s) + inner


def build_icmp(layer, ip, inner):
    rest = layer.get("rest", layer.get("id", 0) << 16 | layer.get("seq", 0))
    head = struct.pack("!BBHI", number(layer.args[0]), number(layer.args[1]), 0, rest)
    six = ip is not None and ip.name == "ip6"
    s = checksum((pseudo(ip, 58, len(head + inner)) if six else b"") + head + inner)
    return head[:2] + struct.pack("!H", s) + head[4:] + inner


def build_ip4(layer, following, inner):
    options = bytes.fromhex(layer.opts.get("opts", ""))
    options += b"\0" * (-len(options) % 4)
    size = 20 + len(options)
    fragment = layer.get("df", 0) << 14 | layer.get("mf", 0) << 13 | layer.get("frag", 0) // 8
    head = struct.pack("!BBHHHBBH4s4s", layer.get("ver", 4) << 4 | layer.get("ihl", size // 4),
                       layer.get("tos", 0), layer.get("len", size + len(inner)), layer.get("id", 1),
                       fragment, layer.get("ttl", 64),
                       layer.get("proto", next_protocol(following, False)), 0,
                       socket.inet_aton(layer.args[0]), socket.inet_aton(layer.args[1])) + options
    return head[:10] + struct.pack("!H", layer.get("sum", checksum(head))) + head[12:] + inner


def build_ip6(layer, following, inner):
    return struct.pack("!IHBB", layer.get("ver", 6) << 28 | layer.get("label", 0),
                       layer.get("len", len(inner)), layer.get("next", next_protocol(following, True)),
                       layer.get("hop", 64)) + \
        socket.inet_pton(socket.AF_INET6, layer.args[0]) + \
        socket.inet_pton(socket.AF_INET6, layer.args[1]) + inner


def build_extension(layer, following, inner):
    upper = layer.get("next", next_protocol(following, True))
    if layer.name == "frag6":
        offset, more, ident = map(number, layer.args)
        return struct.pack("!BBHI", upper, 0, offset & ~7 | more, ident) + inner
    blocks = number(layer.args[0]) if layer.args else 0
    body = b"\1" + bytes([4 + 8 * blocks]) + b"\0" * (4 + 8 * blocks)
    if layer.name == "rt":
        body = b"\4\0" + b"\0" * (4 + 8 * blocks)  # type 4, no segments left
    return struct.pack("!BB", upper, blocks) + body + inner


def build_frame(iface, layers):
    data, cut, following = b"", None, None
    for i in reversed(range(len(layers))):
        layer = layers[i]
        around = next((x for x in reversed(layers[:i]) if x.name in ("ip4", "ip6")), None)
        name = layer.name
        if name == "cut":
            cut = number(layer.args[0])
            continue
        if name == "data":
            data = bytes(j & 0xff for j in range(number(layer.args[0]))) + data
        elif name == "hex":
            data = bytes.fromhex(layer.args[0]) + data
        elif name in ("tcp", "udp", "icmp"):
            data = {"tcp": build_tcp, "udp": build_udp, "icmp": build_icmp}[name](layer, around, data)
        elif name == "ip4":
            data = build_ip4(layer, following, data)
        elif name == "ip6":
            data = build_ip6(layer, following, data)
        elif name == "vlan":
            data = struct.pack("!HH", number(layer.args[0]), ethertype(following)) + data
        elif name == "eth":
            if "none" not in layer.args:
                dst = mac(layer.args[0]) if layer.args else b"\xff" * 6
                src = mac(layer.args[1]) if len(layer.args) > 1 else hardware(iface)
                data = dst + src + struct.pack("!H", ethertype(following)) + data
        else:
            data = build_extension(layer, following, data)
        following = layer
    if layers[0].name != "eth":
        data = b"\xff" * 6 + hardware(iface) + struct.pack("!H", ethertype(following)) + data
    return data[:cut]


def ethertype(following):
    if following is None:
        return 0x88b5
    if following.name == "vlan":
        return following.get("tpid", 0x8100)
    return {"ip4": 0x0800, "ip6": 0x86dd}.get(following.name, 0x88b5)


def frames(iface, text):
    parts = [p.strip() for p in text.split(" / ")]
    times = next((int(p.split()[1]) for p in parts if p.startswith("times ")), 1)
    parts = [p for p in parts if not p.startswith("times ")]
    for nth in range(times):
        yield build_frame(iface, [Layer(p, nth) for p in parts])


def flood(sock, iface, count, rate, dst_mac, net, dst, port):
    """The first frame is built, the others are patched: address, port, sequence number, checksums."""
    base = struct.unpack("!I", socket.inet_aton(net))[0]
    frame = bytearray(build_frame(iface, [Layer(t, 0) for t in (
        f"eth {dst_mac}", f"ip4 {net} {dst}", f"tcp 1024 {port} S mss=1460")]))
    start = time.monotonic()
    for n in range(count):
        frame[26:30] = struct.pack("!I", base + n)
        frame[34:36] = struct.pack("!H", 1024 + n % 60000)
        frame[38:42] = struct.pack("!I", n * 2654435761 & 0xffffffff)
        frame[24:26] = b"\0\0"
        frame[24:26] = struct.pack("!H", checksum(bytes(frame[14:34])))
        frame[50:52] = b"\0\0"
        frame[50:52] = struct.pack("!H", checksum(bytes(frame[26:34]) + b"\0\6\0\x18" + bytes(frame[34:])))
        sock.send(frame)
        while rate and n + 1 > (time.monotonic() - start) * rate:
            time.sleep(0.001)


def main(args):
    iface, packets = args[0], args[1:]
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((iface, 0))
    if packets[0] == "flood":
        flood(sock, iface, int(packets[1]), int(packets[2]), *packets[3:])
        return
    for text in packets:
        for frame in frames(iface, text):
            sock.send(frame)


main(sys.argv[1:])
