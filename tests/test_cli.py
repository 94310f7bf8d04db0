"""The `mock-server` command."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from mock_server import cli
from mock_server.app import build_server
from mock_server.console.pages import first_call_line
from mock_server.discovery import api_names
from mock_server.live import LiveServer
from tests.conftest import ROOT


@contextmanager
def serving(api: str) -> Iterator[list[str]]:
    """The lines that `mock-server serve API` prints; it is stopped, by its id, at the end."""
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", api]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        lines: list[str] = []
        try:
            while "  try  " not in "".join(lines):
                line = process.stdout.readline()
                assert line, "the server ended before it was ready"
                lines.append(line.rstrip("\n"))
            yield lines
        finally:
            os.kill(process.pid, signal.SIGTERM)


def test_one_api_alone_is_served_at_its_native_path_on_loopback():
    with serving("cliniko") as lines:
        base_url = next(line.split()[-1] for line in lines if "base URL" in line)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/v1", base_url)
        answer = httpx.get(f"{base_url}/products?per_page=1", auth=("test", ""))
        assert answer.status_code == 200
        assert answer.json()["links"]["next"].startswith(f"{base_url}/products?")


def as_curl_does(line: str) -> httpx.Response:
    """Carry out a curl line; a machine without curl should run these tests too."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-u", dest="user")
    parser.add_argument("-b", dest="cookie")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="data")
    parser.add_argument("url")
    program, *arguments = shlex.split(line)
    assert program == "curl"
    options = parser.parse_args(arguments)
    headers = dict(header.split(": ", 1) for header in options.headers)
    if options.cookie:
        headers["Cookie"] = options.cookie
    return httpx.request(
        "POST" if options.data else "GET",
        options.url,
        auth=tuple(options.user.split(":")) if options.user else None,
        headers=headers,
        content=options.data,
    )


def test_the_line_that_serve_prints_works_as_it_stands():
    with serving("cliniko") as lines:
        line = next(line for line in lines if "  try  " in line).split("try", 1)[1]
        assert as_curl_does(line).json()["total_entries"] > 0


def test_every_api_has_a_first_call_that_works():
    server = build_server()
    with LiveServer(server) as live:
        for vendor in server.vendors:
            base_url = live.url + server.base_path(vendor.api.name)
            assert as_curl_does(first_call_line(vendor, base_url)).status_code == 200


def test_apis_lists_every_api(capsys):
    assert cli.main(["apis"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["NAME", *api_names()]


def test_check_passes_on_the_shipped_specs(capsys):
    assert cli.main(["check"]) == 0
    assert capsys.readouterr().out.count("no problems") == len([*api_names(), "control"])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["serve", "nope"], "there is no API 'nope'; there are"),
        (["serve", "cliniko", "--persona", "nobody"], "there is no persona 'nobody'; there are"),
        (["serve", "cliniko", "--port", "99999"], "99999 is not in the range 0<=x<=65535"),
        (["serve", "--port", "x"], "'x' is not a valid integer"),
        (["serve", "--max-body", "0"], "'--max-body': 0 is not in the range"),
        (["serve", "--clock", "yesterday"], "'yesterday' is not an instant such as"),
        (["serve", "--clock", "0001-01-01"], "out of range, 1970 to 9000"),
        (["serve", "--clock", "9999-12-31T23:59:59Z"], "out of range, 1970 to 9000"),
        (["serve", "--rate-limits", "ON"], "'ON' is none of these"),
        (["serve", "--rate-limits", "test-a,maybe"], "'maybe' is none of these"),
        (["serve", "--csrf", "yes"], "'yes' is none of these"),
        (["serve", "--frobnicate"], "no such option"),
        (["servee"], "there is no command 'servee'; did you mean serve"),
        (["check", "nope"], "there is no API 'nope'"),
    ],
)
def test_misuse_is_one_line_and_2(capsys, arguments, complaint):
    assert cli.main(arguments) == 2
    errors = capsys.readouterr().err
    assert complaint in errors
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_without_a_command_the_help_names_them_all(capsys, arguments):
    assert cli.main(arguments) == 0
    shown = capsys.readouterr().out
    for commands in cli.SECTIONS.values():
        for name in commands:
            assert f"  {name} " in shown


def test_every_command_has_help_with_what_it_does(capsys):
    for commands in cli.SECTIONS.values():
        for name in commands:
            assert cli.main([name, "--help"]) == 0
            assert len(capsys.readouterr().out.splitlines()) > 5


def test_a_port_that_is_taken_is_named(capsys):
    server = build_server(["cliniko"])
    with LiveServer(server) as live:
        port = live.url.rpartition(":")[2]
        assert cli.main(["serve", "cliniko", "--port", port]) == 2
    assert f"cannot listen on 127.0.0.1:{port}" in capsys.readouterr().err
