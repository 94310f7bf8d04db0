"""Measure the mock beside its peers over HTTP, and write docs/performance.md.

    python -m benchmarks.peers [--rounds 3] [--seconds 2] [--only NAME] [--write]

Each server runs on one core and the load generator (`wrk`, 16 connections) on another. Rounds are
interleaved: every server does all of the work once, then the next round begins, so that a noisy
machine is noisy for all. A server's answers are looked at first: one that is not declared by the
document is no result, and one that is declared but does not show what was asked for is marked. A
server that cannot be had here is left out and named. With `--write`, the results go to
docs/performance.json, a table and a chart to docs/performance.md. Ends with 1 if a goal is missed.
Twelve servers in three rounds take about twelve minutes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.peers.report import goal_lines, server_lines, summary, write
from benchmarks.peers.servers import (
    OURS,
    SERVERS,
    NotHere,
    Place,
    Running,
    Server,
    free_port,
    headers_of,
    install,
    running,
)
from benchmarks.peers.work import NEW, PRODUCTS, Task, right, tasks, written
from mock_server.data import specs_directory

_CONNECTIONS = 16
_SAMPLES = 5
NPM_FOLDER = Path("build/peers")


@dataclass
class Measured:
    """What was seen of one server: figures a round, by task; memory in MB; seconds to ready."""

    name: str
    validates: str
    state: bool
    rates: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    p50: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    p99: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[str, str] = field(default_factory=dict)
    ready: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    loaded: list[float] = field(default_factory=list)
    absent: str = ""


def main() -> int:
    """Run the comparison; returns 1 if a goal is missed, 2 if it cannot be made here."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--only", action="append", default=[], help="servers whose name has this")
    parser.add_argument("--write", action="store_true", help="write docs/performance.*")
    options = parser.parse_args()
    if shutil.which("wrk") is None or shutil.which("taskset") is None:
        print("benchmarks.peers: wrk and taskset are needed (Debian: wrk, util-linux)")
        return 2
    chosen = [
        each
        for each in SERVERS
        if not options.only or any(part.lower() in each.name.lower() for part in options.only)
    ]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        products = Path(folder) / "products.json"
        products.write_text(json.dumps(_products(Path(folder))), encoding="utf-8")
        ids = [each["id"] for each in json.loads(products.read_text(encoding="utf-8"))]
        found = [Measured(each.name, each.validates, each.state) for each in chosen]
        for number in range(options.rounds):
            for server, measured in zip(chosen, found, strict=True):
                if measured.absent:
                    continue
                print(
                    f"{time.monotonic() - began:4.0f} s  round {number + 1} of {options.rounds}:"
                    f" {server.name}",
                    file=sys.stderr,
                )
                try:
                    _measure(server, measured, products, tasks(ids), options.seconds)
                except NotHere as problem:
                    measured.absent = str(problem)
    results = summary(found, options.rounds, options.seconds)
    print("\n".join((*server_lines(results), *goal_lines(results))))
    print(f"done in {(time.monotonic() - began) / 60:.1f} minutes", file=sys.stderr)
    if options.write:
        write(results)
    return 1 if any(line.startswith("missed") for line in goal_lines(results)) else 0


def _products(folder: Path) -> list[dict[str, Any]]:
    """The products of the work, as our mock shows them after they were created."""
    ours = next(each for each in SERVERS if each.name == OURS)
    own = folder / "first"
    own.mkdir()
    place = Place(own, specs_directory() / "cliniko.yaml", own / "none", free_port(), NPM_FOLDER)
    with running(ours, place, 0) as server:
        _fill(server)
        shown: list[dict[str, Any]] = []
        with httpx.Client(base_url=server.url, headers=headers_of()) as client:
            for number in range(1, PRODUCTS // 100 + 1):
                query = {"page": number, "per_page": 100}
                shown += client.get("/v1/products", params=query).json()["products"]
        return shown


def _fill(server: Running) -> None:
    with httpx.Client(base_url=server.url, headers=headers_of(), timeout=30) as client:
        for number in range(PRODUCTS):
            new = {**NEW, "name": f"Bench {number * 7919 % PRODUCTS:04}"}
            client.post("/v1/products", json=new).raise_for_status()


def _measure(
    server: Server, measured: Measured, products: Path, work: list[Task], seconds: int
) -> None:
    install(server, NPM_FOLDER)
    with tempfile.TemporaryDirectory() as folder:
        place = Place(
            Path(folder), specs_directory() / "cliniko.yaml", products, free_port(), NPM_FOLDER
        )
        with running(server, place, 0) as started:
            measured.ready.append(started.ready)
            if server.name == OURS:
                _fill(started)
            measured.idle.append(started.memory())
            for task in work:
                own = Task(
                    task.name,
                    task.method,
                    tuple(map(server.dialect, task.targets)),
                    task.status,
                    task.body,
                )
                problem = _checked(server, task, own, started.url)
                if problem.startswith("no result"):
                    measured.wrong[task.name] = problem
                    continue
                if problem:
                    measured.wrong[task.name] = problem
                script = written(own, server.base_path, headers_of(), Path(folder))
                result = _load(script, started.url, seconds)
                if result["errors"]:
                    measured.wrong[task.name] = f"{result['errors']} answers were errors"
                measured.rates[task.name].append(result["requests"] / result["microseconds"] * 1e6)
                measured.p50[task.name].append(result["p50"] / 1000)
                measured.p99[task.name].append(result["p99"] / 1000)
            measured.loaded.append(started.memory())


def _checked(server: Server, task: Task, own: Task, url: str) -> str:
    """Why the server's answers are no result, or not the right ones; empty if they are right."""
    step = max(1, len(task.targets) // _SAMPLES)
    for asked, target in list(zip(task.targets, own.targets, strict=True))[::step]:
        answer = httpx.request(
            task.method,
            f"{url}{server.base_path}{target}",
            headers=headers_of() | ({"Content-Type": "application/json"} if task.body else {}),
            content=task.body,
            timeout=30,
        )
        if answer.status_code != task.status:
            return f"no result: {answer.status_code} for {task.method} {target}"
        try:
            body = answer.json()
        except ValueError:
            return f"no result: no JSON for {target}"
        problem = right(task, asked, body)
        if problem:
            return problem
    return ""


def _load(script: Path, url: str, seconds: int) -> dict[str, float]:
    command = [
        "taskset", "-c", "1", "wrk", "--threads", "1", "--connections", str(_CONNECTIONS),
        "--duration", f"{seconds}s", "--timeout", "10s", "--script", str(script), url,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True)
    line = next(each for each in done.stdout.splitlines() if each.startswith("RESULT "))
    result: dict[str, float] = json.loads(line.removeprefix("RESULT "))
    return result


if __name__ == "__main__":
    sys.exit(main())
