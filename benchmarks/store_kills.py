"""Kill a server that keeps its sandboxes while clients write, and see what its store has then.

    python benchmarks/store_kills.py [--kills N] [--clients N] [--seed N] [--answers-first]

A server with a store in a fresh folder is a process of its own. Clients on a thread each add to
the stock of a product of their own; each such write is two records, the adjustment and the
product. The server is killed (SIGKILL): once at every step of a write to the store, which the
store tells, and then N times at a random moment. After each kill the store is opened, and three
things are counted: answered writes that are not in it, products whose stock is not the sum of
their adjustments, and stores that do not open. All of them have to be 0; exits with 1 otherwise.

`--answers-first` is the null control: a server that answers before it commits. It has to lose
something, or the program could not see a loss; exits with 1 if it does not.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import threading
import time
import warnings
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from mock_server.app import build_server

from mock_server.apis.cliniko.models import PRODUCTS, STOCK_ADJUSTMENTS
from mock_server.discovery import Vendor, load_vendor
from mock_server.journal.journal import Journal
from mock_server.live import listen, serve
from mock_server.settings import Settings
from mock_server.state.sandboxes import Sandboxes
from mock_server.state.store import State
from mock_server.store.opening import opened_for
from mock_server.store.persistence import Persistence
from mock_server.store.protocol import Durability
from mock_server.store.sqlite import SqliteStore

#: The longest that a server may take to be killed, in seconds.
_PATIENCE = 60.0
_SANDBOX, _COMMENT = "test-kill", "by a client that was killed"
#: Servers are forked from a process that has one thread: a fork of this one has its threads' locks,
#: but not the threads.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["benchmarks.store_kills"])


@dataclass
class Outcome:
    """What was counted over all kills."""

    kills: int = 0
    answered: int = 0
    lost: int = 0
    halves: int = 0
    unopened: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was wrong."""
        return not (self.lost or self.halves or self.unopened)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.answered} answered writes: {self.lost} lost, "
            f"{self.halves} half changes, {len(self.unopened)} stores that do not open"
        )


@dataclass(frozen=True)
class Server:
    """How a server serves a folder, and what is wrong with it.

    It kills itself at `step` of its writes to the store, counted from 1. With `answers_first` its
    answers leave before what they say is written: the defect that has to be seen.
    """

    api: str
    folder: Path
    durability: Durability = "process"
    step: int | None = None
    answers_first: bool = False

    def serve(self, connection: Connection) -> None:
        """Serve, in a process of its own, after the port was sent."""
        settings = Settings(data=self.folder, durability=self.durability)
        server = build_server(settings=settings, vendors=[load_vendor(self.api)])
        if self.step is not None:
            server.persistence.store.step = _Killer(self.step)
        if self.answers_first:
            _let_answers_go_first(server.persistence)
        listener = listen("127.0.0.1", 0)
        connection.send(listener.getsockname()[1])
        serve(server, listener)


class _Killer:
    """Kills its process when it was called so often."""

    def __init__(self, left: int) -> None:
        self._left = left

    def __call__(self, _: str) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _let_answers_go_first(persistence: Persistence) -> None:
    async def saved() -> None:
        persistence._write_later()  # noqa: SLF001 - a defect that is planted

    persistence._saved = saved  # noqa: SLF001 - a defect that is planted


def killed(server: Server, outcome: Outcome, *, clients: int, seconds: float | None = None) -> None:
    """Serve, let clients write, kill the server so long after an answer, and count.

    Without `seconds` it kills itself. Raises RuntimeError if it does not.
    """
    receiver, sender = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=server.serve, args=(sender,), daemon=True)
    process.start()
    sender.close()
    port = receiver.recv()
    receiver.close()
    answered = [0] * clients
    threads = [
        threading.Thread(target=_write, args=(port, number, answered)) for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    if seconds is not None:
        end = time.monotonic() + _PATIENCE
        while not any(answered) and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(seconds)
        process.kill()
    for thread in threads:
        thread.join()
    process.join(_PATIENCE)
    ended = process.exitcode
    process.kill()
    process.join()
    process.close()
    if ended != -signal.SIGKILL:
        raise RuntimeError(f"the server was not killed: its exit code is {ended}")
    outcome.kills += 1
    outcome.answered += sum(answered)
    _look(load_vendor(server.api), server.folder, answered, outcome)


def _write(port: int, number: int, answered: list[int]) -> None:
    """Add to a product's stock until nobody answers any more."""
    key = base64.b64encode(f"{_SANDBOX}:".encode()).decode()
    headers = {"Authorization": f"Basic {key}", "Content-Type": "application/json"}
    product = str(number + 1)
    body = json.dumps(
        {
            "product_id": product,
            "quantity": number + 1,
            "adjustment_type": "Stock Purchase",
            "comment": _COMMENT,
        }
    )
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        while True:
            connection.request("POST", "/cliniko/v1/stock_adjustments", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 201:
                raise RuntimeError(f"{answer.status}: {text.decode()}")
            answered[number] += 1
    except (OSError, http.client.HTTPException):
        return
    finally:
        connection.close()


def _look(vendor: Vendor, folder: Path, answered: list[int], outcome: Outcome) -> None:
    """Count what is wrong in a folder, and empty it."""
    sandboxes = Sandboxes(lambda *_: State(), Journal)
    try:
        persistence = opened_for(SqliteStore(folder), sandboxes, [vendor])
        state = sandboxes.find(_SANDBOX).committed if _SANDBOX in persistence.names() else State()
    except Exception as problem:  # noqa: BLE001 - whatever it is, it does not open
        outcome.unopened.append(f"{type(problem).__name__}: {problem}")
        return
    adjustments = [each for _, each in state.collection(STOCK_ADJUSTMENTS).items()]
    for index, count in enumerate(answered):
        mine = [each for each in adjustments if each.product_id == index + 1]
        made = sum(each.comment == _COMMENT for each in mine)
        product = state.collection(PRODUCTS).get(index + 1)
        stock = 0 if product is None else product.stock_level or 0
        outcome.lost += max(0, count - made)
        # One more may be there than was answered: the last one, whose answer did not get out.
        outcome.halves += stock != sum(each.quantity for each in mine) or made > count + 1
    if (sandbox := sandboxes.find(_SANDBOX)) is not None:
        sandboxes.close(sandbox.name)
    persistence.close()


def main() -> int:
    """Kill as the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=2000, help="at random moments")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--durability", choices=["process", "machine"], default="process")
    parser.add_argument("--answers-first", action="store_true", help="the null control")
    given = parser.parse_args()
    moments = random.Random(given.seed)
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(
            "cliniko", Path(folder), given.durability, answers_first=given.answers_first
        )
        run = partial(killed, outcome=outcome, clients=given.clients)
        started = time.monotonic()
        # A write has few steps, and the first ones create the sandbox; these are three writes.
        for step in range(0 if given.answers_first else 20):
            run(replace(server, step=step + 1))
        print(f"at every step: {outcome}", flush=True)
        for number in range(given.kills):
            run(server, seconds=moments.uniform(0, 0.2))
            if number % 100 == 99:
                print(f"{time.monotonic() - started:.0f} s: {outcome}", flush=True)
    print(outcome)
    for problem in outcome.unopened[:10]:
        print(problem)
    return 0 if outcome.clean != given.answers_first else 1


if __name__ == "__main__":
    sys.exit(main())
