"""What interception costs: a start beside `serve`, a call through the proxy beside one without.

    python benchmarks/proxy.py [--rounds 7] [--calls 400]

Prints the median of each, alternating in one run: seconds of processor time that a command takes
until the first word of a served address or of the program that is run (Linux only), and
milliseconds of processor time of a call, client and server together, on kept connections. Ends with
1 if a bound is broken.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import ssl
import subprocess
import sys
import time
from base64 import b64encode
from pathlib import Path
from statistics import median

from mock_server.app import build_server
from mock_server.interception.certificates import Authority
from mock_server.interception.gateway import Gateway

START_UP_SECONDS, CALL_MILLISECONDS = 0.3, 0.5
HOST = "api.au1.cliniko.com"
HEADERS = {"Authorization": f"Basic {b64encode(b'test:').decode()}"}
PATH = "/v1/products?per_page=20"
SERVE = ["serve", "--port", "0"]
RUN = ["run", "--quiet", "--", "echo", "ready"]


def seconds_to_first_line(arguments: list[str]) -> float:
    """How much processor time a command takes, without its program's, until there is a line."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "mock_server", *arguments],
        stdout=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        status = Path(f"/proc/{process.pid}/stat").read_text()
        process.kill()
        process.stdout.read()
    # Behind the name, in parentheses, the third field comes first; the 14th and 15th are the times.
    fields = status.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def milliseconds_a_call(connection: http.client.HTTPConnection, path: str, calls: int) -> float:
    """How much processor time of this process a call takes, on average."""
    started = time.process_time()
    for _ in range(calls):
        connection.request("GET", path, headers=HEADERS)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
    return (time.process_time() - started) / calls * 1000


def main() -> int:
    """Measure, print, and compare with the bounds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=400)
    options = parser.parse_args()

    starts: dict[str, list[float]] = {"serve": [], "run": []}
    for _ in range(options.rounds):
        starts["serve"].append(seconds_to_first_line(SERVE))
        starts["run"].append(seconds_to_first_line(RUN))

    authority = Authority.new()
    trust = ssl.create_default_context(cadata=authority.certificate_pem.decode())
    calls: dict[str, list[float]] = {"direct": [], "proxied": []}
    with Gateway(build_server(), authority) as gateway:
        direct = http.client.HTTPConnection("127.0.0.1", gateway.proxy_port)
        proxied = http.client.HTTPSConnection("127.0.0.1", gateway.proxy_port, context=trust)
        proxied.set_tunnel(HOST)
        for number in range(options.rounds + 1):
            figures = {
                "direct": milliseconds_a_call(direct, f"/cliniko{PATH}", options.calls),
                "proxied": milliseconds_a_call(proxied, PATH, options.calls),
            }
            if number:  # the first round warms up
                for name, figure in figures.items():
                    calls[name].append(figure)
        direct.close()
        proxied.close()

    added = median(run - serve for serve, run in zip(starts["serve"], starts["run"], strict=True))
    more = median(one - other for one, other in zip(calls["proxied"], calls["direct"], strict=True))
    print(
        json.dumps(
            {
                "serve_seconds": round(median(starts["serve"]), 3),
                "run_seconds": round(median(starts["run"]), 3),
                "run_adds_seconds": round(added, 3),
                "direct_ms": round(median(calls["direct"]), 3),
                "proxied_ms": round(median(calls["proxied"]), 3),
                "proxy_adds_ms": round(more, 3),
                "proxied_to_direct": round(median(calls["proxied"]) / median(calls["direct"]), 2),
            },
            indent=1,
        )
    )
    return int(added > START_UP_SECONDS or more > CALL_MILLISECONDS)


if __name__ == "__main__":
    sys.exit(main())
