#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""claims.py [--all] [--lie OLD=NEW] TCPWHY LOG…: each sentence that `explain` says is true of the events in the log.

A form is a sentence with its numbers as groups, and a condition on the connection's events and its final record; None where
it only repeats an event's fields (then the event must be there). A sentence that fits no form fails: a new one gets its row here. --all: each form must have been
said. --lie: this is read instead, to see that it is found.
"""
import argparse
import collections
import json
import re
import subprocess
import sys

NUMBER = r'\d[\d.]*'
TIME = NUMBER + r' (?:ns|µs|ms|s|min|h|d)'
SIDE = r'(?:[Tt]he originator|[Tt]he responder|[Oo]ne side)'
BYTES = NUMBER + r' (?:bytes?|kB|MB|GB|TB)'
OFFER = r'(?:its options were cut off|(?:MSS \d+|no MSS), (?:no )?window scaling, (?:no )?SACK(?:, timestamps)?(?:, Fast Open)?' \
        r'(?:, with \d+ bytes of payload)?)\.'
INDENT = 9 + 2 + 30 + 2  # of a step's text: clock, ladder


class Story:
    """One connection: what the log has of it."""

    def __init__(self, events, final):
        self.events, self.final = sorted(events, key=lambda e: e['ts']), final

    def some(self, kinds, holds=lambda e: True):
        return any(e['event'] in kinds.split() and holds(e) for e in self.events)

    def before(self, event, kinds, holds=lambda e: True):
        """Something of @kinds stands before @event."""
        return any(e is not event and e['ts'] <= event['ts'] and e['event'] in kinds.split() and holds(e) for e in self.events)

    def has_fin(self, letter):
        return letter in self.final.get('history', '')

    def suspects(self, word):
        return self.some('reset', lambda e: word in e.get('suspect', []))

    def cause(self, *causes):
        return self.some('reset', lambda e: e.get('cause') in causes)

    @property
    def is_open(self):
        return self.final.get('midstream') or self.some('established')


def sender(name, event):
    """Whether @event came from the side that the sentence calls @name."""
    local, way = event.get('side'), event.get('dir')
    orig = {'fwd': True, 'rev': False}.get(way)
    if orig is None:
        orig = (local == 'originator') == (way == 'out')
    return ('originator' in name.lower()) == orig


def tried(s, kind, attempt, holds=lambda e: True):
    return s.some(kind, lambda e: e.get('attempt') == int(attempt) and holds(e))


def kind(s, name, attempt, word):
    return s.some('retransmit', lambda e: e.get('kind') == word and sender(name, e) and e.get('attempt') == int(attempt))


def no_ack_passed(m, s):
    return tried(s, 'syn_ack_retransmit', m['n'], lambda e: not e.get('acked') and not s.before(e, 'established'))


def ack_passed(m, s):
    return tried(s, 'syn_ack_retransmit', m['n'], lambda e: e.get('acked') or s.before(e, 'established'))


def not_its_own(m, s):
    return s.final.get('verdict') in ('reset_forged', 'middlebox_broke_handshake') and s.some(
        'syn_retransmit', lambda e: e.get('after_reset') and s.before(e, 'reset', lambda r: sender('the originator', r)))


def went_on_after_reset(m, s):
    """No SYN stands between that RST and what follows: the responder had not been asked again."""
    return s.some('syn_ack syn_ack_retransmit', lambda a: s.before(a, 'reset', lambda r: not any(
        r['ts'] < e['ts'] < a['ts'] and e['event'] in ('syn', 'syn_retransmit') for e in s.events)))


def says_nothing_of_icmp(m, s):
    return s.some('pmtu_black_hole', lambda h: h['len'] == int(m['len'])) and not s.some('frag_needed', lambda e: e.get('valid'))


def event(kinds, holds=lambda e, m: True):
    return lambda m, s: s.some(kinds, lambda e: holds(e, m))


def from_side(kinds, holds=lambda e: True):
    return lambda m, s: s.some(kinds, lambda e: sender(m['side'], e) and holds(e))


# How a resent segment's sentence ends, and the kind that it stands for.
KINDS = {'why, cannot be told': 'unknown', 'it probes the shut window': 'window_probe', 'needlessly, all of it had arrived': 'spurious',
         'as the path takes only smaller packets; no loss': 'pmtu', 'nothing new was acknowledged until its timer expired': 'rto',
         'duplicate ACKs or SACK say that it is missing': 'fast', 'a probe, as the last segment is not acknowledged yet': 'tlp'}
RESENT = r'(?P<side>%s) sends (?:its FIN|%s) for the (?P<n>\d+)(?:st|nd|rd|th) time(?:, %s after the last)?' % (SIDE, BYTES, TIME)
TRY = r'(?P<n>\d+)(?:st|nd|rd|th) try(?:, %s after the one before)?\.' % TIME

STEPS = [
    # handshake
    (r'The originator asks for a connection: ' + OFFER, event('syn')),
    (r'The same SYN, ' + TRY, lambda m, s: tried(s, 'syn_retransmit', m['n'])),
    (r'It tries again after the RST, as some stacks do\.', event('syn_retransmit', lambda e, m: e.get('after_reset'))),
    (r'It goes on: the RST was for the wrong ACK number only\.', lambda m, s: s.cause('bad_ack_reset')),
    (r'It goes on as if it had sent no RST: the RST in its name was not its own\.', not_its_own),
    (r'The SYN-ACK that passed here had not reached it by then, or was not accepted\.',
     event('syn_retransmit', lambda e, m: e.get('answered') and not e.get('after_reset'))),
    (r'It no longer offers .*, in case a device drops SYNs for that\.', event('syn_retransmit', lambda e, m: e.get('options_dropped'))),
    (r'A SYN-ACK of another attempt: it changes nothing\.', event('syn_ack', lambda e, m: e.get('stray'))),
    (r'The responder accepts(?: after %s)?: %s' % (TIME, OFFER), event('syn_ack')),
    (r'The responder begins anew(?: after %s)?, with another sequence number: %s' % (TIME, OFFER),
     lambda m, s: len({e.get('isn') for e in s.events if e['event'] == 'syn_ack'}) > 1),
    (r'It goes on as if it had sent no RST\.', lambda m, s: went_on_after_reset(m, s) or s.some('syn_retransmit', lambda e: e.get('after_reset'))),
    (r'It echoes a timestamp that the SYN never carried\.', event('syn_ack', lambda e, m: e.get('foreign_tsecr'))),
    (r'No ACK of it has passed here: the same SYN-ACK, ' + TRY, no_ack_passed),
    (r'The same SYN-ACK again, although the ACK of it has passed here: ' + TRY, ack_passed),
    (r'The connection is open\.', event('established')),
    (r'Round trip from here: %s to the responder, %s to the originator\.' % (TIME, TIME), event('established', lambda e, m: 'ack_rtt' in e)),
    (r'A challenge ACK: .* still knows an older connection of these ports\.', event('handshake_bad_ack', lambda e, m: e.get('challenge'))),
    (r'(?P<side>%s) acknowledges (?:%s (?:less|more) than .* has sent|what .* never sent): (?P<got>\d+) instead of (?P<want>\d+)\.' %
     (SIDE, r'\d+ bytes?'), event('handshake_bad_ack', lambda e, m: (e['got'], e['expected']) == (int(m['got']), int(m['want'])))),
    (r'This SYN-ACK carries (?P<len>\d+) bytes of payload, though Fast Open was not agreed\.',
     lambda m, s: s.some('syn_ack_payload', lambda e: e['len'] == int(m['len'])) and
     not (s.some('syn', lambda e: e.get('tfo')) and s.some('syn_ack', lambda e: e.get('tfo')))),
    (r'This SYN has the acknowledgement number (?P<n>\d+) without the ACK flag\. Honest stacks leave it 0\.',
     event('syn_nonzero_ack', lambda e, m: e['ack'] == int(m['n']) != 0)),
    (r'Again with a stray acknowledgement number\.', lambda m, s: sum(e['event'] == 'syn_nonzero_ack' for e in s.events) > 1),
    (r'Both sides sent a SYN, and they crossed\.', event('simultaneous_open')),
    (r'Still no answer: (?P<n>\d+) SYNs? in %s\.' % TIME,
     lambda m, s: s.some('connect_timeout', lambda t: t['attempts'] == int(m['n']) and not s.before(t, 'syn_ack established'))),
    (r'Still no answer: (?P<n>\d+) SYN-ACKs? in %s\.' % TIME,
     lambda m, s: s.some('accept_timeout', lambda t: t['attempts'] == int(m['n']) and not s.before(t, 'established'))),
    (r'By now it is clear: nobody answers; %s have passed since the first SYN\.' % TIME,
     lambda m, s: s.some('path_down', lambda d: d.get('handshake') and not s.before(d, 'syn_ack'))),
    (r'An answer at last: it took %s from the first SYN\.' % TIME,
     lambda m, s: s.some('path_up', lambda u: u.get('handshake') and s.before(u, 'syn_ack reset path_down'))),
    # resets
    (r'(?P<side>%s) sends a RST after the close\.' % SIDE, lambda m, s: s.cause('after_close') and (s.has_fin('F') or s.has_fin('f'))),
    (r'Another RST from %s: the connection is ended already\.' % SIDE, lambda m, s: s.cause('no_connection')),
    (r'(?P<side>%s) answers the wrong ACK number with a RST, as it must \(RFC 9293\)\.' % SIDE,
     lambda m, s: s.some('reset', lambda r: r['cause'] == 'bad_ack_reset' and s.before(r, 'handshake_bad_ack'))),
    (r'The responder refuses with a RST\.', lambda m, s: s.some('reset', lambda r: r['cause'] == 'refused' and not s.before(r, 'syn_ack'))),
    (r'A RST from the responder that does not acknowledge the SYN: it must be ignored\.', lambda m, s: s.cause('unacceptable')),
    (r'The originator ends the attempt with a RST, instead of completing it with an ACK\.',
     lambda m, s: s.some('reset', lambda r: r['cause'] == 'half_open_reset' and not s.before(r, 'established'))),
    (r'The responder takes its SYN-ACK back with a RST\.',
     lambda m, s: s.some('reset', lambda r: r['cause'] == 'handshake_aborted' and s.before(r, 'syn_ack') and not s.before(r, 'established'))),
    (r'(?P<side>%s) gives up and sends a RST\.' % SIDE, from_side('reset', lambda e: e['cause'] == 'gave_up')),
    (r'(?P<side>%s) had closed, still got data, and answers it with a RST\.' % SIDE,
     lambda m, s: s.cause('data_after_close') and s.has_fin('F' if 'originator' in m['side'] else 'f')),
    (r'A RST in the name of (?P<side>%s) ends the idle connection\.' % SIDE, from_side('reset', lambda e: e['cause'] == 'idle_reset')),
    (r'(?P<side>%s) ends the open connection with a RST\.' % SIDE,
     lambda m, s: s.is_open and s.some('reset', lambda e: e['cause'] == 'aborted' and sender(m['side'], e))),
    (r'It has only the ACK number of what it answers: its sender does not know the connection\.', event('reset', lambda e, m: e.get('stateless'))),
    (r'It has only the ACK number of what it answers: its sender does not know the connection any more\.',
     event('reset', lambda e, m: e.get('stateless') and e['cause'] == 'data_after_close')),
    (r"Another host on this link sent it: its MAC is not that side's\.", event('reset', lambda e, m: e.get('other_mac'))),
    (r'It had not acknowledged the last %s\.' % BYTES, event('reset', lambda e, m: e.get('unacked'))),
    (r'Before it %s of silence\.' % TIME, event('reset', lambda e, m: e.get('silent', 0) >= 1)),
    (r'Its TTL is (?P<ttl>\d+), all others of that side had (?P<min>\d+)(?: to (?P<max>\d+))?\.',
     event('reset', lambda e, m: 'ttl' in e.get('suspect', []) and not int(m['min']) - 3 <= int(m['ttl']) <= int(m['max'] or m['min']) + 3)),
    (r"Its IP-ID is out of that side's count\.", lambda m, s: s.suspects('ip_id')),
    (r'Its sequence number is in the window, but not the next one\.', lambda m, s: s.suspects('seq_not_next')),
    (r'Its sequence number is outside the window\.', lambda m, s: s.suspects('seq_out_of_window')),
    (r'The side it names went on talking\.', lambda m, s: s.suspects('sender_kept_talking')),
    (r'It came again with another sequence number\.', lambda m, s: s.suspects('repeated_with_other_seq')),
    (r'It came sooner than that side could have answered\.', lambda m, s: s.suspects('faster_than_rtt')),
    (r'It carries payload\.', lambda m, s: s.suspects('payload')),
    (r'It lacks the timestamps that were agreed\.',
     lambda m, s: s.suspects('tcp_options_absent') and not s.some('established', lambda e: e.get('ts_ok') is False)),
    (r'No socket of this host sent it: a firewall\'s rule, a proxy or a forwarder did\.', event('reset', lambda e, m: e.get('no_socket'))),
    (r"The kernel's reason: (?P<reason>\w+)\.", event('reset', lambda e, m: e.get('reason') == m['reason'])),
    # loss and order
    *((RESENT + ': ' + re.escape(words) + r'\.', lambda m, s, word=word: kind(s, m['side'], m['n'], word)) for words, word in KINDS.items()),
    (RESENT + r'\.', lambda m, s: s.some('retransmit', lambda e: sender(m['side'], e) and e.get('attempt') == int(m['n']))),
    (r'The first copy died in this host(?: \((?P<reason>\w+)\))?\.?', event('retransmit', lambda e, m: e.get('died') == 'here')),
    (r'The first copy had left this host\.', event('retransmit', lambda e, m: e.get('died') == 'beyond' and e.get('iface') != 'lo')),
    (r'The first copy had arrived\.', event('retransmit', lambda e, m: e.get('died') == 'nowhere')),
    (r'\(By the clock alone: low confidence\.\)', event('retransmit out_of_order duplicate_segment', lambda e, m: e.get('confidence') == 'low')),
    (r'A segment was overtaken on the way(?:, %s late)?\.' % TIME, event('out_of_order')),
    (r'A copy of a segment, made by the network or the tap, not by the sender\.', event('duplicate_segment')),
    (r'An ACK for %s that never passed here: they were lost to this log, not to the network\.' % BYTES,
     event('lost_segment_unseen', lambda e, m: 0 < (e['got'] - e['expected']) % 2**32 < 2**31)),
    (r'So it goes on for %s: .*\.' % TIME, lambda m, s: sum(e['event'] in ('retransmit', 'out_of_order', 'duplicate_segment') for e in s.events) > 5),
    # windows
    (r'(?P<side>%s) shuts its window again\.' % SIDE, lambda m, s: sum(e['event'] == 'zero_window' and sender(m['side'], e) for e in s.events) > 1),
    (r'(?P<side>%s) shuts its window: its buffer is full, its application does not read, or not fast enough\.' % SIDE, from_side('zero_window')),
    (r'(?P<side>%s) reads again(?:: its window was shut for %s)?\.' % (SIDE, TIME), from_side('window_open')),
    # path MTU
    (r'Again above the MSS\.', lambda m, s: sum(e['event'] == 'mss_exceeded' for e in s.events) > 1),
    (r'A segment of (?P<len>\d+) bytes: %s had announced that it takes (?P<mss>\d+) at most\.' % SIDE,
     event('mss_exceeded', lambda e, m: e['len'] == int(m['len']) > int(m['mss']) == e['mss'])),
    (r'\S+ drops it again: at most (?P<mtu>\d+) bytes pass\.', lambda m, s: sum(e['event'] == 'frag_needed' for e in s.events) > 1),
    (r'\S+ drops a packet of %s(?: \(\d+ bytes\))? and says so: at most (?P<mtu>\d+) bytes pass\.' % SIDE,
     event('frag_needed', lambda e, m: e.get('mtu') == int(m['mtu']))),
    (r'\S+ drops a packet of %s(?: \(\d+ bytes\))? as too big\. It is too old to say what would pass\.' % SIDE,
     event('frag_needed', lambda e, m: not e.get('mtu'))),
    (r'\S+ rejects a packet of %s by ICMP: .*?\.' % SIDE, event('unreachable')),
    (r'It quotes nothing that was under way: forged, or very late\.', event('frag_needed unreachable', lambda e, m: e.get('valid') is False)),
    (r'Again \d+ bytes\.', lambda m, s: sum(e['event'] == 'pmtu_ignored' for e in s.events) > 1),
    (r'(?P<side>%s) was told (?P<mtu>\d+), and sends (?P<len>\d+) bytes all the same\.' % SIDE,
     lambda m, s: s.some('pmtu_ignored', lambda e: int(m['mtu']) == e['mtu'] < e['len'] == int(m['len']) and s.before(e, 'frag_needed'))),
    (r'By now it is clear: packets of (?P<len>\d+) bytes from %s vanish(?:, those of up to \d+ arrive)?, and no ICMP says why\.' % SIDE, says_nothing_of_icmp),
    # waiting, outages
    (r'(?P<len>\d+) bytes have not come, although what was sent behind them has(?:, %s before)?\.' % TIME,
     event('missing_segment', lambda e, m: e['len'] == int(m['len']))),
    (r'The first byte of the answer, %s after the request(?:; the network needs %s of that)?\.' % (TIME, TIME), event('slow_response')),
    (r'The request was acknowledged %s ago and is still not answered\.' % TIME, event('no_response')),
    (r'The originator goes on after %s of silence; it had the whole answer\.' % TIME, event('slow_request')),
    (r'The same, for %s: (?P<n>\d+) times so far\.' % TIME, event('delayed_ack_stall', lambda e, m: e['times'] == int(m['n']))),
    (r'%s acknowledges a small write only after %s; %s had held the next one back for it \(Nagle\)\. So far (?P<n>\d+) times\.' % (SIDE, TIME, SIDE),
     event('delayed_ack_stall', lambda e, m: e['times'] == int(m['n']))),
    (r'By now it is clear: nothing that (?P<side>%s) sends is acknowledged any more(?:, for %s already)?(?:; %s wait)?\.' % (SIDE, TIME, BYTES), event('path_down')),
    (r'It is over: %s acknowledges again(?:, after %s)?\.' % (SIDE, TIME), lambda m, s: s.some('path_up', lambda u: s.before(u, 'path_down'))),
    # the kernel's own
    (r"This host's kernel drops a packet of %s: (?P<reason>\w+).*\." % SIDE, event('kernel_drop', lambda e, m: e['reason'] == m['reason'])),
    # the beginning, the end, and what is folded
    (r'Here the log first sees it: the connection is open already\.', lambda m, s: s.final['midstream']),
    (r'Both sides have closed\.', lambda m, s: s.final['end'] == 'fin' and s.has_fin('F') and s.has_fin('f')),
    (r'Nothing for too long: tcpwhy gives it up\.', lambda m, s: s.final['end'] == 'idle'),
    (r'tcpwhy needs the room for other connections and stops following it here\.', lambda m, s: s.final['end'] == 'evicted'),
    (r'The same ports are used for a new connection: this one is over\.', lambda m, s: s.final['end'] == 'reused'),
    (r'Here the packets end\.', lambda m, s: s.final['end'] == 'eof'),
    (r'It was not open yet\.', lambda m, s: not s.is_open),
    (r'Neither side had closed\.', lambda m, s: s.is_open and not s.has_fin('F') and not s.has_fin('f')),
    (r'Both sides had closed\.', lambda m, s: s.has_fin('F') and s.has_fin('f')),
    (r'The originator had closed, the responder had not\.', lambda m, s: s.has_fin('F') and not s.has_fin('f')),
    (r'The responder had closed, the originator had not\.', lambda m, s: s.has_fin('f') and not s.has_fin('F')),
    (r'The same \d+ more times, %s(?: to %s)? apart\.' % (TIME, TIME), lambda m, s: len(s.events) > 6),
    (r'These \d+ steps \d+ more times, %s(?: to %s)? apart\.' % (TIME, TIME), lambda m, s: len(s.events) > 6),
    (r'\(And (?P<n>\d+) more like it, which the log only counts\.\)', lambda m, s: any(e.get('suppressed') == int(m['n']) for e in s.events)),
    (r'… \d+ more steps are left out here; `tcpwhy tail` shows every event\.', lambda m, s: len(s.events) > 40),
]

# Of the verdict's reason and of what it means: where one of these words stands, its condition holds. Whatever else is said there.
CLAIMS = [
    (r'nothing stood in its way', lambda m, s: s.final['verdict'] == 'ok' and not any(
        s.final.get(key) for key in ('orig_retransmits', 'resp_retransmits', 'time_zero_window')) and
     (not s.final.get('time_recovery') or not s.final['orig_packets'] or not s.final['resp_packets'])),
    (r'no more than that', lambda m, s: s.final['verdict'] == 'ok' and any(
        s.final.get(key) for key in ('orig_retransmits', 'resp_retransmits', 'time_zero_window', 'time_recovery'))),
    (r'did no harm', lambda m, s: s.final['verdict'] == 'ok' and s.cause('after_close') and (s.has_fin('F') or s.has_fin('f'))),
    (r'nothing listens there, or it is not allowed', lambda m, s: s.cause('refused') and not s.some('syn_ack') and 'open_beside' not in s.final),
    (r'while (\d+) other connections? to that port (?:was|were) open', lambda m, s: s.final.get('open_beside') == int(m[1]) and s.cause('refused')),
    (r'without a word from the originator', lambda m, s: not s.is_open and s.some('syn_ack') and s.final['orig_packets'] == 1),
    (r'Nothing answered \d+ SYNs?', lambda m, s: not s.some('syn_ack established')),
    (r'nothing left it in answer', lambda m, s: not s.some('syn_ack reset')),
    (r'no ACK of that came back', lambda m, s: s.some('syn_ack') and not s.some('established')),
    (r'It is there, for it sends its SYN again', lambda m, s: s.some('syn_retransmit', lambda e: e.get('answered'))),
    (r'without any answer from the', lambda m, s: s.some('retransmit') or s.cause('gave_up')),
    (r'not that host\.', lambda m, s: s.final.get('forged') in ('medium', 'high')),
    (r'with another TTL(?: than all else of it)?|its TTL is not the usual one', lambda m, s: s.suspects('ttl')),
    (r'two hosts on this link have', lambda m, s: s.some('reset', lambda e: e.get('other_mac'))),
    (r'a device on the path', lambda m, s: s.final.get('forged') in ('medium', 'high') or s.some(
        'syn_ack_payload handshake_bad_ack syn_nonzero_ack') or s.some('syn_ack', lambda e: e.get('foreign_tsecr')) or s.some('syn_ack')),
    (r'no ICMP (?:says so|says why)|The ICMP never came', lambda m, s: s.some('pmtu_black_hole missing_segment') and
     not s.some('frag_needed', lambda e: e.get('valid'))),
    (r'data was never acknowledged', lambda m, s: s.final['end'] != 'fin' or s.some('reset', lambda e: e.get('unacked'))),
    (r'was all that answered the SYN:', lambda m, s: s.some('unreachable') and not s.some('syn_ack reset')),
    (r'nobody closed it', lambda m, s: not s.has_fin('F') and not s.has_fin('f')),
    (r"its application did not answer|Its application did not answer", lambda m, s: s.some('no_response')),
    (r'The ICMP reached this host', lambda m, s: s.some('frag_needed', lambda e: e.get('dir') == 'in')),
    (r'while nobody owed it anything', lambda m, s: s.some('slow_request')),
]


def pages(tcpwhy, log, most=40):
    """Of the first connections of a log: what `explain` says, by headings, and what the log has."""
    events, finals = collections.defaultdict(list), {}
    with open(log, encoding='utf-8') as lines:
        for line in map(json.loads, lines):
            if line['event'] == 'connection':
                finals[line['conn']] = line
            elif 'conn' in line:
                events[line['conn']].append(line)
    for conn in list(finals)[:most]:
        page = subprocess.run([tcpwhy, 'explain', log, conn], capture_output=True, text=True, check=True).stdout
        yield parts(page), Story(events[conn], finals[conn])


def parts(page):
    """Heading → its text; 'steps' → the texts of the ladder's steps."""
    out, heading = collections.defaultdict(str), ''
    out['steps'] = []
    for line in page.split('\n'):
        if line and not line[0].isspace():
            heading = line.partition(':')[0]
        elif heading != 'What happened':
            out[heading] += ' ' + line.strip()
        elif 'originator' in line[11:INDENT] and 'responder' in line[11:INDENT] and not line[:11].strip():
            continue
        elif line[:11].strip() or line[INDENT:].startswith('… '):
            out['steps'].append(line[INDENT:].strip())
        elif out['steps'] and line[11:12] == '|':
            out['steps'][-1] += ' ' + line[INDENT:].strip()
    return out


