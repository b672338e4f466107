# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What the packets themselves prove of a segment below the highest sequence of its side.

Seen before, and the IP-ID (where there is none: the TSval) is that of one of the earlier times: a copy, made by the path
or the tap. Seen before otherwise: sent again. Never seen: sent again when its TSval, else its running IP-ID, is later
than that of the packet that went ahead of it; late when it is earlier. Else nothing is proven.

Nothing is bounded here, and nothing is known of RTTs: slow, and independent of what it judges.
"""
import collections

BACK = 25000  # µs: an IP-ID counter that others share may have gone round in more


def distance(a, b, bits=32):
    """a - b, signed, modulo 2^bits."""
    out = (a - b) % 2**bits
    return out - 2**bits if out >= 2**(bits - 1) else out


class Side:
    def __init__(self):
        self.sent = collections.defaultdict(list)  # (seq, len, fin) → packets
        self.large = collections.deque(maxlen=200)  # super-packets of offloading stacks
        self.covered = []                           # ranges seen, merged
        self.top = self.ahead = None                # the highest sequence, and the packet that went there
        self.acked = None                           # by the peer

    def before(self, packet):
        """The earlier times that it was sent, whole or as a part of a super-packet."""
        same = self.sent.get((packet.seq, packet.len, bool(packet.fin)), [])
        return same + [big for big in self.large if distance(packet.seq, big.seq) >= 0 and packet.len and
                       distance(big.seq + big.len, packet.seq + packet.len) >= 0]

    def is_copy(self, packet, old):
        if packet.tsval is not None and old.tsval is not None and packet.tsval != old.tsval:
            return False
        if packet.ip_id and old.len > packet.len:
            step, offset = (packet.ip_id - old.ip_id) % 65536, distance(packet.seq, old.seq)
            return step == 0 if not offset else step > 0 and offset % step == 0 and offset // step >= packet.len
        if packet.ip_id:
            return packet.ip_id == old.ip_id
        return packet.tsval is not None and packet.tsval == old.tsval

    def overlaps(self, packet):
        return any(distance(packet.seq, end) < 0 < distance(packet.seq + packet.len + bool(packet.fin), start)
                   for start, end in self.covered)

    def judge(self, packet):
        """A name of oracle.FACTS, '' for new bytes, None where nothing is proven."""
        end = packet.seq + packet.len + bool(packet.fin)
        if self.top is None or distance(packet.seq, self.top) >= 0:
            return ''
        old = self.before(packet)
        if any(self.is_copy(packet, one) for one in old):
            return 'duplicate_segment'
        if old or distance(end, self.top) > 0:
            return 'retransmit'
        return self.order(packet) or ('retransmit' if self.overlaps(packet) else None)

    def order(self, packet):
        ahead = self.ahead
        if ahead is None:
            return None
        if packet.tsval is not None and ahead.tsval is not None and packet.tsval != ahead.tsval:
            return 'retransmit' if distance(packet.tsval, ahead.tsval) > 0 else 'out_of_order'
        if packet.ip_id and ahead.ip_id and packet.ip_id != ahead.ip_id:
            step = distance(packet.ip_id, ahead.ip_id, 16)
            if 0 < step < 1000:
                return 'retransmit'
            if -1000 < step < 0 and packet.us - ahead.us < BACK:
                return 'out_of_order'
        return None

    def note(self, packet):
        end = (packet.seq + packet.len + bool(packet.fin)) % 2**32
        if packet.len or packet.fin:
            self.sent[packet.seq, packet.len, bool(packet.fin)].append(packet)
            self.cover(packet.seq, end)
        if packet.len > 2000:
            self.large.append(packet)
        if self.top is None or distance(end, self.top) > 0:
            self.top, self.ahead = end, packet

    def note_syn(self, packet):
        end = (packet.seq + 1 + packet.len) % 2**32
        if packet.len:
            self.cover((packet.seq + 1) % 2**32, end)
        if self.top is None or distance(end, self.top) > 0:
            self.top, self.ahead = end, packet

    def cover(self, start, end):
        keep = []
        for low, high in self.covered:
            if distance(end, low) < 0 or distance(start, high) > 0:
                keep.append((low, high))
            else:
                start = low if distance(low, start) < 0 else start
                end = high if distance(high, end) > 0 else end
        self.covered = keep + [(start, end)]

    def is_probe(self, packet, window_shut):
        """Keep-alives and window probes are no repeats: a byte at SND.NXT-1
        that is acknowledged already, or one into a shut window."""
        if packet.fin or self.top is None:
            return False
        return packet.len == 1 and (window_shut or (self.acked == self.top and distance(self.top, packet.seq) == 1))


def judge(packets):
    """Class → keys of packets, and the keys of those of which nothing is proven."""
    sides, proved, open_ = {}, collections.defaultdict(list), set()
    shut = {}
    ended = set()
    for packet in packets:
        if packet.quoted:
            continue
        me, peer = (packet.src, packet.dst), (packet.dst, packet.src)
        if packet.syn and not packet.rst:
            known = sides.get(me)
            if known is None or known.isn != packet.seq:  # a new incarnation
                sides[me] = Side()
                sides[me].isn = packet.seq
                if not packet.has_ack:
                    sides.pop(peer, None)
            sides[me].note_syn(packet)
            ended.discard(packet.tuple)
            continue
        if packet.rst:
            ended.add(packet.tuple)
            continue
        if packet.tuple in ended or not packet.has_ack:
            open_.add(packet.key())  # what comes after a RST is not judged
            continue
        side = sides.get(me)
        if side is None:
            side = sides[me] = Side()
            side.isn = None
        if peer in sides:
            other = sides[peer]
            if other.acked is None or distance(packet.ack, other.acked) > 0:
                other.acked = packet.ack
                if other.top is not None and distance(packet.ack, other.top) > 0:  # lost to the capture, or behind its ACK
                    other.top, other.ahead = packet.ack, None
        if not packet.len and not packet.fin:
            side.note(packet)
        elif not side.is_probe(packet, shut.get(peer)):
            name = side.judge(packet)
            if name:
                proved[name].append(packet.key())
            elif name is None:
                open_.add(packet.key())
            side.note(packet)
        shut[me] = not packet.window
    return proved, open_
