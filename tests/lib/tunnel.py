#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A tunnel without Ethernet: tunnel.py NETNS1 NAME1 NETNS2 NAME2 makes a tun device in each namespace and
carries packets between them until it is ended. Says "ready" when both are there."""
import ctypes
import fcntl
import os
import select
import struct
import sys

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454ca
IFF_TUN, IFF_NO_PI = 1, 0x1000


def open_tun(netns, name):
    ns = os.open(f"/run/netns/{netns}", os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).setns(ns, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), f"setns {netns}")
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22s", name.encode(), IFF_TUN | IFF_NO_PI, b""))
    os.close(ns)
    return fd


a, b = open_tun(sys.argv[1], sys.argv[2]), open_tun(sys.argv[3], sys.argv[4])
print("ready", flush=True)
other = {a: b, b: a}
while True:
    for fd in select.select([a, b], [], [])[0]:
        try:
            os.write(other[fd], os.read(fd, 65536))
        except OSError:
            pass  # one end is down: a tunnel loses packets then
