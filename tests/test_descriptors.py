"""A server whose process can open no more connections says so, and answers again later."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress

import pytest

pytest.importorskip("resource")

LIMIT = 48
SERVER = """
import logging, resource, sys
from mock_server.live import Server, listen, server_config

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})

logging.basicConfig(format="%(message)s")
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[2]),) * 2)
listener = listen("127.0.0.1", 0)
print(listener.getsockname()[1], flush=True)
Server(server_config(app, loop=sys.argv[1], lifespan="off")).run(sockets=[listener])
"""


def _status(port):
    """The status that a fresh connection gets, 0 for none."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        answer = connection.recv(4096)
        return int(answer.split()[1]) if answer else 0
    return 0


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_used_up_descriptors_are_reported_once_and_the_server_recovers(loop):
    if loop == "uvloop":
        pytest.importorskip("uvloop")
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, loop, str(LIMIT)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": ""},
    )
    try:
        port = int(process.stdout.readline())
        deadline = time.monotonic() + 60
        while _status(port) != 204 and time.monotonic() < deadline:
            time.sleep(0.1)
        with ExitStack() as idle:
            for _ in range(2 * LIMIT):
                idle.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            time.sleep(0.5)
        while (status := _status(port)) != 204 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert status == 204
    finally:
        process.terminate()
        _, log = process.communicate(timeout=60)
    (line,) = log.splitlines()
    assert line.startswith(f"all of the {LIMIT} files and connections")
