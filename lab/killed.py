"""Kill runs that write, at random moments, and see whether a sweep leaves anything.

    python -m lab.killed [--moments 200] [--seed 1] [--api NAME]

Runs with `--profile writes` go over HTTP to a mock in a process of its own, each with accounts of
its own, and are ended by SIGKILL after a random time. `contract-tests sweep`, with the run's ledger
or without it by turns, must then leave no record of the run that the vendor has a way to delete,
and all others as they were. Prints a line for each API, and one for each moment that left
something; ends with 1 if there is any.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import click

# What a run needs is there when it is started: it takes seconds to import.
import contract_tests.suite  # noqa: F401
from contract_tests.cli import main as cli
from contract_tests.target.cleanup import records_named, sweep
from contract_tests.target.mock import signed_in
from contract_tests.target.run_tag import is_made_up
from contract_tests.target.service import url_target
from contract_tests.target.target import Target, mock_parameters
from mock_server.command_line import run, say
from mock_server.discovery import api_names, load_lifecycle, load_vendor
from mock_server.usage import UsageError

#: Within so many seconds a run is killed after it has begun, which takes no longer than so many.
_LONGEST, _STARTS = 8.0, 60.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What was there after one kill: records of the run before the sweep and after it."""

    made: int
    left: tuple[str, ...]
    status: int
    others_changed: bool
    #: What the sweep said of each record, if it did not end well.
    said: str = ""


@contextmanager
def mock(api: str) -> Iterator[str]:
    """Serve a mock in a process of its own, and give its base URL."""
    command = [sys.executable, "-u", "-m", "mock_server", "serve", api, "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - it is ours
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        out = process.stdout or ()
        try:
            for line in out:
                found = re.search(r"base URL\s+(http\S+)", line)
                if found:
                    yield found[1]
                    return
            raise RuntimeError(f"the mock of {api} did not start")
        finally:
            process.terminate()


def accounts(api: str, url: str, number: int) -> Target:
    """Return the service with two accounts that nobody has used."""
    vendor = load_vendor(api)
    words = [f"test.typical-killed{number}{each}" for each in ("", "b")]
    first, other = (signed_in(vendor, url, word) for word in words)
    return url_target(api, url, first, other, mock_parameters(vendor))


def killed(target: Target, ledger: Path, seed: int, seconds: float) -> None:
    """Start a run in another process, and kill it so many seconds after it has begun."""
    child = os.fork()
    if child == 0:
        _silent()
        more = ["--seed", str(seed), "--level", "smoke", "--ledger", str(ledger)]
        os._exit(cli.main(["run", *_arguments(target), "--profile", "writes", *more]))
    began = time.monotonic()
    while not ledger.exists() and time.monotonic() - began < _STARTS:
        time.sleep(0.01)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def swept(target: Target, ledger: Path | None, said: Path) -> int:
    """Sweep in another process, and return how that ends; what it says is in the file `said`."""
    child = os.fork()
    if child == 0:
        _silent(str(said))
        more = [] if ledger is None else ["--ledger", str(ledger)]
        os._exit(cli.main(["sweep", *_arguments(target), *more]))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _arguments(target: Target) -> list[str]:
    os.environ["CONTRACT_TESTS_CREDENTIAL"] = target.credential
    os.environ["CONTRACT_TESTS_OTHER_CREDENTIAL"] = target.other_credential or ""
    named = [f"--parameter={name}={value}" for name, value in target.parameters.items()]
    return [target.vendor.api.name, "--target", target.base_url, "--rate", "none", *named]


def _silent(said: str = os.devnull) -> None:
    into = os.open(said, os.O_WRONLY | os.O_CREAT)
    os.dup2(into, 1)
    os.dup2(into, 2)


def tried(api: str, url: str, number: int, random: Random) -> Moment:
    """Kill a run at one random moment, sweep, and look."""
    target = accounts(api, url, number)
    lifecycle = load_lifecycle(target.vendor)
    if lifecycle is None:
        raise UsageError(f"{api} declares no lifecycle")

    def others() -> list[str]:
        found = records_named(target, lifecycle, lambda name: not is_made_up(name))
        return sorted(f"{each.resource} {each.id} {each.account}" for each in found)

    before = others()
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger"
        killed(target, ledger, random.randrange(10_000), random.uniform(0, _LONGEST))
        made = len(records_named(target, lifecycle, is_made_up))
        kept = ledger if number % 2 and ledger.exists() else None
        said = Path(folder) / "said"
        status = swept(target, kept, said)
        lines = said.read_text(encoding="utf-8") if status else ""
    again = sweep(target, lifecycle)
    left = tuple(str(each) for each in again if each.outcome in ("removed", "stays"))
    changed = before != others()
    target.close()
    return Moment(made, left, status, changed, lines)


@click.command(context_settings={"max_content_width": 100})
@click.option("--moments", type=click.IntRange(1), default=200, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--api", multiple=True, help="Only this API; may be repeated.")
def main(**given: Any) -> int:
    """Kill runs at random moments, and see whether a sweep leaves anything."""
    options = SimpleNamespace(**given)
    names = options.api or api_names()
    failed = 0
    for place, api in enumerate(names):
        random = Random(f"{options.seed}/{api}")  # noqa: S311 - no secret
        counts: Counter[str] = Counter()
        with mock(api) as url:
            for number in range(place, options.moments, len(names)):
                moment = tried(api, url, number, random)
                counts["moments"] += 1
                counts["with records"] += moment.made > 0
                counts["records"] += moment.made
                if moment.left or moment.status or moment.others_changed:
                    failed += 1
                    say(f"{api}, moment {number}: {moment}")
        say(
            f"{api}: {counts['moments']} moments, {counts['with records']} of them left records, "
            f"{counts['records']} in all"
        )
        sys.stdout.flush()
    say(f"{failed} moments after which the sweep was not right")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run(main, "python -m lab.killed"))
