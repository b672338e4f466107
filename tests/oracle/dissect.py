# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Captures as tshark dissects them: packets with what it flags, and connections with what it sums up."""
import collections
import gzip
import ipaddress
import os
import shutil
import subprocess

TSHARK = ['tshark', '-n', '-o', 'tcp.relative_sequence_numbers:FALSE', '-o', 'tcp.analyze_sequence_numbers:TRUE',
          '-o', 'ip.defragment:FALSE', '-o', 'ipv6.defragment:FALSE']
FIELDS = ('frame.number', 'frame.time_epoch', 'frame.protocols', 'frame.interface_id', 'ip.src', 'ip.dst', 'ipv6.src',
          'ipv6.dst', 'ip.id', 'ip.len', 'frame.len', 'tcp.srcport', 'tcp.dstport', 'tcp.stream', 'tcp.seq', 'tcp.ack', 'tcp.len',
          'tcp.flags', 'tcp.window_size_value', 'tcp.options.timestamp.tsval', 'tcp.options.mss_val',
          'tcp.options.wscale.shift', 'tcp.options.sack_perm', 'icmp.type', 'icmp.code', 'icmpv6.type',
          'tcp.analysis.retransmission', 'tcp.analysis.fast_retransmission', 'tcp.analysis.spurious_retransmission',
          'tcp.analysis.out_of_order', 'tcp.analysis.zero_window', 'tcp.analysis.duplicate_ack',
          'tcp.analysis.keep_alive', 'tcp.analysis.window_full', 'tcp.analysis.initial_rtt', 'tcp.analysis.ack_rtt')
# Layers through which TCP is read; below any other it is in a tunnel.
PLAIN = set('eth ethertype vlan ieee8021ad sll sll2 null loop raw ppp chdlc fddi llc radiotap ppi wlan wlan_radio nflog '
            'ip ipv6 tcp icmp icmpv6 pkt_comment frame'.split())


class Failed(Exception):
    pass


def endpoints(src, sport, dst, dport):
    """Both ends in one order."""
    a, b = (ipaddress.ip_address(src), int(sport)), (ipaddress.ip_address(dst), int(dport))
    return (a, b) if (a[0].version, a) <= (b[0].version, b) else (b, a)


def micros(epoch):
    seconds, _, fraction = epoch.partition('.')
    return int(seconds) * 1000000 + int((fraction + '000000')[:6])


class Packet:
    """One TCP segment, or an ICMP error that quotes one."""

    def __init__(self, row, layers, quoted):
        def last(name):
            return row[name].rpartition(',')[2]

        v6 = 'ipv6' in layers and layers[::-1].index('ipv6') < (layers[::-1].index('ip') if 'ip' in layers else 99)
        self.frame, self.us, self.quoted = row['frame.number'], micros(row['frame.time_epoch']), quoted
        addrs = (last('ipv6.src'), last('ipv6.dst')) if v6 else (last('ip.src'), last('ip.dst'))
        self.src, self.dst = (addrs[0], last('tcp.srcport')), (addrs[1], last('tcp.dstport'))
        self.tuple = endpoints(*self.src, *self.dst)
        self.seq, self.flags = int(last('tcp.seq') or -1), int(last('tcp.flags') or '0', 16)
        self.ack, self.len = int(last('tcp.ack') or 0), int(last('tcp.len') or 0)
        self.syn, self.fin, self.rst = self.flags & 2, self.flags & 1, self.flags & 4
        self.has_ack = self.flags & 16
        self.window = int(last('tcp.window_size_value') or 0)
        self.ip_id = 0 if v6 else int(last('ip.id') or '0', 16)
        tsval = last('tcp.options.timestamp.tsval')
        self.tsval = int(tsval) if tsval else None
        self.fin_sent = False
        self.row = row

    def has(self, name):
        return bool(self.row['tcp.analysis.' + name])

    @property
    def zero_window(self):
        return self.has('zero_window')

    def key(self):
        return self.us, self.tuple, self.seq

    def names(self):
        """What tshark calls it."""
        if self.quoted:
            kinds = [self.row[name].partition(',')[0] for name in ('icmp.type', 'icmp.code', 'icmpv6.type')]
            return ['frag_needed'] if kinds[:2] == ['3', '4'] or kinds[2] == '2' else ['unreachable']
        out = []
        if self.syn and not self.rst and not self.fin:
            out.append('syn_ack' if self.has_ack else 'syn')
        if self.rst:
            out.append('reset')
        if not self.syn:
            if self.has('retransmission'):
                out.append('retransmit')
                out += [name for name in ('fast', 'spurious') if self.has(name + '_retransmission')]
            if self.has('out_of_order'):
                out.append('out_of_order')
        return out


