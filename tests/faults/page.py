#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""page.py DIR: docs/faults.md, from what the live tests left in DIR (tests/faults/faults.sh), on stdout.

DIR/index has a line for each told() of a test; beside it are the logs and the captures of the same links, and in
tools-here and tools-6.1 what the bpfcc tools did (tests/faults/tools.sh).
"""
import collections
import json
import re
import subprocess
import sys

# tshark takes checksums for good unless it is told to look.
TSHARK_OPTIONS = {"bad_checksum": ["-o", "tcp.check_checksum:TRUE"]}
# What every connection has is no finding.
USUAL = re.compile(r"^(Connection (establish|finish)|This frame (initiates|undergoes) the connection closing)")
INTRODUCTION = """# The faults that the tests inject, and who says what

Made by `make faults` (as root): do not edit. Each fault is injected into connections of real stacks in network namespaces by the test
that is named, in `tests/live/`; beside it stands traffic that looks like it and is healthy. The test fails when tcpwhy says anything else
than what stands here. Times and ports differ from run to run.

* **tcpwhy** is the verdict and the sentence of the final record, live, on the host that is named.
* **tshark** is the expert analysis (notes and above; without those that every connection has) of the packets of the same
  connections, captured on the same link at the same time: TShark {tshark}.
* **bpfcc** is Debian's package bpfcc-tools ({bpfcc}): where its tools start, and what they printed where a test ran beside them.

tshark names packets and never a cause; a person who reads them finds it. It needs no root afterwards, shows every byte, and dissects what
tcpwhy never looks at. Of single packets it says more: which ACK was a duplicate, which frame a segment repeats.
"""


def lines_of(path):
    try:
        with open(path, encoding="utf-8") as f:
            return f.read().splitlines()
    except OSError:
        return []


def connections(directory, test, host, port, verdict):
    found = []
    for line in lines_of(f"{directory}/{test}-{host}.ndjson"):
        record = json.loads(line)
        if record["event"] == "connection" and record["resp_port"] == port and record["verdict"] == verdict:
            found.append(record)
    return found


def expert(directory, test, host, found):
    """How often tshark says what of those connections."""
    ports = " || ".join(f"(tcp.port=={r['orig_port']} && tcp.port=={r['resp_port']})" for r in found)
    command = ["tshark", "-n", "-r", f"{directory}/{test}-{host}.pcap", *TSHARK_OPTIONS.get(test, []), "-Y",
               f"({ports}) && _ws.expert.severity >= 0x400000", "-T", "fields", "-e", "_ws.expert.message"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    counts = collections.Counter()
    for line in done.stdout.splitlines():
        counts.update(re.sub(r" \[.*| \((RFC|#).*", "", m) for m in line.split(",") if not USUAL.match(m))
    return counts


class Tools:
    """What the bpfcc tools did on one kernel."""

    def __init__(self, path):
        self.starts, self.said = {}, collections.defaultdict(list)
        for line in lines_of(path):
            tool, what, text = (line.split("\t", 2) + ["", ""])[:3]
            if what in ("starts", "fails"):
                self.starts[tool] = (what == "starts", text)
            else:
                self.said[tool, what].append(text)
        self.tests = {test for _, test in self.said}

    def of(self, tool, test, port):
        return [t for t in self.said[tool, test] if re.search(rf"(?<!\d){port}(?!\d)", t)]


def tell_tools(here, guest):
    print("\n## Where the bpfcc tools start\n\n| tool | the kernel of these runs | Debian 12's 6.1, in an emulator |\n| --- | --- | --- |")
    for tool in sorted(set(here.starts) | set(guest.starts)):
        cells = []
        for kernel in (here, guest):
            starts, text = kernel.starts.get(tool, (None, "not tried"))
            cells.append("starts" if starts else "does not start: " + re.sub(r"\. Try.*", "", text) if starts is False else text)
        print(f"| {tool} | {cells[0]} | {cells[1]} |")


def tell_fault(directory, guest, rows):
    """One fault, seen from one host or from several."""
    test, what = rows[0][0], rows[0][4]
    port = int(re.match(r"\d+", rows[0][2])[0])
    print(f"\n**{what[0].upper() + what[1:]}** (`{test}`)\n")
    for _, host, _, verdict, _ in rows:
        named = {"c": "client", "s": "server", "r": "router"}.get(host, host)
        found = connections(directory, test, host, port, verdict)
        print(f"* tcpwhy on the {named}: `{verdict}`: {found[0]['why']}")
        counts = expert(directory, test, host, found)
        if counts is not None:
            print(f"* tshark on the {named}'s link: {listed(counts)}.")
    if test in guest.tests:
        for tool in (t for t, (starts, _) in guest.starts.items() if starts):
            said = guest.of(tool, test, port)
            first = f"{len(said)} line{'s'[:len(said) != 1]}, the first: `{' '.join(said[0].split())}`" if said else "nothing"
            print(f"* {tool}: {first}.")


def listed(counts):
    return "; ".join(f"{n} × {m}" for m, n in counts.most_common()) or "nothing"


def tell_healthy(directory, rows):
    print("\n## Beside them: healthy traffic\n\n| test | what | tcpwhy | tshark |\n| --- | --- | --- | --- |")
    for test, host, port, verdict, what in rows:
        number = int(re.match(r"\d+", port)[0])
        counts = expert(directory, test, host, connections(directory, test, host, number, verdict))
        said = "not captured" if counts is None else listed(counts)
        print(f"| `{test}` | {what.removeprefix('healthy: ')} | `{verdict}` | {said} |")


def version(*command):
    return re.search(r"\d[\w.+~-]*", subprocess.run(command, capture_output=True, text=True, check=False).stdout)[0]


def main(directory):
    here, guest = Tools(f"{directory}/tools-here"), Tools(f"{directory}/tools-6.1")
    rows = sorted((line.rstrip("\t").split("\t") for line in lines_of(f"{directory}/index")), key=lambda row: row[0])
    print(INTRODUCTION.format(tshark=version("tshark", "--version").rstrip("."),
                              bpfcc=version("dpkg-query", "-W", "-f", "${Version}", "bpfcc-tools")), end="")
    tell_tools(here, guest)
    if not guest.tests:
        print("\nNo test ran beside them there: compiling one tool takes many minutes in the emulator.")
    print("\n## The faults")
    groups = {}
    for row in rows:
        groups.setdefault((row[0], row[4]), []).append(row)
    for (_, what), group in groups.items():
        if not what.startswith("healthy: "):
            tell_fault(directory, guest, group)
    tell_healthy(directory, [group[0] for (_, what), group in groups.items() if what.startswith("healthy: ")])


main(sys.argv[1])
