#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Holds `tcpwhy read` against tshark and against what the packets themselves prove, on every capture of a folder.

Three tables: events that tshark has a name for; retransmissions, late segments and copies as IP-ID and TSval
prove them (facts.py), whatever tshark calls them; fields of whole connections. Then the worst captures of each.
docs/oracle.md tells where definitions differ, and who is right.

One packet of tshark and one line of the log are the same when time (µs), 5-tuple and sequence number agree.
TCP below tunnels, MPLS and PPPoE is left out, unless --decap has both look there. A capture of several interfaces is split for tshark, which would take
the second sight of a packet for a retransmission.
"""
import argparse
import collections
import concurrent.futures
import os
import re
import shutil
import signal
import sys
import tempfile

import dissect
import facts
import ours

EVENTS = ('syn', 'syn_ack', 'reset', 'zero_window', 'frag_needed', 'unreachable', 'retransmit', 'out_of_order', 'fast',
          'spurious')
FACTS = ('retransmit', 'out_of_order', 'duplicate_segment')
# What makes this program fail with --strict: least precision and recall, in percent.
AIMS = {('tshark', name): 99.0 for name in ('syn', 'syn_ack', 'reset', 'zero_window', 'frag_needed', 'unreachable')}
AIMS.update({('facts', 'retransmit'): 95.0, ('facts', 'out_of_order'): 95.0})


class Tally:
    """What both say, of one class in one capture."""

    def __init__(self):
        self.theirs = self.ours = self.both = 0
        self.missed, self.extra = [], []

    def add(self, theirs, ours_):
        """Two lists of keys."""
        left = collections.Counter(ours_)
        for key in theirs:
            if left[key]:
                left[key] -= 1
                self.both += 1
            else:
                self.missed.append(key)
        self.extra += list(left.elements())
        self.theirs += len(theirs)
        self.ours += len(ours_)

    def wrong(self):
        return len(self.missed) + len(self.extra)


SHUT_LEAST_US = 10000


class Shut:
    """While one side's window is 0."""

    def __init__(self, us):
        self.keys, self.begin, self.shown, self.least = set(), us, us, SHUT_LEAST_US

    def take(self, packet):
        self.shown = packet.us
        rtt = packet.row['tcp.analysis.initial_rtt'].partition(',')[0]
        self.least = max(self.least, float(rtt or 0) * 1e6)

    def is_told(self, said):
        return bool(self.keys & said)

    def is_short(self):
        return self.shown - self.begin < self.least


def zero_window_runs(packets, said, tally):
    """
    tshark flags each packet, the log has one event a run: a run counts as seen when one of its packets was said.
    The log leaves out what no packet shows to have lasted for a round trip.
    """
    runs, current = [], {}
    for packet in packets:
        side = (packet.src, packet.dst)
        if packet.rst or packet.syn or packet.fin_sent:
            continue
        if packet.zero_window and side not in current:
            current[side] = Shut(packet.us)
            runs.append(current[side])
        if side in current:
            current[side].take(packet)
        if packet.zero_window:
            current[side].keys.add(packet.key())
        elif packet.window:
            current.pop(side, None)
    said = set(said)
    every = set().union(*(run.keys for run in runs)) if runs else set()
    runs = [run for run in runs if run.is_told(said) or not run.is_short()]
    seen = [run for run in runs if run.is_told(said)]
    tally.theirs, tally.both = len(runs), len(seen)
    tally.missed = [min(run.keys) for run in runs if not run.is_told(said)]
    tally.extra = sorted(said - every)
    tally.ours = len(seen) + len(tally.extra)


def compare_events(packets, log, tallies):
    theirs = collections.defaultdict(list)
    for packet in packets:
        for name in packet.names():
            theirs[name].append(packet.key())
    for name in EVENTS:
        said = log.keys(name)
        if name == 'zero_window':
            zero_window_runs(packets, said, tallies['tshark', name])
        else:
            tallies['tshark', name].add(theirs[name], said)


def compare_facts(packets, log, tallies):
    """Also counts what nothing proves, and what the log says of it."""
    proved, open_ = facts.judge(packets)
    for name in FACTS:
        said = [key for key in log.keys(name) if key not in open_]
        tallies['facts', name].add(proved[name], said)


def compare_connections(packets, log, tallies):
    streams = dissect.streams(packets)
    for record in log.connections:
        stream = streams.get(record.key)
        if stream is None or record.many:
            continue
        for name, value in stream.facts(record.orig).items():
            got = record.fields.get(name)
            if value is None or got is None:
                continue
            tally = tallies['connection', name]
            tally.theirs += 1
            tally.ours += 1
            if ours.alike(name, value, got):
                tally.both += 1
            else:
                tally.missed.append((record.key, value, got))


