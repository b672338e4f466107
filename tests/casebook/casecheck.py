#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Holds `tcpwhy read` against the casebook: casecheck.py TCPWHY CASE… [--v6] [--wrap] … [--quiet]

Prints each expectation that does not hold and, last, a count. Exit status 0 when all hold.
"""
import argparse
import json
import os
import subprocess
import tempfile

import case


def equal(want, got):
    if isinstance(got, list):
        return any(equal(want, item) for item in got)
    if isinstance(got, bool):
        return want == str(got).lower()
    if isinstance(got, int):
        return want == str(got)
    if isinstance(got, float):
        try:
            return abs(float(want) - got) <= max(0.002, 0.01 * abs(float(want)))
        except ValueError:
            return False
    return got is not None and want == got


def read(binary, story, variant):
    """The log of the case: a list of objects; and what went wrong, or None."""
    with tempfile.TemporaryDirectory() as home:
        capture, log = os.path.join(home, 'case.pcap'), os.path.join(home, 'log')
        with open(capture, 'wb') as out:
            out.write(case.Wire(story, variant).pcap())
        command = [binary, 'read', '-w', log]
        if story.local:
            command += ['--local', case.address(story.local, variant)]
        done = subprocess.run(command + [capture], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            return [], 'exit status %d: %s' % (done.returncode, done.stderr.strip())
        with open(log, encoding='utf-8') as lines:
            return [json.loads(line) for line in lines], None


def holds(words, variant, log):
    kind, count, want = case.conditions(words, variant)
    hits = sum(all(equal(value, line.get(key)) for key, value in want.items()) for line in log)
    if kind == 'never':
        return hits == 0 and bool(log), hits
    return hits > 0 if count is None else hits == count, hits


def main():
    parser = argparse.ArgumentParser(description='Holds `tcpwhy read` against the casebook.')
    parser.add_argument('tcpwhy')
    parser.add_argument('case', nargs='+')
    parser.add_argument('--quiet', action='store_true', help='only count')
    for name in case.VARIANTS:
        parser.add_argument('--' + name, action='store_true')
    args = parser.parse_args()
    variant = {name for name in case.VARIANTS if getattr(args, name)}
    total = held = cases = 0
    for path in args.case:
        story, name = case.Case(path), os.path.basename(path)
        if story.without & variant:
            continue
        cases += 1
        log, trouble = read(args.tcpwhy, story, variant)
        if trouble:
            print('%s: %s' % (name, trouble))
        for words in story.expectations:
            good, hits = holds(words, variant, log)
            total += 1
            held += good
            if not good and not args.quiet:
                print('%s: %s (%d lines)' % (name, ' '.join(words), hits))
    print('%d of %d expectations of %d cases hold' % (held, total, cases))
    raise SystemExit(held != total)


main()
