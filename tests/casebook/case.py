# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Cases: from their text to packets and expectations. The format is in README beside this file."""
import ipaddress
import re
import struct

FLAGS = {'F': 1, 'S': 2, 'R': 4, 'P': 8, 'A': 16, 'U': 32, 'E': 64, 'C': 128}
EPOCH = 1700000000  # time 0 of every case
VARIANTS = ('v6', 'wrap', 'vlan', 'qinq', 'nano', 'sll')


def number(text, turn):
    """`5`, or `5+2`: 5, 7, 9 … from turn to turn of a repeat."""
    base, _, step = text.partition('+')
    return int(base) + int(step or 0) * turn


def endpoint(text, turn):
    """ADDR or ADDR:PORT."""
    addr, colon, port = text.partition(':')
    return addr, number(port, turn) if colon else None


def fields(words, turn):
    out = {}
    for word in words:
        key, equals, value = word.partition('=')
        if not equals:
            out[key] = True
        elif key == 'ts':
            out[key] = tuple(number(part, turn) for part in value.split('/'))
        elif key == 'sacked':
            out[key] = [tuple(number(part, turn) for part in block.split('-')) for block in value.split(',')]
        else:
            out[key] = number(value, turn)
    return out


class Case:
    def __init__(self, path):
        self.local, self.expectations, self.packets, self.without = None, [], [], set()
        block, turns, every = None, 0, 0.0
        for raw in open(path):
            words = raw.split() if raw.startswith('about') else raw.partition('#')[0].split()
            if not words or words[0] == 'about':
                continue
            if words[0] == 'local':
                self.local = words[1]
            elif words[0] == 'without':
                self.without.update(words[1:])
            elif words[0] in ('expect', 'never'):
                self.expectations.append(words)
            elif words[0] == 'repeat':
                block, turns, every = [], int(words[1]), float(words[3])
            elif words[0] == 'end':
                for turn in range(turns):
                    for time, rest in block:
                        self.add(time + turn * every, rest, turn)
                block = None
            elif block is not None:
                block.append((float(words[0]), words[1:]))
            else:
                self.add(float(words[0]), words[1:], 0)
        self.packets.sort(key=lambda packet: packet['time'])

    def add(self, time, words, turn):
        packet = {'time': time, 'src': endpoint(words[0], turn), 'dst': endpoint(words[2], turn)}
        rest = words[4:]
        if words[3] == 'icmp':
            packet['icmp'] = rest.pop(0)
            if 'quote' in rest:
                at = rest.index('quote')
                quoted, rest = rest[at + 1:], rest[:at]
                packet['quote'] = (endpoint(quoted[0], turn), endpoint(quoted[2], turn), fields(quoted[3:], turn)['seq'])
        else:
            packet['flags'] = words[3]
        packet.update(fields(rest, turn))
        self.packets.append(packet)


