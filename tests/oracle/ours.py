# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The log of `tcpwhy read`: events by class, with the keys that dissect.Packet has, and the final records."""
import calendar
import collections
import ipaddress
import json
import os
import re
import subprocess

import dissect

# Event → the class it is compared as.
CLASSES = {'syn': 'syn', 'syn_retransmit': 'syn', 'land': 'syn', 'simultaneous_open': 'syn', 'syn_ack': 'syn_ack',
           'syn_ack_retransmit': 'syn_ack', 'reset': 'reset', 'zero_window': 'zero_window', 'frag_needed': 'frag_needed',
           'unreachable': 'unreachable', 'retransmit': 'retransmit', 'out_of_order': 'out_of_order',
           'duplicate_segment': 'duplicate_segment'}
TIME = re.compile(r'(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})\d{3}Z')


def micros(text):
    match = TIME.fullmatch(text)
    return calendar.timegm(tuple(int(part) for part in match.groups()[:6])) * 1000000 + int(match[7])


class Record:
    def __init__(self, line, tuple_):
        self.key = micros(line['start']), tuple_
        self.orig = ipaddress.ip_address(line['orig_addr']), line['orig_port']
        self.many = False  # more than one of this key
        self.fields = dict(line, orig_fin='F' in line['history'], resp_fin='f' in line['history'])


class Log:
    def __init__(self, remark):
        self.remark, self.connections, self.classes = remark, [], collections.defaultdict(list)

    def keys(self, name):
        return self.classes[name]

    def take(self, line, below):
        if 'orig_port' not in line:
            return
        tuple_ = dissect.endpoints(line['orig_addr'], line['orig_port'], line['resp_addr'], line['resp_port'])
        if line['event'] == 'connection':
            self.connections.append(Record(line, tuple_))
            return
        us = micros(line['ts'])
        if (us, tuple_) in below or line.get('kind') == 'window_probe':  # tshark has another name for these
            return
        key = us, tuple_, line.get('seq', line.get('quoted_seq', -1))
        name = CLASSES.get(line['event'])
        if line['event'] == 'handshake_bad_ack' and line.get('syn_ack'):
            name = 'syn_ack'
        if name:
            self.classes[name].append(key)
        if line.get('kind') in ('fast', 'spurious'):
            self.classes[line['kind']].append(key)


def read(binary, path, home, limit, decap, below):
    out, remark = os.path.join(home, 'log'), ''
    try:
        done = subprocess.run([binary, 'read', '-w', out] + ['--decap'] * decap + [path], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors='replace', timeout=limit, check=False)
        if done.returncode:
            remark = 'exit status %d: %s' % (done.returncode, re.sub(r'\S*/', '', ' '.join(done.stderr.split()))[:140])
    except subprocess.TimeoutExpired:
        remark = 'not done in %d s' % limit
    log = Log(remark)
    if os.path.exists(out):
        with open(out, encoding='utf-8') as lines:
            for text in lines:
                log.take(json.loads(text), below)
    count = collections.Counter(record.key for record in log.connections)
    for record in log.connections:
        record.many = count[record.key] > 1
    return log


def alike(name, theirs, mine):
    """Times as exact as tshark prints them, all else equal."""
    if name.endswith('rtt_min'):
        return abs(theirs - mine) <= 1.5e-6 or abs(theirs - mine) <= 0.01 * theirs
    return theirs == mine
