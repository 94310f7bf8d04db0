"""The command that serves the stand-in."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from lab.standin.__main__ import main
from lab.standin.switches import StandInDefect, Variation
from tests.lab.standin.world import KEY


@contextmanager
def serving(*arguments):
    """Run the command on a free port; gives its base URL, and interrupts it in the end."""
    command = [sys.executable, "-m", "lab.standin", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    hung = threading.Timer(60, process.kill)
    hung.start()
    try:
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()
        hung.cancel()


def test_it_serves_on_loopback_and_a_file_outlives_it(tmp_path):
    file = ["--database", str(tmp_path / "standin.db")]
    body = {"name": "Foam Roller", "stock_level": 1}
    with serving(*file, "--products", "0") as url:
        assert url.startswith("http://127.0.0.1:")
        created = httpx.post(f"{url}/products", json=body, auth=(KEY, "")).json()
        assert created["links"]["self"] == f"{url}/products/1"
    with serving(*file, "--defect", "ids-as-numbers", "--variation", "nulls-first") as url:
        found = httpx.get(f"{url}/products/1", auth=(KEY, "")).json()
        assert (found["name"], found["id"]) == ("Foam Roller", 1)


def test_calls_take_as_long_on_its_clock_as_it_is_told():
    with serving("--seconds-a-call", "3600", "--products", "0") as url:
        times = [
            parsedate_to_datetime(httpx.get(f"{url}/taxes", auth=(KEY, "")).headers["Date"])
            for _ in range(2)
        ]
    assert times[1] - times[0] >= timedelta(hours=1)


@pytest.mark.parametrize(
    ("option", "kind"), [("defects", StandInDefect), ("variations", Variation)]
)
def test_it_lists_what_can_be_switched_on(capsys, option, kind):
    assert main([f"--list-{option}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [each.word for each in kind]
    assert all(each.description in line for each, line in zip(kind, lines, strict=True))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--defect", "nonsense"], "there is no defect 'nonsense'; --list-defects names them"),
        (["--variation", "local-time"], "there is no variation 'local-time'"),
        (["--port", "99999"], "'--port': 99999 is not in the range"),
        (["--port", "0", "--database", "/nowhere/at/all.db"], "unable to open database file"),
        (["--port", "0", "--database", __file__], "file is not a database"),
        (["--rate-limit", "-1"], "'--rate-limit': -1 is not in the range"),
        (["--seconds-a-call", "soon"], "'--seconds-a-call': 'soon' is not a valid float"),
        (["--products", "many"], "'--products': 'many' is not a valid integer"),
    ],
)
def test_misuse_is_one_line_on_standard_error(capsys, arguments, complaint):
    assert main(arguments) == 2
    errors = capsys.readouterr().err
    assert complaint in errors
    assert len(errors.splitlines()) == 1


def test_a_port_in_use_is_misuse(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 2
    assert f"--port {port}: Address already in use" in capsys.readouterr().err
