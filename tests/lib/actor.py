#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Small TCP actors: real stacks that do what a script says.

  actor.py serve ADDR PORT [-n CONNECTIONS] [-b BACKLOG] [-w FILE] [OPTION…] STEP…     says "ready" when it listens
                                          -b: how many may wait; -w: accepts nothing before FILE exists
  actor.py connect ADDR PORT [-c PARALLEL] [-f ADDR:PORT] [-w FILE] [OPTION…] STEP…
                                          -f: from there; -w: says "ready", and connects when FILE exists

Each connection walks through the steps; a server does so for each that it accepts and ends after -n
of them. When a connection is over, one line says how: "ok", or the name of the errno and the step.

  send:N          N bytes (until they are handed to the kernel)     recv:N    exactly N bytes
  eof             reads until the peer has sent FIN                 shut      FIN, reading goes on
  close           close()                                          abort     close() with SO_LINGER 0
  vanish          the socket is gone and no packet says so, as after a crash
  sleep:S         does nothing                                     idle      does nothing until the peer's FIN or RST
  fill            writes until nothing can be written for 0.3 s    echo      sends back what comes until FIN
  wait:FILE       until FILE exists                                touch:FILE
  times:N         the steps after it N times (up to a step "end", which is needed)
  until:FILE      the same until FILE exists

