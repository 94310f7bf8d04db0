"""The attacks: each is one call, or many small ones, that once held the server's time or memory."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from math import ceil

from benchmarks.bounds.victim import CONTROL, JSON, Stopped, Victim, following, key

PRODUCTS = "/cliniko/v1/products"
LARGE = "test.large-x"
_MIB = 1 << 20


@dataclass(frozen=True)
class Attack:
    """What is done to a server, and what it may cost: processor seconds, MiB that stay held.

    `run` returns what was answered. Where `right` is given, that is what it must return. `options`
    are those of `serve`; `descriptors` is how many the server may open. A `meanwhile` is work of
    one sandbox beside which another's cheap calls are timed: `run` does it.
    """

    name: str
    run: Callable[[Victim], str]
    seconds: float = 0.5
    memory: float = 30
    right: str = ""
    options: tuple[str, ...] = ()
    descriptors: int = 0
    meanwhile: bool = False


def _statuses(statuses: Counter[int]) -> str:
    return ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))


def _many(victim: Victim, count: int, one: Callable[[int], int]) -> str:
    del victim
    return _statuses(Counter(one(number) for number in range(count)))


# One request.


def _large(victim: Victim) -> None:
    victim.get(PRODUCTS, LARGE)
    victim.begin()


def sort_columns(victim: Victim) -> str:
    _large(victim)
    columns = ",".join(["name", "id:desc"] * 500)
    return str(victim.get(f"{PRODUCTS}?sort={columns}", LARGE))


def sort_all_columns(victim: Victim) -> str:
    _large(victim)
    names = (
        "archived_at cost_price created_at item_code name product_supplier_name serial_number "
        "stock_level updated_at id"
    )
    return str(victim.get(f"{PRODUCTS}?sort={','.join(names.split())}", LARGE))


def filters(victim: Victim) -> str:
    _large(victim)
    return str(victim.get(f"{PRODUCTS}?{'&'.join(['q[]=name:~a'] * 500)}", LARGE))


def wildcard(length: int) -> Callable[[Victim], str]:
    def run(victim: Victim) -> str:
        _large(victim)
        pattern = ("%25a" * length)[:length].rpartition("%")[0] + "%25zz"
        return str(victim.get(f"{PRODUCTS}?q[]=name:~~{pattern}", LARGE))

    return run


def _token(victim: Victim) -> dict[str, str]:
    grant = {
        "grant_type": "client_credentials",
        "client_id": "test-x",
        "client_secret": "any",
        "redirect_uri": "https://example.com/",
    }
    body = json.dumps(grant).encode()
    _, content, _ = victim.call("POST", "/exsited/api/v1/oauth2/token", JSON, body)
    victim.begin()
    return {"Authorization": f"Bearer {json.loads(content)['access_token']}"}


def wrong_codes(victim: Victim) -> str:
    token = _token(victim)
    body = {"item": {"name": "a", "codes": [1] * 300_000}}
    return str(victim.send("POST", "/exsited/api/v3/items", body, **token))


def wrong_warehouses(victim: Victim) -> str:
    token = _token(victim)
    body = {"item": {"name": "a", "warehouses": [{}] * 60_000}}
    return str(victim.send("POST", "/exsited/api/v3/items", body, **token))


def materials(victim: Victim) -> str:
    bearer = {"Authorization": "Bearer test-x"}
    victim.call("GET", "/built/api/v3/items", bearer)
    victim.begin()
    used = {"id": 1, "name": "a", "usedQuantity": 1, "unit_cost": 1, "inventory_accountID": 1}
    body = {
        "materials": [used] * 10_000,
        "product_id": 1,
        "date": "2026-01-01",
        "adjustment_quantity": 1,
    }
    target = "/built/api/v3/items/adjust/from-production"
    return str(victim.send("POST", target, body, **bearer))


# Fault rules.


def path_pattern(victim: Victim) -> str:
    victim.get(f"{PRODUCTS}/1", "test-x")
    victim.begin()
    effects = [{"kind": "latency", "seconds": 0}]
    rule = {"match": {"path": "/" + "**a" * 12 + "**b"}, "effects": effects}
    status = victim.send("POST", f"{CONTROL}/test-x/faults", rule)
    return f"{status}, {victim.get('/cliniko/v1/taxes/' + 'a' * 40, 'test-x')}"


def json_rules(victim: Victim) -> str:
    victim.get(f"{PRODUCTS}/1", "test-x")
    effects = [{"kind": "latency", "seconds": 0}]
    rule = {"match": {"json": {"name": "other"}}, "effects": effects}
    for _ in range(1000):
        victim.send("POST", f"{CONTROL}/test-x/faults", rule)
    victim.begin()
    body = {"name": "a", "description": "d" * 900_000}
    return str(victim.send("POST", PRODUCTS, body, **key("test-x")))


def late_creates(victim: Victim) -> str:
    victim.get(f"{PRODUCTS}/1", "test-x")
    rule = {"effects": [{"kind": "late_create", "seconds": 1000}]}
    victim.send("POST", f"{CONTROL}/test-x/faults", rule)
    victim.begin()
    create = lambda number: victim.send(  # noqa: E731
        "POST", PRODUCTS, {"name": f"n{number}"}, **key("test-x")
    )
    return _many(victim, 2000, create)


# What never ends, and what is too long.


def endless_header(victim: Victim) -> str:
    return victim.raw(b"GET / HTTP/1.1\r\nHost: h\r\nX: ")


def endless_body(victim: Victim) -> str:
    head = b"POST /cliniko/v1/products HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{"
    return victim.raw(head)


def long_header(victim: Victim) -> str:
    return victim.raw(
        b"GET /healthz HTTP/1.1\r\nHost: h\r\nX: " + b"a" * (32 * _MIB) + b"\r\n\r\n", 60
    )


def long_target(victim: Victim) -> str:
    return victim.raw(b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n")


def no_descriptors(victim: Victim) -> str:
    with ExitStack() as open_ones:
        for _ in range(150):
            with suppress(OSError):
                open_ones.enter_context(victim.connect())
        time.sleep(2)
    for _ in range(50):
        if victim.get(f"{PRODUCTS}/1", "test-x") == 200:
            break
        time.sleep(0.2)
    else:
        return "does not recover"
    lines = [line for line in victim.text().splitlines() if "descriptor" in line or "files" in line]
    return f"recovers, {len(lines) if len(lines) < 3 else 'many'} lines of log"


# Memory that callers fill.


def callers(length: int, count: int) -> Callable[[Victim], str]:
    """Callers who are refused, each with a long credential of its own."""

    def one(victim: Victim) -> Callable[[int], int]:
        return lambda number: victim.get(f"{PRODUCTS}/1", f"{number:09}" + "x" * length)

    return lambda victim: _many(victim, count, one(victim))


def header_values(victim: Victim) -> str:
    one = lambda number: victim.call(  # noqa: E731
        "GET", f"{PRODUCTS}/1", {**key("test-x"), "X-Trace": f"{number:09}" + "x" * 60_000}
    )[0]
    return _many(victim, 1500, one)


def long_descriptions(victim: Victim) -> str:
    one = lambda number: victim.send(  # noqa: E731
        "PATCH", f"{PRODUCTS}/1", {"description": f"{number:09}" + "d" * 900_000}, **key("test-x")
    )
    return _many(victim, 300, one)


def unread_follower(victim: Victim) -> str:
    victim.get(f"{PRODUCTS}/1", "test-x")
    victim.begin()
    with following(victim, "test-x"):
        return long_descriptions(victim)


def followers(victim: Victim) -> str:
    victim.get(f"{PRODUCTS}?per_page=50", "test-x")
    stop = threading.Event()
    with ExitStack() as open_ones:
        connections = [open_ones.enter_context(following(victim, "test-x")) for _ in range(200)]

        def read() -> None:
            for each in connections:
                each.setblocking(False)
            while not stop.is_set():
                for each in connections:
                    with suppress(OSError):
                        each.recv(1 << 20)
                time.sleep(0.01)

        reader = threading.Thread(target=read)
        reader.start()
        time.sleep(1)
        victim.begin()
        said = _many(victim, 20, lambda _: victim.get(f"{PRODUCTS}?per_page=50", "test-x"))
        time.sleep(1)
        said += f", {victim.spent / 20 * 1000:.0f} ms a call"
        stop.set()
        reader.join()
    return said


def long_paths(victim: Victim) -> str:
    one = lambda number: victim.get(f"/cliniko/v1/{number:09}{'x' * 15_000}", "test-x")  # noqa: E731
    return _many(victim, 6000, one)


def unattributed_paths(victim: Victim) -> str:
    one = lambda number: victim.get(f"/cliniko/v1/{number:09}{'x' * 15_000}", "nobody")  # noqa: E731
    return _many(victim, 6000, one)


def images(victim: Victim) -> str:
    # The smallest file that Pillow and a look at the first bytes take for a GIF, with a long end.
    gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01"
    gif += b"\x00\x00\x02\x02D\x01\x00;"
    cookie = {"Cookie": "sessionid=test-x"}
    base = "/skhokho/api/v1.0/organisation/organisation-1/inventory"
    body = json.dumps({"name": "a", "product_type": "buy"}).encode()
    _, content, _ = victim.call("POST", f"{base}/create/", {**JSON, **cookie}, body)
    made = json.loads(content)
    identifier = (made.get("data") or made).get("unique_id", "")
    victim.begin()

    def one(number: int) -> int:
        image = gif + b"%09d" % number + b"\0" * 900_000
        head = 'Content-Disposition: form-data; name="image"; filename="a.gif"'
        part = f"--x\r\n{head}\r\nContent-Type: image/gif\r\n\r\n".encode()
        return victim.call(
            "PATCH",
            f"{base}/{identifier}/update/",
            {"Content-Type": "multipart/form-data; boundary=x", **cookie},
            part + image + b"\r\n--x--\r\n",
        )[0]

    return _many(victim, 300, one)


def seeds(victim: Victim) -> str:
    """A sandbox with a seed of its own, again and again, as a test in a loop makes it."""

    def one(number: int) -> int:
        victim.send("POST", CONTROL, {"name": "test-s", "seed": number})
        status = victim.get(PRODUCTS, "test-s")
        victim.call("DELETE", f"{CONTROL}/test-s")
        return status

    _many(victim, 1, one)
    victim.begin()
    return _many(victim, 100, lambda number: one(number + 1))


def many_sandboxes(victim: Victim) -> str:
    victim.send("POST", PRODUCTS, {"name": "mine"}, **key("test-mine"))
    found = _many(victim, 60, lambda number: victim.get(f"{PRODUCTS}/1", f"test-{number}"))
    listed = json.loads(victim.call("GET", CONTROL)[1])["sandboxes"]
    kept = any(each["name"] == "test-mine" for each in listed)
    return f"{found}; the first is {'kept' if kept else 'gone without a word'}"


# What must be refused, or answered as the RFCs say.


def forwarded(victim: Victim) -> str:
    named = {
        "X-Forwarded-For": "unknown",
        "Forwarded": "for=_hidden",
        "Via": "1.1 proxy",
        "X-Real-IP": "203.0.113.9",
    }
    each = [victim.call("GET", CONTROL, {name: value})[0] for name, value in named.items()]
    each.append(victim.call("GET", CONTROL, {"Sec-Fetch-Site": "cross-site"})[0])
    each.append(victim.call("GET", CONTROL, {"Host": "wiki"})[0])
    return " ".join(map(str, each))


def odd_values(victim: Victim) -> str:
    victim.get(f"{PRODUCTS}/1", "test-x")
    origin = victim.call("GET", CONTROL, {"Origin": "http://["})[0]
    since = victim.call("GET", f"{CONTROL}/test-x/events?follow=true&since={'9' * 5000}")[0]
    return f"{origin} {since}"


def handshakes(victim: Victim) -> str:
    websocket = (
        b"GET /cliniko/v1/products/1 HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
        b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n\r\n"
    )
    plain = b"GET /healthz HTTP/1.1\r\n"
    sent = (websocket, plain + b"\r\n", plain + b"Host: h\r\nHost: i\r\n\r\n")
    return " ".join(map(victim.raw, sent))


def last_number(victim: Victim) -> str:
    victim.get(f"{PRODUCTS}/1", "test-x")
    tables = {"products": [], "sequences": {"products": (1 << 63) - 1}}
    file = {"apis": {"cliniko": tables}}
    seeded = victim.send("POST", f"{CONTROL}/test-x/seed", file)
    return f"{seeded}, {victim.send('POST', PRODUCTS, {'name': 'a'}, **key('test-x'))}"


def ctrl_c(victim: Victim) -> str:
    return victim.stop(signal.SIGINT)


def sigterm(victim: Victim) -> str:
    with victim.connect() as connection:
        head = (
            b"POST /cliniko/v1/products HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        )
        connection.sendall(head + key_line() + b"Content-Length: 9\r\n\r\n{")
        time.sleep(0.5)
        return victim.stop(signal.SIGTERM)


def key_line() -> bytes:
    """Return the header line of a key."""
    return f"Authorization: {key('test-x')['Authorization']}\r\n".encode()


# Long work of one sandbox, beside which another's cheap calls are timed.


def beside(victim: Victim, work: Callable[[], object]) -> str:
    """Return what work answers, and what another sandbox's calls wait for meanwhile: p99 and most.

    A wait is the processor time that the server uses from a call to its answer: what it is on a
    machine that does nothing else.
    """
    victim.get(f"{PRODUCTS}/1", "test-b")
    victim.begin()
    waits: list[float] = []
    failures: list[BaseException] = []
    said: list[object] = []

    def run() -> None:
        try:
            said.append(work())
        except BaseException as problem:  # noqa: BLE001 - raised where the attack is run
            failures.append(problem)

    worker = threading.Thread(target=run)
    worker.start()
    while worker.is_alive() and victim.process.poll() is None:
        before = victim.processor()
        try:
            victim.get(f"{PRODUCTS}/1", "test-b")
        except Stopped:
            break
        waits.append((victim.processor() - before) * 1000)
        time.sleep(0.001)
    worker.join()
    if failures:
        raise failures[0]
    if not waits:
        return f"{said[0]}; too short to tell"
    waits.sort()
    p99 = waits[ceil(len(waits) * 0.99) - 1]
    return f"{said[0]}; {len(waits)} calls, p99 {p99:.0f} ms, most {waits[-1]:.0f} ms"


def first_use(victim: Victim) -> str:
    return beside(victim, lambda: victim.get(PRODUCTS, LARGE))


def sorted_lists(victim: Victim) -> str:
    _large(victim)
    sorts = ["name,cost_price:desc", "cost_price,name", "name:desc,id"] * 7
    return beside(
        victim,
        lambda: _many(victim, 21, lambda n: victim.get(f"{PRODUCTS}?sort={sorts[n]}", LARGE)),
    )


def filtered_lists(victim: Victim) -> str:
    _large(victim)
    return beside(
        victim,
        lambda: _many(
            victim, 20, lambda n: victim.get(f"{PRODUCTS}?q[]=name:~{'aeioulnrst'[n % 10]}", LARGE)
        ),
    )


def _records(count: int) -> bytes:
    product = {"created_at": "2026-01-02T00:00:00Z", "updated_at": "2026-01-02T00:00:00Z"}
    products = [{**product, "id": n, "name": f"Balm {n}"} for n in range(1, count + 1)]
    return json.dumps({"apis": {"cliniko": {"products": products}}}).encode()


def seed(victim: Victim) -> str:
    victim.get(PRODUCTS, "test-x")
    content = _records(10_000)
    return beside(victim, lambda: victim.call("POST", f"{CONTROL}/test-x/seed", JSON, content)[0])


def wrong_seed(victim: Victim) -> str:
    victim.get(PRODUCTS, "test-x")
    content = _records(10_000).replace(b'"Balm 9', b'"\\n')
    return beside(victim, lambda: victim.call("POST", f"{CONTROL}/test-x/seed", JSON, content)[0])


def export(victim: Victim) -> str:
    _large(victim)
    target = f"{CONTROL}/{LARGE}/export?api=cliniko"
    return beside(victim, lambda: victim.call("GET", target)[0])


def _filled(victim: Victim) -> None:
    victim.get(PRODUCTS, "test-x")
    for number in range(700):
        victim.send("PATCH", f"{PRODUCTS}/1", {"stock_level": number}, **key("test-x"))


def har(victim: Victim) -> str:
    _filled(victim)
    return beside(victim, lambda: victim.call("GET", f"{CONTROL}/test-x/har")[0])


def journal(victim: Victim) -> str:
    _filled(victim)
    target = f"{CONTROL}/test-x/journal?limit=1000"
    return beside(victim, lambda: victim.call("GET", target)[0])


def events(victim: Victim) -> str:
    _filled(victim)
    return beside(victim, lambda: victim.call("GET", f"{CONTROL}/test-x/events?since=0")[0])


def verify(victim: Victim) -> str:
    _filled(victim)
    calls = [{"json": {"stock_level": -n}, "exactly": 0} for n in range(1, 100)]
    body = {"calls": calls, "since": 200}
    return beside(victim, lambda: victim.send("POST", f"{CONTROL}/test-x/verify", body))


def difference(victim: Victim) -> str:
    victim.get(PRODUCTS, "test-x")
    victim.send("POST", f"{CONTROL}/test-x/snapshots", {"name": "before"})
    victim.call("POST", f"{CONTROL}/test-x/seed", JSON, _records(10_000))
    # As many changes as one answer lists; by default it lists 1,000 of them.
    target = f"{CONTROL}/test-x/difference?from=snapshot:before&limit=10000"

    def ask() -> str:
        status, body, *_ = victim.call("GET", target)
        return f"{status}, {len(json.loads(body)['changes']):,} changes"

    return beside(victim, ask)


ATTACKS = (
    Attack("sort by 1,000 columns", sort_columns),
    Attack("sort 10,000 by ten columns", sort_all_columns, seconds=1),
    Attack("500 filters", filters),
    Attack("a wildcard of 60 KB", wildcard(60_000)),
    Attack("a wildcard of 4 KB", wildcard(3_900), seconds=2),
    Attack("300,000 wrong Exsited codes", wrong_codes),
    Attack("60,000 wrong Exsited warehouses", wrong_warehouses),
    Attack("10,000 materials of Built", materials),
    Attack("a path pattern that backtracks", path_pattern),
    Attack("a body for 1,000 JSON rules", json_rules),
    Attack("2,000 late creates", late_creates, seconds=8, memory=60),
    Attack(
        "a header that never ends", endless_header, right="408", options=("--read-timeout", "2")
    ),
    Attack("a body that never ends", endless_body, right="408", options=("--read-timeout", "2")),
    Attack("a header of 32 MiB", long_header, right="431"),
    Attack("a target of 60 KB", long_target, right="414"),
    Attack(
        "150 connections on 64 descriptors",
        no_descriptors,
        right="recovers, 1 lines of log",
        descriptors=64,
    ),
    Attack("2,000 refused keys of 100 KB", callers(75_000, 2000), seconds=4),
    Attack("4,200 refused keys of 48 KB", callers(36_000, 4200), seconds=12),
    Attack("1,500 header values of 60 KB", header_values, seconds=4),
    Attack("300 descriptions of 900 KB", long_descriptions, seconds=6, memory=60),
    Attack("the same, beside a follower that reads nothing", unread_follower, seconds=8, memory=60),
    Attack("20 lists beside 200 followers", followers, seconds=4),
    Attack("6,000 paths of 15 KB", long_paths, seconds=24),
    Attack("the same, of nobody", unattributed_paths, seconds=24),
    Attack("300 images of 900 KB of one product", images, seconds=8, memory=60),
    Attack("100 seeds", seeds, seconds=20),
    Attack(
        "60 sandboxes where 50 can be",
        many_sandboxes,
        right="48 × 200, 12 × 503; the first is kept",
        options=("--max-sandboxes", "50"),
    ),
    Attack(
        "control through a proxy, from a page, by a name",
        forwarded,
        right="403 403 403 403 403 403",
    ),
    Attack("an origin, and a number, that are none", odd_values, right="403 400"),
    Attack("WebSocket; no Host; two Hosts", handshakes, right="401 400 400"),
    Attack("a create after the last number", last_number),
    Attack("Ctrl-C", ctrl_c, right="exit 0"),
    Attack("SIGTERM with a body under way", sigterm, right="exit 0"),
    Attack("first use of a large persona", first_use, seconds=8, memory=80, meanwhile=True),
    Attack("lists of 10,000 sorted by two columns", sorted_lists, seconds=8, meanwhile=True),
    Attack("lists of 10,000, filtered", filtered_lists, seconds=8, meanwhile=True),
    Attack("10,000 seed records", seed, seconds=15, memory=150, meanwhile=True),
    Attack("10,000 seed records, 1,111 wrong", wrong_seed, seconds=15, memory=150, meanwhile=True),
    Attack("an export of 10,000 records", export, seconds=15, memory=150, meanwhile=True),
    Attack("a HAR of 700 exchanges", har, seconds=8, memory=150, meanwhile=True),
    Attack("700 exchanges of the journal", journal, seconds=8, memory=100, meanwhile=True),
    Attack("the events of 700 exchanges", events, seconds=8, memory=100, meanwhile=True),
    Attack("99 expectations of JSON", verify, seconds=8, meanwhile=True),
    Attack("a difference of 10,000 records", difference, seconds=8, memory=150, meanwhile=True),
)
