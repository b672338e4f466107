#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""journald.py SOCKET [deaf]: takes what programs send to the systemd journal in its native protocol, and prints one JSON object
an entry, each value a list. "deaf": never reads."""
import json
import os
import socket
import struct
import sys
import time


def fields(data):
    entry = {}
    while data:
        end = data.index(b"\n")
        name, equals, value = data[:end].partition(b"=")
        data = data[end + 1:]
        if not equals:
            size, = struct.unpack("<Q", data[:8])
            value, data = data[8:8 + size], data[9 + size:]
        entry.setdefault(name.decode(), []).append(value.decode())
    return entry


sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sock.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
print("ready", flush=True)
while True:
    if sys.argv[2:]:
        time.sleep(1)
        continue
    print(json.dumps(fields(sock.recv(1 << 20))), flush=True)