Options, set before connect() or listen(): nodelay, keepalive:IDLE,INTERVAL,COUNT, rcvbuf:N, sndbuf:N, mss:N,
ipopts:HEX, usertimeout:MS, md5:PEER (signs what goes to and comes from that address), timestamps are the host's. They stand before the steps, in any order.
"""
import asyncio
import errno
import os
import socket
import struct
import sys

BLOCK = bytes(range(256)) * 256


def set_option(sock, word):
    name, _, value = word.partition(":")
    tcp = socket.IPPROTO_TCP
    if name == "nodelay":
        sock.setsockopt(tcp, socket.TCP_NODELAY, 1)
    elif name == "keepalive":
        idle, interval, count = map(int, value.split(","))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(tcp, socket.TCP_KEEPIDLE, idle)
        sock.setsockopt(tcp, socket.TCP_KEEPINTVL, interval)
        sock.setsockopt(tcp, socket.TCP_KEEPCNT, count)
    elif name == "rcvbuf":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(value))
    elif name == "sndbuf":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, int(value))
    elif name == "mss":
        sock.setsockopt(tcp, socket.TCP_MAXSEG, int(value))
    elif name == "ipopts":
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, bytes.fromhex(value))
    elif name == "usertimeout":
        sock.setsockopt(tcp, 18, int(value))
    elif name == "md5":
        peer = struct.pack("=HH4s", socket.AF_INET, 0, socket.inet_aton(value))
        sock.setsockopt(tcp, 14, struct.pack("=128sBBHi80s", peer, 0, 0, 6, 0, b"secret"))  # struct tcp_md5sig
    else:
        return False
    return True


class Walk:
    """One connection on its way through the steps."""

    def __init__(self, sock):
        self.sock = sock
        self.loop = asyncio.get_running_loop()

    async def send(self, n):
        while n > 0:
            await self.loop.sock_sendall(self.sock, BLOCK[:min(n, len(BLOCK))])
            n -= min(n, len(BLOCK))

    async def recv(self, n):
        while n > 0:
            got = await self.loop.sock_recv(self.sock, min(n, 1 << 18))
            if not got:
                raise EOFError
            n -= len(got)

    async def eof(self):
        while await self.loop.sock_recv(self.sock, 1 << 18):
            pass

    async def idle(self):
        try:
            await self.eof()
        except OSError:
            pass

    async def echo(self):
        while data := await self.loop.sock_recv(self.sock, 1 << 18):
            await self.loop.sock_sendall(self.sock, data)

    async def fill(self):
        quiet = 0
        while quiet < 15:
            try:
                self.sock.send(BLOCK)
                quiet = 0
            except BlockingIOError:
                quiet += 1
                await asyncio.sleep(0.02)

    async def step(self, word):
        name, _, value = word.partition(":")
        if name in ("send", "recv"):
            await getattr(self, name)(int(value))
        elif name in ("eof", "idle", "echo", "fill"):
            await getattr(self, name)()
        elif name == "shut":
            self.sock.shutdown(socket.SHUT_WR)
        elif name == "close":
            self.sock.close()
        elif name == "abort":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.sock.close()
        elif name == "vanish":
            self.sock.setsockopt(socket.IPPROTO_TCP, 19, 1)  # TCP_REPAIR
            self.sock.close()
        elif name == "sleep":
            await asyncio.sleep(float(value))
        elif name == "wait":
            while not os.path.exists(value):
                await asyncio.sleep(0.01)
        elif name == "touch":
            open(value, "w").close()
        else:
            raise SystemExit(f"actor: unknown step {word}")

    async def all(self, steps):
        step = "connect"
        try:
            at = 0
            while at < len(steps):
                step = steps[at]
                if step.startswith("times:"):
                    end = steps.index("end", at)
                    for _ in range(int(step[6:])):
                        for step in steps[at + 1:end]:
                            await self.step(step)
                    at = end
                elif step.startswith("until:"):
                    end, file = steps.index("end", at), step[6:]
                    while not os.path.exists(file):
                        for step in steps[at + 1:end]:
                            await self.step(step)
                    at = end
                else:
                    await self.step(step)
                at += 1
            say("ok")
        except (OSError, EOFError) as e:
            code = getattr(e, "errno", None)
            say(f"{errno.errorcode.get(code, 'EOF')} {step}")
        finally:
            self.sock.close()


def say(text):
    print(text, flush=True)


async def serve(addr, port, count, backlog, start, options, steps):
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for word in options:
        set_option(listener, word)
    listener.bind((addr, port))
    listener.listen(backlog)
    listener.setblocking(False)
    say("ready")
    while start and not os.path.exists(start):
        await asyncio.sleep(0.01)
    loop = asyncio.get_running_loop()
    walks = set()
    while count != 0:
        sock, _ = await loop.sock_accept(listener)
        sock.setblocking(False)
        task = asyncio.create_task(Walk(sock).all(steps))
        walks.add(task)
        task.add_done_callback(walks.discard)
        count -= 1
    listener.close()
    await asyncio.gather(*walks)


async def connect_one(addr, port, source, options, steps):
    sock = socket.socket(socket.AF_INET6 if ":" in addr else socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setblocking(False)
    for word in options:
        set_option(sock, word)
    try:
        if source:
            host, _, sport = source.rpartition(":")
            sock.bind((host, int(sport)))
        await asyncio.get_running_loop().sock_connect(sock, (addr, port))
    except OSError as e:
        say(f"{errno.errorcode.get(e.errno, e)} connect")
        sock.close()
        return
    await Walk(sock).all(steps)


async def connect(addr, port, parallel, source, start, options, steps):
    if start:
        say("ready")
    while start and not os.path.exists(start):
        await asyncio.sleep(0.005)
    await asyncio.gather(*(connect_one(addr, port, source, options, steps) for _ in range(parallel)))


def is_option(word):
    return word.partition(":")[0] in ("nodelay", "keepalive", "rcvbuf", "sndbuf", "mss", "ipopts",
                                      "usertimeout", "md5")


def main(args):
    what, addr, port, rest = args[0], args[1], int(args[2]), args[3:]
    flags = {"-n": "-1", "-b": "4096", "-c": "1", "-f": "", "-w": ""}
    while rest and rest[0] in flags:
        flags[rest[0]] = rest[1]
        rest = rest[2:]
    options = [w for w in rest if is_option(w)]
    steps = [w for w in rest if not is_option(w)]
    if what == "serve":
        asyncio.run(serve(addr, port, int(flags["-n"]), int(flags["-b"]), flags["-w"], options, steps))
    else:
        asyncio.run(connect(addr, port, int(flags["-c"]), flags["-f"], flags["-w"], options, steps))


main(sys.argv[1:])
