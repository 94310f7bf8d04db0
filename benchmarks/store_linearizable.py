"""Hold a server of several processes to one order of its calls, while processes are killed.

    python benchmarks/store_linearizable.py [--operations N] [--clients N] [--workers N]
        [--data DIR|URL] [--kills-every SECONDS] [--seed N]

Clients on a thread each add to the stock of products, and read it, through any process of
`mock-server serve --workers`; a worker is killed (SIGKILL) every so often, and begun again by the
server. For each product there has to be an order of its calls, in which each is between its
beginning and its end, and each read has what the additions before it come to: the calls are
linearizable. A call without an answer may have happened at any time after it began, or never. The
search is that of Wing and Gong, with Lowe's memory of what was tried (Lowe, "Testing for
linearizability", 2017). Prints how many calls there were; exits with 1 if a product has no order.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

_SANDBOX = "test-order"
#: A product has so many calls at most, so that the search for their order stays small.
_OF_PRODUCT = 200
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Operation:
    """A call of a record: an addition of `amount`, or a read that has `found`.

    It is from `began` to `ended` (seconds), which is infinite if there was no answer.
    """

    began: float
    ended: float
    amount: int = 0
    found: int | None = None

    def after(self, state: int) -> int | None:
        """Return what a record comes to with it, None if it cannot be there."""
        if self.found is not None and self.found != state:
            return None
        return state + self.amount


def has_order(operations: Iterable[Operation], state: int) -> bool:
    """Say whether there is an order of a record's calls, which has `state` before them."""
    calls: Sequence[Operation] = sorted(operations, key=lambda each: each.began)
    needed = sum(1 << number for number, each in enumerate(calls) if each.ended < math.inf)
    waiting, seen = [(0, state)], {(0, state)}
    while waiting:
        done, value = waiting.pop()
        if done & needed == needed:
            return True
        # The next one begins before the end of each of those that are left.
        end = math.inf
        left = []
        for number, call in enumerate(calls):
            if done >> number & 1:
                continue
            if call.began > end:
                break
            end = min(end, call.ended)
            left.append((number, call))
        for number, call in left:
            if call.began > end:
                continue
            after = call.after(value)
            reached = (done | 1 << number, after)
            if after is not None and reached not in seen:
                seen.add(reached)
                waiting.append((reached[0], after))
    return False


@dataclass
class History:
    """The calls of each record."""

    calls: dict[int, list[Operation]] = field(default_factory=lambda: defaultdict(list))

    @property
    def unanswered(self) -> int:
        """How many calls had no answer."""
        return sum(each.ended == math.inf for calls in self.calls.values() for each in calls)

    def __len__(self) -> int:
        return sum(map(len, self.calls.values()))

    def without_order(self) -> list[int]:
        """Return the records whose calls have no order."""
        return [record for record, calls in self.calls.items() if not has_order(calls, 0)]


class _Caller:
    """Calls a server on one connection, made anew when it is cut."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: http.client.HTTPConnection | None = None
        key = base64.b64encode(f"{_SANDBOX}:".encode()).decode()
        self._headers = {"Authorization": f"Basic {key}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: object = None) -> dict[str, object] | None:
        """Return what is answered, None if nothing is, or that it could not be."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=_PATIENCE
            )
        content = None if body is None else json.dumps(body)
        try:
            self._connection.request(method, path, content, self._headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return None
        if answer.status == http.client.SERVICE_UNAVAILABLE:
            return None
        if answer.status not in {200, 201}:
            raise RuntimeError(f"{answer.status}: {text.decode()}")
        found: dict[str, object] = json.loads(text)
        return found

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def work(
    port: int, history: History, take: Callable[[], int | None], chance: random.Random
) -> None:
    """Call until there is no product left to `take`; two of three calls are reads."""
    caller = _Caller(port)
    while (product := take()) is not None:
        reads = chance.random() < 2 / 3
        amount = 0 if reads else chance.randint(1, 5)
        began = time.monotonic()
        if reads:
            answer = caller.call("GET", f"/v1/products/{product}")
        else:
            answer = caller.call(
                "POST",
                "/v1/stock_adjustments",
                {
                    "product_id": str(product),
                    "quantity": amount,
                    "adjustment_type": "Stock Purchase",
                },
            )
        ended = time.monotonic()
        if answer is None:
            # A read without an answer says nothing.
            if not reads:
                history.calls[product].append(Operation(began, math.inf, amount))
        elif reads:
            found = int(str(answer["stock_level"] or 0))
            history.calls[product].append(Operation(began, ended, found=found))
        else:
            history.calls[product].append(Operation(began, ended, amount))
    caller.close()


def recorded(given: argparse.Namespace, data: str) -> History:
    """Serve, call and kill as the command line says, and return what was seen."""
    server = subprocess.Popen(
        [sys.executable, "-m", "mock_server", "serve", "cliniko", "--port", "0", "-q",
         "--persona", "empty", "--data", data, "--workers", str(given.workers)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    history, chance, ended = History(), random.Random(given.seed), threading.Event()
    try:
        assert server.stdout is not None
        port = urlsplit(server.stdout.readline().strip()).port
        if port is None:
            raise RuntimeError("the server did not begin")
        setup = _Caller(port)
        products: list[int] = []
        for _ in range(-(-given.operations // _OF_PRODUCT)):
            made = None
            while made is None:
                made = setup.call("POST", "/v1/products", {"name": "Counted"})
            products.append(int(str(made["id"])))
        setup.close()
        numbers = count()

        def take() -> int | None:
            number = next(numbers)
            return products[number // _OF_PRODUCT] if number < given.operations else None

        threads = [
            threading.Thread(
                target=work, args=(port, history, take, random.Random(chance.random()))
            )
            for _ in range(given.clients)
        ]
        killer = threading.Thread(target=_kill, args=(server.pid, given.kills_every, ended))
        for thread in (killer, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        ended.set()
        killer.join()
    finally:
        ended.set()
        server.terminate()
        server.wait(_PATIENCE)
    return history


def _kill(server: int, seconds: float, ended: threading.Event) -> None:
    """Kill the workers of a server, one after the other."""
    for number in count():
        if ended.wait(seconds):
            return
        text = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(server)],
            capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip
        workers = [int(each) for each in text.split()]
        if workers:
            os.kill(workers[number % len(workers)], signal.SIGKILL)


def main() -> int:
    """Call as the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--data", help="a folder, or the URL of an empty database")
    parser.add_argument("--kills-every", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        history = recorded(given, given.data or folder)
    bad = history.without_order()
    print(
        f"{len(history)} calls of {len(history.calls)} products, {history.unanswered} without "
        f"an answer: {len(bad)} products without an order"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
