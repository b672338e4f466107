#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What must hold of any log, whatever happened: checklog.py LOG [killed] [lossy].

Written from what the README says of events, not from the program. Prints what is wrong, a line each; exit status 1 then.
killed: the program was not ended in order, so there is no capture_stopped and there may be no final records.
lossy: events were lost, so what is counted need not add up.
"""
import base64
import hashlib
import ipaddress
import json
import re
import sys

TS = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")
DURATIONS = ("rtt", "since_first", "interval", "syn_rtt", "ack_rtt", "waited", "late_by", "gap", "stalled_for",
             "duration")
TUPLE = ("orig_addr", "orig_port", "resp_addr", "resp_port")
OF_A_CONNECTION = {  # event: fields that must be there
    "syn": ("isn", "win", "len", "seq", "ttl"),
    "syn_retransmit": ("attempt", "since_first", "interval"),
    "syn_ack": ("isn", "win", "len"),
    "syn_ack_retransmit": ("attempt",),  # after the handshake the time of the first is no longer known
    "established": (),
    "handshake_bad_ack": ("expected", "got"),
    "syn_ack_payload": ("len",),
    "syn_nonzero_ack": ("ack",),
    "connect_timeout": ("attempts", "waited"),
    "accept_timeout": ("attempts", "waited"),
    "simultaneous_open": (),
    "retransmit": ("kind", "attempt", "bytes", "in_flight", "seq"),
    "out_of_order": ("late_by", "seq"),
    "duplicate_segment": ("seq",),
    "lost_segment_unseen": (),
    "zero_window": (),
    "window_open": ("stalled_for",),
    "mss_exceeded": ("len", "mss"),
    "pmtu_ignored": ("mtu", "len", "times"),
    "pmtu_black_hole": ("len", "largest_acked"),
    "missing_segment": ("len",), "path_down": ("since", "waited", "attempts"), "path_up": ("waited",),
    "slow_response": ("waited",), "no_response": ("waited",), "slow_request": ("waited",),
    "delayed_ack_stall": ("waited", "times"),
    "kernel_drop": ("reason", "seq"),
    "connection": ("end", "start", "duration", "midstream", "state", "history") + tuple(
        f"{side}_{what}" for side in ("orig", "resp") for what in (
            "packets", "bytes", "data_segments", "retransmits", "retransmit_bytes", "spurious", "out_of_order",
            "duplicate_segments", "dup_acks", "keep_alives", "zero_windows")),
}
OTHERS = {
    "reset": ("cause", "seq"),
    "land": (), "frag_needed": ("mtu", "from", "quoted_seq", "matched"),
    "unreachable": ("code", "from", "quoted_seq", "matched"), "marker": ("size", "icmp_id", "icmp_seq"),
    "alert": ("rule", "state", "value", "threshold", "window", "key"), "events_lost": ("count", "where"),
    "table_full": (), "capture_started": ("version", "iface", "mode", "kernel"), "capture_stopped": (),
}
WORDS = {
    ("reset", "cause"): "after_close no_connection bad_ack_reset refused unacceptable half_open_reset handshake_aborted "
                        "gave_up data_after_close idle_reset aborted",
    ("reset", "stage"): "post_syn post_ack post_psh later",
    ("retransmit", "kind"): "window_probe spurious pmtu rto fast tlp unknown",
    ("connection", "end"): "fin reset timeout idle evicted reused eof",
    ("connection", "side"): "originator responder router",
    ("connection", "state"): "S0 S1 SF REJ S2 S3 RSTO RSTR RSTOS0 RSTRH SH SHR OTH",
    ("alert", "state"): "raised cleared",
    ("events_lost", "where"): "ring table writer",
}
SUSPECTS = set("ttl ip_id seq_not_next seq_out_of_window bad_ack sender_kept_talking repeated_with_other_seq "
               "faster_than_rtt payload tcp_options_absent".split())
wrong = []


def complain(number, what):
    wrong.append(f"line {number}: {what}")


def community_id(r):
    """Version 1, seed 0, as its specification says."""
    a, b = (ipaddress.ip_address(r[f"{s}_addr"]).packed for s in ("orig", "resp"))
    p, q = r["orig_port"], r["resp_port"]
    if (a, p) > (b, q):
        a, b, p, q = b, a, q, p
    data = b"\0\0" + a + b + b"\6\0" + p.to_bytes(2, "big") + q.to_bytes(2, "big")
    return "1:" + base64.b64encode(hashlib.sha1(data).digest()).decode()


def on_loopback(r):
    """Both ends are this host: no side is its own."""
    return ipaddress.ip_address(r["orig_addr"]).is_loopback


def check_line(number, text, r):
    event = r.get("event")
    if event not in OF_A_CONNECTION and event not in OTHERS:
        complain(number, f"unknown event {event}")
        return
    if not TS.match(r.get("ts", "")):
        complain(number, f"ts {r.get('ts')}")
    for field in OF_A_CONNECTION.get(event, ()) + OTHERS.get(event, ()):
        if field not in r:
            complain(number, f"{event} without {field}")
    if event == "reset" and "stage" not in r and r.get("cause") != "no_connection":
        complain(number, "reset without stage")
    if event == "connection" and "side" not in r and not on_loopback(r):
        complain(number, "connection without side")
    if event in OF_A_CONNECTION:
        for field in ("conn", "community_id") + TUPLE:
            if field not in r:
                complain(number, f"{event} without {field}")
    if all(f in r for f in TUPLE) and r.get("community_id") != community_id(r) and "icmp_id" not in r:
        complain(number, f"community_id {r.get('community_id')}, should be {community_id(r)}")
    for (e, field), words in WORDS.items():
        if e == event and field in r and r[field] not in words.split():
            complain(number, f"{event}: {field} is {r[field]}")
    for field in DURATIONS:
        if field in r and not re.search(rf'"{field}":\s*\d+\.\d{{9}}[,}}]', text):
            complain(number, f"{event}: {field} has not nine decimals")
    if not set(r.get("suspect", [])) <= SUSPECTS or r.get("suspect") == []:
        complain(number, f"suspect {r['suspect']}")
    if ("forged" in r) != ("suspect" in r) or r.get("forged", "low") not in ("low", "medium", "high"):
        complain(number, f"forged {r.get('forged')} with suspect {r.get('suspect')}")
    if event == "connection":
        check_final(number, r)


def check_final(number, r):
    budget = {k: v for k, v in r.items() if k.startswith("time_")}
    if budget and abs(sum(budget.values()) - r["duration"]) > 1e-8:
        complain(number, f"time budget {sum(budget.values())}, duration {r['duration']}")
    for side in ("orig", "resp"):
        for less, more in (("data_segments", "packets"), ("retransmits", "packets"), ("spurious", "retransmits")):
            if r.get(f"{side}_{less}", 0) > r.get(f"{side}_{more}", 0):
                complain(number, f"{side}_{less} {r[f'{side}_{less}']} > {side}_{more} {r[f'{side}_{more}']}")
        # a FIN that is sent again takes a sequence number, and is no payload
        if r.get(f"{side}_retransmit_bytes", 0) > r[f"{side}_bytes"] + r.get(f"{side}_retransmits", 0):
            complain(number, f"{side}_retransmit_bytes {r[f'{side}_retransmit_bytes']} > {side}_bytes {r[f'{side}_bytes']}")
        if any(c.isupper() == (side == "orig") for c in r["history"] if c.isalpha()) and \
                not r.get(f"{side}_packets"):
            complain(number, f"history {r['history']}, but no packets from {side}")


def check_connections(lines, killed, lossy):
    finals, told, tuples = {}, {}, {}
    for number, r in lines:
        conn, event = r.get("conn"), r["event"]
        if not conn:
            continue
        if all(f in r for f in TUPLE):
            tuples.setdefault(conn, set()).add(tuple(sorted(((r["orig_addr"], r["orig_port"]),
                                                             (r["resp_addr"], r["resp_port"])))))
        if event == "connection":
            if conn in finals:
                complain(number, f"second final record of {conn}")
            finals[conn] = r
            continue
        seen = told.setdefault(conn, {})
        seen[event] = seen.get(event, 0) + 1
        if event in ("syn", "established", "connect_timeout") and seen[event] > (3 if event == "connect_timeout" else 1):
            complain(number, f"{event} of {conn} told {seen[event]} times")
    for conn, t in tuples.items():
        if len(t) > 1:
            complain(0, f"{conn} has several tuples: {t}")
    if killed:
        return
    for conn in told:
        if conn not in finals and not lossy:
            complain(0, f"no final record of {conn}: {told[conn]}")


def check_sums(lines, lossy):
    stops = [r for _, r in lines if r["event"] == "capture_stopped"]
    if len(stops) != 1 or lines[-1][1]["event"] != "capture_stopped":
        complain(0, f"{len(stops)} capture_stopped, last line {lines[-1][1]['event']}")
        return
    s = stops[0]
    if s["packets"] != s["judged"] + sum(s.get("skipped", {}).values()):
        complain(0, f"{s['packets']} packets are not {s['judged']} judged and {s.get('skipped')} skipped")
    if "emitted" in s and s["emitted"] != s.get("logged", 0) + s.get("lost_writer", 0) and lossy != "any":
        pass  # what exactly adds up is looked at by test_overrun and test_disk_full
    if not lossy and any(s.get(k) for k in ("lost_ring", "lost_table", "lost_writer")):
        complain(0, f"lost: {s}")


def main(path, *flags):
    killed, lossy = "killed" in flags, "lossy" in flags
    lines = []
    with open(path, encoding="utf-8") as f:
        for number, text in enumerate(f, 1):
            try:
                r = json.loads(text)
                lines.append((number, r))
                check_line(number, text, r)
            except (ValueError, AttributeError, KeyError, TypeError) as e:
                if not (killed and not text.endswith("\n")):
                    complain(number, f"{e!r}: {text[:120]}")
    if not lines or lines[0][1].get("event") != "capture_started":
        complain(1, "does not begin with capture_started")
    check_connections(lines, killed, lossy)
    if not killed:
        check_sums(lines, lossy)
    print("\n".join(wrong[:50]))
    return bool(wrong)


sys.exit(main(*sys.argv[1:]))
