"""The how-to pages do what they say: every block of code in them runs."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pytest

import contract_tests.cli.main
from mock_server import cli
from mock_server.app import build_server
from mock_server.live import LiveServer
from tests.conftest import ROOT

PAGES = [*sorted((ROOT / "docs" / "how-to").glob("*.md")), ROOT / "docs" / "for-testers.md"]
BLOCK = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Blocks of these kinds are shown, not run.
SHOWN = {"text", "json", "yaml"}
COMMANDS = {"contract-tests": contract_tests.cli.main.main, "mock-server": cli.main}
WRITTEN_URL = "http://127.0.0.1:8080"


@dataclass(frozen=True)
class Block:
    """One block of code, with the line of the page that it begins in."""

    kind: str
    code: str
    line: int


def blocks_of(page):
    """The blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found[1], found[2], text.count("\n", 0, found.start()) + 2)
        for found in BLOCK.finditer(text)
    ]


@pytest.fixture
def live(vendors, monkeypatch):
    """A function that gives the URL of a live server of all APIs, started when first asked."""
    started = []

    def url():
        if not started:
            started.append(LiveServer(build_server(vendors=vendors)).__enter__())
            monkeypatch.setenv("MOCK_SERVER_URL", started[0].url)
        return started[0].url

    yield url
    for server in started:
        server.__exit__(None, None, None)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_of_a_page_runs(page, live, run_tests, capsys):
    names, ini, tests = {"__name__": f"how_to.{page.stem}"}, "", ""
    for block in blocks_of(page):
        assert block.kind in {"python", "console", "ini", *SHOWN}, f"{page.name}:{block.line}"
        code = block.code
        if WRITTEN_URL in code and block.kind in {"python", "console"}:
            code = code.replace(WRITTEN_URL, live())
        if block.kind == "ini":
            ini = code
        elif block.kind == "python" and "def test_" in code:
            # What a page's later tests use may stand in its earlier ones.
            tests += code if not ini else ""
            run_tests(code if ini else tests, ini)
        elif block.kind == "python":
            # The right line numbers for a traceback.
            lined = "\n" * (block.line - 1) + code
            exec(compile(lined, str(page), "exec"), names)
        elif block.kind == "console":
            live()
            run_console(code, f"{page.name}:{block.line}", capsys)


@pytest.fixture
def run_tests(pytester, pytestconfig):
    """A function that runs tests, which must pass, with an ini file."""
    there = pytestconfig.pluginmanager.has_plugin("mock_inventory")
    plugin = [] if there else ["-p", "mock_server.pytest_plugin"]

    def run(code, ini):
        (pytester.path / "pytest.ini").write_text(ini or "[pytest]\n", encoding="utf-8")
        (pytester.path / "test_page.py").write_text(code, encoding="utf-8")
        done = pytester.runpytest_inprocess(*plugin, "-p", "no:cacheprovider", "--strict-markers")
        done.assert_outcomes(passed=code.count("def test_"))

    return run


def run_console(code, where, capsys):
    """Run the commands of a block; lines below a command are what it prints, … for anything."""
    steps = re.split(r"^\$ ", code.replace("\\\n", " "), flags=re.MULTILINE)
    assert steps[0] == "", f"{where} does not begin with a command"
    for step in steps[1:]:
        command, _, shown = step.partition("\n")
        printed = output_of(shlex.split(command, comments=True), f"{where}: {command}", capsys)
        left = iter(printed.splitlines())
        for line in shown.splitlines():
            pattern = line.replace("[", "[[]").replace("…", "*").strip()
            assert not pattern or any(fnmatchcase(each.strip(), pattern) for each in left), (
                f"{where}: {command}\nprinted no line like: {line}\nbut:\n{printed}"
            )


def output_of(words, where, capsys):
    """Run one command, which must succeed, and return what it prints."""
    if words[0] == "curl":
        curl = shutil.which("curl")
        assert curl, "the pages use curl"
        done = subprocess.run([curl, *words[1:]], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{where}\n{done.stderr}"
        return done.stdout
    assert words[0] in COMMANDS, f"{where}: only {', '.join(COMMANDS)} and curl can be run here"
    assert words[1] != "serve", f"{where}: serve does not come back; show it as text"
    capsys.readouterr()
    status = COMMANDS[words[0]](words[1:])
    printed = capsys.readouterr()
    assert status == 0, f"{where}\n{printed.out}{printed.err}"
    return printed.out


def test_every_page_has_something_to_run():
    # What replicas.md shows needs PostgreSQL; tests/store/test_postgresql.py runs it.
    for page in (each for each in PAGES if each.name != "replicas.md"):
        assert {block.kind for block in blocks_of(page)} & {"python", "console"}, page.name


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^):#]+)", text):
            assert (page.parent / target).is_file(), f"{page.name} leads to {target}"
