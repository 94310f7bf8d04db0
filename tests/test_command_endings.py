"""No command ends in a traceback, whatever becomes of its output or its server."""

from __future__ import annotations

import errno
import io
import os
import shlex
import sys

import httpx
import pytest

import contract_tests.cli.main as suite
import mock_server.cli as mock
from mock_server.app import build_server
from mock_server.live import LiveServer, listen

MAIN = {"mock-server": mock, "contract-tests": suite}
#: What makes each command print something; without a line here it is called without arguments.
LINES = {
    "mock-server": {
        "serve": "--port x",
        "run": "cliniko --quiet -- true",
        "ca": "--ca {folder}/ca",
        "apis": "",
        "check": "control --json",
        "sandboxes": "",
        "create": "test-made",
        "reset": "test",
        "delete": "test-made",
        "snapshot": "test here",
        "restore": "test here",
        "fork": "test test-fork",
        "rewind": "test 1",
        "diff": "test",
        "export": "test",
        "seed": "test {folder}/records.yaml",
        "clock": "test",
        "messy": "test",
        "compare": "test",
        "fault": "test",
        "limits": "test",
        "csrf": "test",
        "journal": "test-journal",
        "har": "test-journal",
        "explain": "test-journal 1",
        "verify": 'test \'{{"calls": [{{"operation": "no", "exactly": 1}}]}}\'',
        "wait": "test --timeout 0",
        "data": "cliniko --count 2",
    },
    "contract-tests": {
        "run": "cliniko --target {gone} --report {folder}/report",
        "diff": "cliniko --target {gone}",
        "fidelity": "cliniko --target {gone}",
        "sweep": "cliniko --target {gone}",
        "where": "",
    },
}
COMMANDS = [(prog, name) for prog in MAIN for each in MAIN[prog].SECTIONS.values() for name in each]


class Output(io.RawIOBase):
    """An output that takes bytes until the first is written, which raises `problem`."""

    def __init__(self, problem: BaseException) -> None:
        self._problem = problem

    def writable(self) -> bool:
        return True

    def write(self, _):
        raise self._problem


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """What lines may name: a server that is there, one that is gone, and a folder."""
    with (
        LiveServer(build_server(["cliniko"])) as live,
        httpx.Client(base_url=f"{live.url}/cliniko/v1") as client,
    ):
        for key in ("test", "test-journal"):
            client.get("/products/1", auth=(key, "")).raise_for_status()
        closed = listen("127.0.0.1", 0)
        gone = f"http://127.0.0.1:{closed.getsockname()[1]}"
        closed.close()
        folder = tmp_path_factory.mktemp("commands")
        (folder / "records.yaml").write_text("cliniko:\n  products: []\n")
        yield {"url": live.url, "gone": gone, "folder": folder}


@pytest.fixture
def ending(place, monkeypatch, capsys):
    """A function that carries out a command, and returns its exit code and its messages."""

    def end(prog, name, *, output=None, server="url", encoding="utf-8"):
        monkeypatch.setenv("MOCK_SERVER_URL", place[server])
        monkeypatch.setenv("CONTRACT_TESTS_CREDENTIAL", "test:")
        monkeypatch.setattr("mock_server.command_line._discard_output", lambda: None)
        stream = io.TextIOWrapper(output or io.BytesIO(), encoding=encoding)
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", stream)
            line = LINES[prog].get(name, "").format(**place)
            code = MAIN[prog].main([name, *shlex.split(line)])
        if output is not None:
            stream.detach()  # so that it is not written to again when it is collected
        errors = capsys.readouterr().err
        assert "Traceback" not in errors, errors
        assert f"an error of {prog} itself" not in errors, errors
        return code, errors

    return end


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (BrokenPipeError(), 141),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 2),
        (KeyboardInterrupt(), 130),
    ],
    ids=["closed", "full", "interrupted"],
)
def test_a_command_whose_output_fails_ends_with_a_code_and_at_most_a_line(ending, problem, code):
    printed = set()
    for prog, name in COMMANDS:
        ended, _ = ending(prog, name, output=Output(problem))
        # Those that print nothing, or complain first, end as they always do.
        assert ended in {0, 1, 2, 3, code}, (prog, name, ended)
        if ended == code:
            printed.add(name)
    assert printed >= {"apis", "sandboxes", "journal", "har", "export", "diff", "explain", "where"}


def test_a_command_prints_whatever_the_encoding_of_its_output(ending):
    for prog, name in COMMANDS:
        assert ending(prog, name, encoding="ascii")[0] in {0, 1, 2, 3}


def test_a_command_whose_server_is_gone_says_so_in_a_line(ending, place):
    for headline, commands in mock.SECTIONS.items():
        for name in commands if headline.endswith(("server", "records", "faults", "them")) else ():
            code, errors = ending("mock-server", name, server="gone")
            assert code == 2, name
            assert len(errors.splitlines()) == 1, errors
            if name in LINES["mock-server"]:
                assert place["gone"] in errors, errors