def checksum(data):
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Wire:
    """Makes frames of a case's packets, in one variant."""

    def __init__(self, case, variant):
        self.case, self.variant, self.ids, self.shift = case, variant, {}, {}
        if 'wrap' in variant:  # 40 bytes before 2^32: the first data crosses it
            for packet in case.packets:
                if 'S' in packet.get('flags', ''):
                    self.shift.setdefault((packet['src'], packet['dst']), 0xffffffff - 40 - packet['seq'])

    def v6(self):
        return 'v6' in self.variant

    def addr(self, text):
        return ipaddress.ip_address(address(text, self.variant)).packed

    def shifted(self, sender, receiver, seq):
        return (seq + self.shift.get((sender, receiver), 0)) & 0xffffffff

    def summed(self, src, dst, proto, segment, at):
        """The segment with its checksum, which lies at @at."""
        pseudo = self.addr(src) + self.addr(dst)
        pseudo += struct.pack('!II', len(segment), proto) if self.v6() else struct.pack('!BBH', 0, proto, len(segment))
        return segment[:at] + struct.pack('!H', checksum(pseudo + segment)) + segment[at + 2:]

    def ip(self, src, dst, proto, payload, packet):
        self.ids[src] = packet.get('id', self.ids.get(src, 100) + 1)
        ttl = packet.get('ttl', 64)
        if self.v6():
            return struct.pack('!IHBB', 6 << 28, len(payload), proto, ttl) + self.addr(src) + self.addr(dst) + payload
        head = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(payload), self.ids[src] & 0xffff,
                           0 if packet.get('nodf') else 0x4000, ttl, proto, 0) + self.addr(src) + self.addr(dst)
        return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + payload

    def options(self, packet):
        out = b''
        if 'mss' in packet:
            out += struct.pack('!BBH', 2, 4, packet['mss'])
        if packet.get('sack'):
            out += b'\4\2'
        if 'ts' in packet:
            out += struct.pack('!BBII', 8, 10, *packet['ts'])
        if 'ws' in packet:
            out += struct.pack('!BBB', 3, 3, packet['ws'])
        if 'sacked' in packet:
            out += struct.pack('!BB', 5, 2 + 8 * len(packet['sacked']))
            for block in packet['sacked']:
                out += struct.pack('!II', *(self.shifted(packet['dst'], packet['src'], edge) for edge in block))
        if packet.get('tfo'):
            out += b'\x22\2'
        if packet.get('md5'):
            out += b'\x13\x12' + bytes(16)
        if packet.get('ao'):
            out += b'\x1d\x10\1\1' + bytes(12)
        return out + b'\1' * (-len(out) % 4)

    def tcp(self, packet):
        src, dst, options = packet['src'], packet['dst'], self.options(packet)
        seq, ack = packet.get('seq', 0), packet.get('ack', 0)
        if seq:
            seq = self.shifted(src, dst, seq)
        if 'A' in packet['flags']:
            ack = self.shifted(dst, src, ack)
        segment = struct.pack('!HHIIBBHHH', src[1], dst[1], seq, ack, (5 + len(options) // 4) << 4,
                              sum(FLAGS[flag] for flag in packet['flags']), min(packet.get('win', 8192), 0xffff), 0, 0)
        segment += options + bytes(i & 0xff for i in range(packet.get('len', 0)))
        return self.ip(src[0], dst[0], 6, self.summed(src[0], dst[0], 6, segment, 16), packet)

    def icmp(self, packet, head, body):
        src, dst = packet['src'][0], packet['dst'][0]
        if self.v6():
            return self.ip(src, dst, 58, self.summed(src, dst, 58, head + body, 2), packet)
        message = head + body
        return self.ip(src, dst, 1, message[:2] + struct.pack('!H', checksum(message)) + message[4:], packet)

    def echo(self, packet):
        reply = packet['icmp'] == 'echo_reply'
        kind = 128 + reply if self.v6() else 0 if reply else 8
        return self.icmp(packet, struct.pack('!BBHHH', kind, 0, 0, packet.get('id', 1), packet.get('seq', 1)),
                         bytes(packet.get('size', 0)))

    def frag_needed(self, packet):
        sender, receiver, seq = packet['quote']
        tcp = struct.pack('!HHIIBBHHH', sender[1], receiver[1], self.shifted(sender, receiver, seq), 0, 0x50, 16, 0, 0, 0)
        quoted = self.ip(sender[0], receiver[0], 6, tcp + bytes(1460), {})
        if self.v6():
            return self.icmp(packet, struct.pack('!BBHI', 2, 0, 0, max(packet['mtu'], 1280)), quoted[:60])
        return self.icmp(packet, struct.pack('!BBHHH', 3, 4, 0, 0, packet['mtu']), quoted[:28])

    def frame(self, packet):
        if 'flags' in packet:
            data = self.tcp(packet)
        elif packet['icmp'] == 'frag_needed':
            data = self.frag_needed(packet)
        else:
            data = self.echo(packet)
        kind = struct.pack('!H', 0x86dd if self.v6() else 0x0800)
        if 'sll' in self.variant:
            return struct.pack('!HHH', 0, 1, 6) + bytes(8) + kind + data
        tags = struct.pack('!HH', 0x88a8, 200) if 'qinq' in self.variant else b''
        if 'qinq' in self.variant or 'vlan' in self.variant:
            tags += struct.pack('!HH', 0x8100, 100)
        return b'\2\0\0\0\0\1\2\0\0\0\0' + bytes([packet.get('mac', 2)]) + tags + kind + data

    def pcap(self):
        nano = 'nano' in self.variant
        out = [struct.pack('<IHHiIII', 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4, 0, 0, 262144,
                           113 if 'sll' in self.variant else 1)]
        for packet in self.case.packets:
            seconds, rest = divmod(round(packet['time'] * 1e9), 10**9)
            frame = self.frame(packet)
            out.append(struct.pack('<IIII', EPOCH + seconds, rest if nano else rest // 1000, len(frame), len(frame)))
            out.append(frame)
        return b''.join(out)


def address(text, variant):
    """In the IPv6 variant 10.1.2.3 is fd00::10:1:2:3."""
    return 'fd00::' + text.replace('.', ':') if 'v6' in variant else text


def conditions(words, variant):
    """(kind, count or None, {field: value as text}) of an expectation, in one variant."""
    kind, rest, count = words[0], words[1:], None
    if re.fullmatch(r'\d+\*', rest[0]):
        count, rest = int(rest[0][:-1]), rest[1:]
    want = dict(word.split('=', 1) for word in rest)
    if 'wrap' in variant:
        for key in ('seq', 'ack', 'isn', 'expected', 'got'):
            want.pop(key, None)
    if 'v6' in variant:
        if want.get('event') in ('pmtu_ignored', 'pmtu_black_hole') and 'len' in want:
            want['len'] = str(int(want['len']) + 20)
        for key in ('mtu', 'pmtu'):
            if key in want:
                want[key] = str(max(int(want[key]), 1280))
    return kind, count, want
