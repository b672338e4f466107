#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""tcx.py IFACE: the ids of the programs attached there by tcx, asked of the kernel itself, for Debian 12's bpftool
does not know tcx. A line each, "ingress ID" or "egress ID"; nothing on kernels without tcx (before 6.6)."""
import ctypes
import errno
import socket
import struct
import sys

BPF_PROG_QUERY, SYS_BPF = 16, {"x86_64": 321, "aarch64": 280}
libc = ctypes.CDLL(None, use_errno=True)


def query(ifindex, attach_type):
    ids = (ctypes.c_uint32 * 64)()
    # target_ifindex, attach_type, query_flags, attach_flags, prog_ids, count, pad, prog_attach_flags, links, …
    attr = ctypes.create_string_buffer(struct.pack("<IIIIQII3QQ", ifindex, attach_type, 0, 0, ctypes.addressof(ids),
                                                   64, 0, 0, 0, 0, 0), 72)
    if libc.syscall(SYS_BPF[__import__("platform").machine()], BPF_PROG_QUERY, attr, 64):
        if ctypes.get_errno() == errno.EINVAL:
            return []
        raise OSError(ctypes.get_errno(), "BPF_PROG_QUERY")
    return list(ids)[:struct.unpack_from("<I", attr, 24)[0]]


for name, number in (("ingress", 46), ("egress", 47)):
    for prog in query(socket.if_nametoindex(sys.argv[1]), number):
        print(name, prog)
