#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""scrape.py URL [SECONDS]: prints the page; the exit status is 0 for 200, 1 for another one, 2 when nobody answered."""
import sys
import urllib.error
import urllib.request

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    with opener.open(sys.argv[1], timeout=float((sys.argv[2:] or ["10"])[0])) as answer:
        sys.stdout.write(answer.read().decode())
except urllib.error.HTTPError as e:
    sys.stdout.write(f"{e.code} {e.read().decode()}")
    sys.exit(1)
except OSError as e:
    print(e)
    sys.exit(2)
