"""What all commands have in common: what they import, and how they end."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import click
import httpx
import pytest

import contract_tests.start
import mock_server.start
from mock_server import command_line
from mock_server.app import build_server
from mock_server.control.client import Control
from mock_server.live import LiveServer
from mock_server.usage import UsageError, suggestion
from tests.conftest import ROOT

#: What takes long to import, and what a command that only calls a server does without.
HEAVY = {
    "connexion",
    "flask",
    "httpx",
    "hypothesis",
    "jsonschema_rs",
    "pydantic",
    "rich",
    "schemathesis",
    "uvicorn",
}


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


@pytest.mark.parametrize("line", ["sandboxes --url http://127.0.0.1:9", "--help", "serve --port x"])
def test_a_command_that_serves_nothing_imports_no_server(line):
    code = (
        f"import sys; from mock_server.cli import main; main({line.split()!r}); print(*sys.modules)"
    )
    imported = python(code, *line.split()).stdout.splitlines()[-1].split()
    assert "click" in imported
    assert HEAVY & set(imported) == set()


@pytest.mark.parametrize(
    ("problem", "status", "shown"),
    [
        (UsageError("this cannot be"), 2, "it: this cannot be\n"),
        (click.UsageError("No such thing."), 2, "it: no such thing (see it --help)\n"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 141, ""),
        (
            OSError(28, "No space left on device"),
            2,
            "it: standard output: No space left on device\n",
        ),
        (PermissionError(13, "Permission denied", "x.yaml"), 2, "it: x.yaml: Permission denied\n"),
    ],
)
def test_whatever_happens_is_one_line_and_an_exit_code(monkeypatch, capsys, problem, status, shown):
    monkeypatch.setattr(command_line, "_discard_output", lambda: None)
    command = click.Command("it", callback=lambda: (_ for _ in ()).throw(problem))
    assert command_line.run(command, "it", []) == status
    assert capsys.readouterr().err == shown


def test_a_defect_of_ours_is_one_line_and_a_traceback_on_demand(monkeypatch, capsys):
    command = click.Command("it", callback=lambda: 1 // 0)
    assert command_line.run(command, "it", []) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "an error of it itself: ZeroDivisionError" in line
    monkeypatch.setenv(command_line.DEBUG_VARIABLE, "1")
    with pytest.raises(ZeroDivisionError):
        command_line.run(command, "it", [])


@pytest.mark.parametrize("line", ["apis", "--help", "apis --json"])
def test_an_output_that_is_closed_or_full_ends_a_command_quietly(line):
    command = [sys.executable, "-m", "mock_server", *line.split()]
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        done = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (141, "")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr == "mock-server: standard output: No space left on device\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_an_output_of_any_encoding_takes_every_text(monkeypatch, encoding):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    shown = click.Command("it", callback=lambda: command_line.say_json(["Crème 😀"]))
    assert command_line.run(shown, "it", []) == 0
    assert raw.getvalue() == b'["Cr\\u00e8me \\ud83d\\ude00"]\n'


@pytest.mark.parametrize("busy", [True, False])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_is_interrupted_ends_with_0_and_without_a_traceback(number, busy):
    options = ["--port", "0", "--log", "off"]
    command = [sys.executable, "-m", "mock_server", "serve", "cliniko", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        hung = threading.Timer(120, process.kill)
        hung.start()
        first = process.stdout.readline()
        while busy and "Control " not in process.stdout.readline():
            pass
        if busy:
            # A body that is under way; without it, the server may not even have begun to serve.
            address = ("127.0.0.1", int(re.search(r":(\d+) ", first)[1]))
            head = b"POST /v1/products HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n"
            caller = socket.create_connection(address)
            caller.sendall(head + b"Authorization: Basic dGVzdDo=\r\nExpect: 100-continue\r\n\r\n")
            assert caller.recv(99).startswith(b"HTTP/1.1 100")
        process.send_signal(number)
        errors = process.communicate()[1]
        hung.cancel()
        if busy:
            caller.close()
    assert process.returncode == 0
    # At most the one line that says which calls were broken off.
    assert len(errors.splitlines()) <= busy


def test_a_server_whose_output_is_closed_serves():
    code = (
        "import os, sys; os.close(1); os.close(2);"
        "os.execv(sys.executable, [sys.executable, '-m', 'mock_server', *sys.argv[1:]])"
    )
    port = free_port()
    command = [sys.executable, "-c", code, "serve", "cliniko", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        hung = threading.Timer(120, process.kill)
        hung.start()
        status = None
        while status is None and process.poll() is None:
            with suppress(httpx.HTTPError):
                status = httpx.get(f"http://127.0.0.1:{port}/v1/products", auth=("test", ""))
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        process.wait()
        hung.cancel()
    assert status is not None
    assert (status.status_code, process.returncode) == (200, 0)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_journal_that_is_followed_ends_in_one_line_when_its_server_does():
    with LiveServer(build_server(["cliniko"])) as live:
        with Control(live.url) as control:
            control.create("test-a")
        command = [sys.executable, "-m", "mock_server", "journal", "test-a", "--follow"]
        reader = subprocess.Popen(
            [*command, "--url", live.url], stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
        httpx.get(f"{live.url}/cliniko/v1/products", auth=("test-a", ""))
        time.sleep(1)
    _, errors = reader.communicate(timeout=60)
    assert reader.returncode == 2
    (line,) = errors.splitlines()
    assert line.startswith(f"mock-server: {live.url} ")


@pytest.mark.parametrize(
    ("word", "known", "end"),
    [
        ("creat", ["create", "reset"], "did you mean create?"),
        ("zzz", ["create", "reset"], "there are create, reset"),
        ("zzz", [], "there are none"),
    ],
)
def test_a_wrong_word_is_answered_with_what_it_may_have_meant(word, known, end):
    assert suggestion(word, known) == end


def test_a_person_gets_a_table_and_a_program_plain_columns(monkeypatch, capsys):
    command_line.say_table(["name", "size"], [("a", 1), ("long", 22)])
    assert capsys.readouterr().out == "NAME  SIZE\na     1\nlong  22\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    command_line.say_table(["name", "size"], [("[red]", 1)])
    shown = capsys.readouterr().out
    assert "[red]" in shown
    assert "─" in shown


@pytest.mark.parametrize("begin", [mock_server.start.main, contract_tests.start.main])
def test_an_interrupt_while_a_command_is_imported_is_no_traceback(begin, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("mock_server.start.import_module", interrupted)
    assert begin() == 130
