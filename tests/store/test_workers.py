"""`serve --workers`: processes that are one server, of which any may die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from mock_server import cli

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
PRODUCT = {"name": "New"}


@contextmanager
def served(folder, *options):
    """The origin and the process of a server of two workers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mock_server", "serve", "cliniko", "--port", "0", "-q",
         "--data", str(folder), "--workers", "2", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process.stdout.readline().strip(), process
    finally:
        process.terminate()
        process.communicate(timeout=30)
        assert process.returncode in {0, -signal.SIGKILL}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("data")) as (origin, process):
        yield origin, process


def children(process):
    """The process ids of the workers."""
    text = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=True
    ).stdout
    return [int(each) for each in text.split()]


@pytest.fixture
def clients(server):
    """Makes clients of a sandbox with a connection each, which the workers share among them."""
    with ExitStack() as stack:

        def make(sandbox, number=8):
            return [
                stack.enter_context(httpx.Client(base_url=server[0], auth=(sandbox, "")))
                for _ in range(number)
            ]

        yield make


def test_what_one_process_did_the_other_one_knows(clients):
    callers = clients("test-all")
    numbers = [caller.post("/v1/products", json=PRODUCT).json()["id"] for caller in callers]
    assert len(set(numbers)) == len(callers)
    for caller in callers:
        found = [caller.get(f"/v1/products/{number}").status_code for number in numbers]
        assert found == [200] * len(numbers)
    journal = callers[0].get("/_mock/sandboxes/test-all/journal?limit=1000").json()
    assert journal["last"] == len(callers) * (1 + len(numbers))
    asked = {"calls": [{"operation": "createProduct", "exactly": len(callers)}], "exclusive": False}
    for caller in callers:
        assert caller.post("/_mock/sandboxes/test-all/verify", json=asked).json()["met"]


def test_limits_faults_and_clock_count_over_all_processes(clients):
    callers = clients("test-limit")
    control = "/_mock/sandboxes/test-limit"
    callers[0].get("/v1/products/1")
    callers[0].put(f"{control}/clock", json={"mode": "set", "at": "2026-02-01T00:00:00Z"})
    callers[1].post(f"{control}/faults", json={
        "effects": [{"kind": "status", "status": 429}], "times": 3,
    })  # fmt: skip
    assert [each.get("/v1/products/1").status_code for each in callers].count(429) == 3
    assert {each.get(f"{control}/clock").json()["now"][:10] for each in callers} == {"2026-02-01"}
    callers[2].put(f"{control}/rate-limits", json={"enabled": True, "requests": 4})
    found = [each.get("/v1/products/1").status_code for each in callers]
    assert found == [200] * 4 + [429] * 4


def test_who_follows_a_journal_sees_what_other_processes_answer(server, clients):
    origin, _ = server
    callers = clients("test-follow", 12)
    callers[0].get("/v1/products/1")
    seen, enough = [], threading.Event()

    def follow():
        url = f"{origin}/_mock/sandboxes/test-follow/events?follow=true"
        with httpx.stream("GET", url, timeout=30) as stream:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    seen.append(json.loads(line.removeprefix("data: "))["number"])
                if len(seen) == len(callers) + 1:
                    enough.set()
                    return

    thread = threading.Thread(target=follow)
    thread.start()
    for caller in callers:
        caller.get("/v1/products/2")
    assert enough.wait(30)
    thread.join()
    assert seen == list(range(1, len(callers) + 2))


def test_a_worker_that_is_killed_is_begun_again_and_nothing_is_lost(server):
    origin, process = server
    answered, ended = [], threading.Event()

    def write():
        while not ended.is_set():
            try:
                with httpx.Client(base_url=origin, auth=("test-kill", ""), timeout=30) as caller:
                    while not ended.is_set():
                        answer = caller.post("/v1/products", json=PRODUCT)
                        assert answer.status_code == 201
                        answered.append(answer.json()["id"])
            except httpx.TransportError:
                continue

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(3):
        while len(answered) < 20 * number:
            time.sleep(0.01)
        os.kill(children(process)[number % 2], signal.SIGKILL)
        while len(children(process)) < 2:
            time.sleep(0.01)
    ended.set()
    for thread in threads:
        thread.join()
    assert len(set(answered)) == len(answered) > 40
    with httpx.Client(base_url=origin, auth=("test-kill", "")) as caller:
        assert {caller.get(f"/v1/products/{each}").status_code for each in answered} == {200}


def test_a_folder_has_one_server_however_many_processes_it_is(server, capsys):
    _, process = server
    folder = process.args[process.args.index("--data") + 1]
    for options in ([], ["--workers", "1"]):
        assert cli.main(["serve", "cliniko", "--port", "0", "--data", folder, *options]) == 2
        assert "is in use by another server; stop it first" in capsys.readouterr().err


def test_all_workers_end_with_the_server_even_if_it_is_killed(tmp_path):
    with served(tmp_path) as (origin, process):
        assert httpx.get(f"{origin}/v1/products/1", auth=("test", "")).status_code == 200
        workers = [Path(f"/proc/{each}") for each in children(process)]
        assert len(workers) == 2
        process.kill()
        process.wait(30)
        end = time.monotonic() + 30
        while any(each.exists() for each in workers):
            assert time.monotonic() < end
            time.sleep(0.02)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--workers", "2"], "--workers goes with --data"),
        (["--workers", "2", "--data", "x", "--tls"], "--workers cannot go with --tls"),
    ],
)
def test_what_workers_cannot_do_is_refused_in_one_line(options, text, capsys):
    assert cli.main(["serve", *options]) == 2
    assert text in capsys.readouterr().err