def judge(args):
    binary, path, limit, decap = args
    tallies = collections.defaultdict(Tally)
    remark = ''
    with tempfile.TemporaryDirectory(prefix='oracle.') as home:
        try:
            packets, below = dissect.read(path, home, limit, decap)
        except dissect.Failed as reason:
            return path, tallies, str(reason), 0
        log = ours.read(binary, path, home, limit, decap, below)
        remark = log.remark
    compare_events(packets, log, tallies)
    compare_facts(packets, log, tallies)
    compare_connections(packets, log, tallies)
    return path, tallies, remark, len(packets)


# ---- the report ----

def percent(part, whole):
    return '%7.2f' % (100.0 * part / whole) if whole else '      -'


def table(title, kind, names, results, out):
    out.append('%-28s %9s %9s %9s %10s %8s   %s' % (title, 'expected', 'ours', 'both', 'precision', 'recall', 'worst'))
    missed = False
    for name in names:
        rows = [(path, tallies[kind, name]) for path, tallies, _, _ in results if (kind, name) in tallies]
        theirs, said, both = (sum(getattr(tally, field) for _, tally in rows) for field in ('theirs', 'ours', 'both'))
        if not theirs and not said:
            continue
        worst = sorted(((tally.wrong(), os.path.basename(path)) for path, tally in rows if tally.wrong()), reverse=True)[:2]
        out.append('%-28s %9d %9d %9d    %s  %s   %s' % (
            name, theirs, said, both, percent(both, said), percent(both, theirs),
            ', '.join('%s (%d)' % (file, n) for n, file in worst)))
        aim = AIMS.get((kind, name), 0)
        missed |= 100.0 * both < aim * theirs or 100.0 * both < aim * said
    out.append('')
    return missed


def report(results, verbose):
    out, missed = [], False
    missed |= table('as tshark says', 'tshark', EVENTS, results, out)
    missed |= table('as IP-ID and TSval prove', 'facts', FACTS, results, out)
    names = sorted({name for _, tallies, _, _ in results for kind, name in tallies if kind == 'connection'})
    table('fields of connections', 'connection', names, results, out)
    remarks = collections.defaultdict(list)
    for path, _, remark, _ in results:
        if remark:
            remarks[remark].append(os.path.basename(path))
    for remark, files in remarks.items():
        out.append('%s: %s' % (' '.join(files[:3]) + (' and %d more' % (len(files) - 3) if len(files) > 3 else ''), remark))
    if verbose:
        for path, tallies, _, _ in results:
            for (kind, name), tally in sorted(tallies.items()):
                out += ['%s %s %s: missed %s' % (os.path.basename(path), kind, name, key) for key in tally.missed]
                out += ['%s %s %s: extra %s' % (os.path.basename(path), kind, name, key) for key in tally.extra]
    out.append('%d captures, %d TCP and ICMP packets' % (len(results), sum(n for _, _, _, n in results)))
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head`
    print('\n'.join(out))
    return missed


def captures(folder):
    if os.path.isfile(folder):
        return [folder]
    return sorted(os.path.join(folder, name) for name in os.listdir(folder)
                  if re.search(r'\.(pcap|pcapng|cap)(\.gz|\.zst)?$', name))


def main():
    parser = argparse.ArgumentParser(description='Holds `tcpwhy read` against tshark and against the packets themselves.')
    parser.add_argument('tcpwhy')
    parser.add_argument('folder', nargs='+', help='a folder of captures, or a capture')
    parser.add_argument('-v', '--verbose', action='store_true', help='every disagreement: time in µs, tuple, seq')
    parser.add_argument('--decap', action='store_true', help='also what is in tunnels, MPLS and PPPoE')
    parser.add_argument('--strict', action='store_true', help='fail where an aim is missed')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--limit', type=int, default=120, help='seconds for one capture')
    args = parser.parse_args()
    if not shutil.which('tshark'):
        sys.exit('oracle.py: needs tshark')
    if not os.access(args.tcpwhy, os.X_OK):
        sys.exit('oracle.py: %s cannot be run' % args.tcpwhy)
    binary = os.path.abspath(args.tcpwhy)
    work = [(binary, path, args.limit, args.decap) for folder in args.folder for path in captures(folder)]
    if not work:
        sys.exit('oracle.py: no capture in %s' % ' '.join(args.folder))
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        results = list(pool.map(judge, work))
    missed = report(results, args.verbose)
    sys.exit(1 if args.strict and missed else 0)


main()
