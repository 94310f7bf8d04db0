"""A server to attack, in a process of its own: what it is sent, and what that costs it."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

#: Seconds of processor time after which an attack is ended, and memory in MiB.
MOST_SECONDS, MOST_MEMORY = 20.0, 900.0
#: Seconds that a start may take on a machine that does much else.
_START = 120.0
_URL = re.compile(rb"http://127\.0\.0\.1:([0-9]+)")
CONTROL = "/_mock/sandboxes"
JSON = {"Content-Type": "application/json"}


class Stopped(Exception):
    """The attack has cost the server more than anything should; the message says how much."""


def key(name: str) -> dict[str, str]:
    """Return the header that presents a key to Cliniko."""
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:".encode()).decode()}


class Victim:
    """A running server of one checkout; its `folder` has an environment in `.venv`."""

    def __init__(self, folder: Path, log: Path, options: tuple[str, ...], descriptors: int) -> None:
        self.log = log
        command = [str(folder / ".venv/bin/python"), "-m", "mock_server", "serve", "--port", "0"]
        if descriptors:
            command = ["prlimit", f"--nofile={descriptors}:{descriptors}", *command]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, *options],
                cwd=folder,
                stdout=output,
                stderr=output,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                # A terminal's Ctrl-C is for the program that attacks.
                start_new_session=True,
            )
        self.port = 0
        self.started = 0.0
        self.idle = 0.0

    def __enter__(self) -> Self:
        deadline = time.monotonic() + _START
        while self.port == 0:
            found = _URL.search(self.log.read_bytes())
            if found is not None:
                self.port = int(found[1])
            elif self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError(f"no server: {self.text().strip()[-300:]}")
            time.sleep(0.05)
        # What is made for the first call of each API is no part of an attack.
        self.get("/cliniko/v1/products/1", "test-first")
        self.call("GET", CONTROL)
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()

    def text(self) -> str:
        """Return what it has logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def begin(self) -> None:
        """Count from here."""
        self.started, self.idle = self.processor(), self.memory()

    def processor(self) -> float:
        """Return the seconds of processor time that it has used, of all its threads."""
        total = 0
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            with suppress(OSError):  # the thread has ended
                total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def memory(self) -> float:
        """Return its resident memory, in MiB."""
        fields = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

    @property
    def spent(self) -> float:
        """The processor time since `begin`."""
        return self.processor() - self.started

    @property
    def grown(self) -> float:
        """The memory since `begin`."""
        return self.memory() - self.idle

    def check(self) -> None:
        """Raise Stopped if the attack has cost too much."""
        if self.process.poll() is not None:
            raise Stopped(f"it ended with {self.process.returncode}")
        if self.spent > MOST_SECONDS:
            raise Stopped(f"stopped after {self.spent:.0f} s")
        if self.grown > MOST_MEMORY:
            raise Stopped(f"stopped at {self.grown:.0f} MiB")

    def connect(self) -> socket.socket:
        """Return a connection to it."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        connection.settimeout(1)
        return connection

    def call(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> tuple[int, bytes, dict[str, str]]:
        """Return status, body and headers of an answer; raises Stopped rather than wait on."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request(method, target, body, dict(headers or {}))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has refused the rest, and its answer says why
        except TimeoutError:
            self.check()
        try:
            answer = self._answer(connection)
            return answer.status, self._content(answer), dict(answer.getheaders())
        except (ConnectionError, http.client.HTTPException):
            return 0, b"", {}
        finally:
            connection.close()
            self.check()

    def _answer(self, connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
        # Waits as long as the server works: a busy machine is no fault of it.
        assert connection.sock is not None
        while True:
            try:
                connection.sock.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                self.check()
            else:
                connection.sock.settimeout(60)
                return connection.getresponse()

    def _content(self, answer: http.client.HTTPResponse) -> bytes:
        return answer.read()

    def get(self, target: str, name: str) -> int:
        """Return the status of a read of Cliniko's."""
        return self.call("GET", target, key(name))[0]

    def send(self, method: str, target: str, value: Any, **headers: str) -> int:
        """Return the status of a call with a JSON body."""
        return self.call(method, target, {**JSON, **headers}, json.dumps(value).encode())[0]

    def raw(self, content: bytes, seconds: float = 8.0) -> str:
        """Return the status line that answers bytes on a socket, or why there is none."""
        with self.connect() as connection:
            connection.settimeout(60)
            with suppress(OSError):
                connection.sendall(content)
            connection.settimeout(1)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                try:
                    answer = connection.recv(4096)
                except TimeoutError:
                    self.check()
                except ConnectionError:
                    return "closed"
                else:
                    return answer.split(b"\r\n")[0].decode("latin-1")[9:12] or "closed"
        return f"open after {seconds:.0f} s"

    def stop(self, how: signal.Signals) -> str:
        """Send a signal, and return how it ended."""
        self.process.send_signal(how)
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            return "did not end"
        traceback = ", with a traceback" if "Traceback" in self.text() else ""
        return f"exit {code}{traceback}"


@contextmanager
def following(victim: Victim, name: str) -> Iterator[socket.socket]:
    """Follow a sandbox's journal; what comes is read only by whoever gets the connection."""
    with victim.connect() as connection:
        target = f"{CONTROL}/{name}/events?follow=true"
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        connection.recv(4096)
        yield connection