def rows(path, home, limit, extra=()):
    command = TSHARK + ['-r', path, '-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a', '-E', 'aggregator=,']
    for name in FIELDS:
        command += ['-e', name]
    try:
        done = subprocess.run(command + list(extra), capture_output=True, text=True, errors='replace', check=False,
                              env=dict(os.environ, HOME=home), timeout=limit)
    except subprocess.TimeoutExpired:
        raise Failed('tshark is not done in %d s' % limit) from None
    for line in done.stdout.split('\n'):
        values = line.split('\t')
        if len(values) == len(FIELDS):
            yield dict(zip(FIELDS, values))


def per_interface(path, home, limit):
    """All rows; of several interfaces, each as if it were a capture of its own."""
    whole = list(rows(path, home, limit))
    numbers = sorted({row['frame.interface_id'] for row in whole if row['tcp.flags']})
    if len(numbers) < 2:
        return whole
    out, part = [], os.path.join(home, 'part.pcapng')
    for number in numbers:
        subprocess.run(['tshark', '-n', '-r', path, '-Y', 'frame.interface_id==' + number, '-w', part], check=False,
                       capture_output=True, env=dict(os.environ, HOME=home), timeout=limit)
        for row in rows(part, home, limit):
            row['tcp.stream'] = number + '/' + row['tcp.stream']
            out.append(row)
        os.unlink(part)
    return out


def unpacked(path, home):
    if not path.endswith('.gz'):
        return path
    plain = os.path.join(home, os.path.basename(path)[:-3])
    try:
        with gzip.open(path) as packed, open(plain, 'wb') as out:
            shutil.copyfileobj(packed, out)
    except (OSError, EOFError) as reason:
        raise Failed('gzip: %s' % reason) from None
    return plain


def read(path, home, limit, decap):
    """Packets, in the order of the file; and the (time, tuple) of those below a tunnel, unless @decap takes them, too."""
    packets, below, closed = [], set(), set()
    for row in per_interface(unpacked(path, home), home, limit):
        protocols = row['frame.protocols'].split(':')
        if 'tcp' not in protocols:
            continue
        layers = protocols[:protocols.index('tcp') + 1]
        quoted = 'icmp' in layers or 'icmpv6' in layers
        if not quoted and not row['tcp.flags']:
            continue  # its header is cut off
        try:
            packet = Packet(row, layers, quoted)
        except ValueError:
            continue
        if not decap and not all(name in PLAIN or name.startswith('ipv6.') for name in layers) or \
                not decap and layers.count('ip') + layers.count('ipv6') != (2 if quoted else 1):
            below.add((packet.us, packet.tuple))
            continue
        packet.fin_sent = (row['tcp.stream'], packet.src) in closed
        if packet.fin:
            closed.add((row['tcp.stream'], packet.src))
        packets.append(packet)
    return packets, below


# ---- connections ----

class Stream:
    """One of tshark's, from its packets."""

    def __init__(self, first):
        self.packets, self.first = [], first

    def facts(self, orig):
        """Field of the `connection` record → value; None where tshark cannot tell. @orig: the originator's (address, port)."""
        out = {}
        sides = [], []
        for packet in self.packets:
            sides[(ipaddress.ip_address(packet.src[0]), int(packet.src[1])) != orig].append(packet)
        cut = any(packet.row['ip.len'] and int(packet.row['ip.len'].split(',')[-1]) > int(packet.row['frame.len'])
                  for packet in self.packets)  # captured short without saying so: tshark believes the frame
        for prefix, packets in zip(('orig_', 'resp_'), sides):
            out[prefix + 'packets'] = len(packets)
            out[prefix + 'bytes'] = None if cut else sum(packet.len for packet in packets if not packet.rst)
            out[prefix + 'dup_acks'] = sum(packet.has('duplicate_ack') for packet in packets)
            out[prefix + 'keep_alives'] = sum(packet.has('keep_alive') for packet in packets)
            offers = [packet for packet in packets if packet.syn]
            mss = offers[0].row['tcp.options.mss_val'] if offers else ''
            out[prefix + 'mss'] = int(mss) if mss else None
            samples = [float(packet.row['tcp.analysis.ack_rtt']) for packet in packets
                       if packet.row['tcp.analysis.ack_rtt']]
            out[prefix + 'rtt_min'] = min(samples) if samples else None
            out[prefix + 'fin'] = any(packet.fin for packet in packets)
        return out


def streams(packets):
    """(time of its first packet, tuple) → Stream."""
    by_number = {}
    for packet in packets:
        if packet.quoted:
            continue
        number = packet.row['tcp.stream'].rpartition(',')[2]
        if number not in by_number:
            by_number[number] = Stream(packet)
        by_number[number].packets.append(packet)
    out = collections.defaultdict(list)
    for stream in by_number.values():
        out[stream.first.us, stream.first.tuple].append(stream)
    return {key: found[0] for key, found in out.items() if len(found) == 1}