class Check:
    def __init__(self, lie):
        self.lie = lie
        self.wrong, self.seen = [], collections.Counter()
        self.steps = [(re.compile(form), form, holds) for form, holds in STEPS]

    def complain(self, log, story, text):
        self.wrong.append('%s %s: %s' % (log, story.final['conn'], text))

    def step(self, log, story, text):
        """Sentence by sentence."""
        text = text.replace(*self.lie) if self.lie else text
        while text := text.strip():
            for pattern, form, holds in self.steps:
                m = pattern.match(text)
                if m:
                    break
            else:
                self.complain(log, story, 'no form of claims.py fits: ' + text)
                return
            self.seen[form] += 1
            if not holds(m, story):
                self.complain(log, story, 'not true of its events: ' + m[0])
            text = text[m.end():]

    def claims(self, log, story, text):
        for form, holds in CLAIMS:
            m = re.search(form, text)
            if m:
                self.seen[form] += 1
                if not holds(m, story):
                    self.complain(log, story, 'not true of its events: …%s…' % text[max(0, m.start() - 60):m.end() + 40])

    def log(self, tcpwhy, log):
        for page, story in pages(tcpwhy, log):
            for text in page['steps']:
                self.step(log, story, text)
            for heading in ('Why', 'What should have come next', 'What it means'):
                self.claims(log, story, page[heading])

    def unseen(self):
        return [form for form, _ in STEPS + CLAIMS if not self.seen[form]]


def main():
    parser = argparse.ArgumentParser(description='Holds what `explain` says against the events in the log.')
    parser.add_argument('--all', action='store_true', help='each form must have been said')
    parser.add_argument('--lie', help='OLD=NEW: read this instead')
    parser.add_argument('tcpwhy')
    parser.add_argument('log', nargs='+')
    args = parser.parse_args()
    check = Check(args.lie and args.lie.split('='))
    for log in args.log:
        check.log(args.tcpwhy, log)
    missing = check.unseen() if args.all else []
    print('\n'.join(check.wrong[:40] + ['never said: ' + form for form in missing]))
    sys.exit(bool(check.wrong or missing))


main()
