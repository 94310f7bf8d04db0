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
import os
import random
import signal
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from mock_server.app import build_server

from mock_server.apis.cliniko.models import PRODUCTS, STOCK_ADJUSTMENTS
from mock_server.discovery import Vendor, load_vendors
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
#: What is done to a server in its process before it serves.
Preparation = Callable[[Persistence], object]


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


def at_step(number: int) -> Preparation:
    """Let the process be killed at a step of its writes to the store, counted from 1."""

    def prepare(persistence: Persistence) -> None:
        left = number

        def step(_: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        persistence.store.step = step

    return prepare


def answers_first(persistence: Persistence) -> None:
    """Let answers leave before what they say is written: the defect that has to be seen."""

    async def saved() -> None:
        persistence._write_later()  # noqa: SLF001 - a defect that is planted

    persistence._saved = saved  # noqa: SLF001 - a defect that is planted


def nothing(_: Persistence) -> None:
    """Leave the server as it is."""


def killed(
    vendor: Vendor,
    folder: Path,
    outcome: Outcome,
    *,
    clients: int,
    seconds: float | None = None,
    prepare: Preparation = nothing,
    durability: Durability = "process",
) -> None:
    """Serve a folder, let clients write, kill the server so long after an answer, and count.

    Without `seconds` it is killed by what it was prepared with.
    """
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    child = os.fork()
    if child == 0:
        try:
            settings = Settings(data=folder, durability=durability)
            server = build_server(settings=settings, vendors=[vendor])
            prepare(server.persistence)
            serve(server, listener)
        except BaseException:  # noqa: BLE001 - nothing of the parent's may go on in the child
            traceback.print_exc()
        os._exit(3)
    listener.close()
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
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    for thread in threads:
        thread.join()
    if not os.WIFSIGNALED(status):
        raise RuntimeError("the server ended by itself")
    outcome.kills += 1
    outcome.answered += sum(answered)
    _look(vendor, folder, answered, outcome)


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
    vendor = load_vendors(["cliniko"])[0]
    outcome = Outcome()
    prepare = answers_first if given.answers_first else nothing
    run = partial(killed, vendor, clients=given.clients, durability=given.durability)
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        # A write has few steps, and the first ones create the sandbox; these are three writes.
        for step in range(0 if given.answers_first else 20):
            run(Path(folder), outcome, prepare=at_step(step + 1))
        print(f"at every step: {outcome}", flush=True)
        for number in range(given.kills):
            run(Path(folder), outcome, seconds=moments.uniform(0, 0.2), prepare=prepare)
            if number % 100 == 99:
                print(f"{time.monotonic() - started:.0f} s: {outcome}", flush=True)
    print(outcome)
    for problem in outcome.unopened[:10]:
        print(problem)
    return 0 if outcome.clean != given.answers_first else 1


if __name__ == "__main__":
    sys.exit(main())
