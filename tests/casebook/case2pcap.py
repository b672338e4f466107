#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Writes a case as a capture: case2pcap.py CASE OUT.pcap [--v6] [--wrap] [--vlan] [--qinq] [--nano] [--sll]"""
import argparse

import case


def main():
    parser = argparse.ArgumentParser(description='Writes a case as a capture.')
    parser.add_argument('case')
    parser.add_argument('out')
    for name in case.VARIANTS:
        parser.add_argument('--' + name, action='store_true')
    args = parser.parse_args()
    variant = {name for name in case.VARIANTS if getattr(args, name)}
    with open(args.out, 'wb') as out:
        out.write(case.Wire(case.Case(args.case), variant).pcap())


main()
