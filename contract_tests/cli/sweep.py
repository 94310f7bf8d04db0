"""What the command `sweep` does."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

import click
import httpx

from contract_tests.cli.options import json_option, read_options, target_options
from contract_tests.cli.run import without_secrets_shown
from contract_tests.options import Options
from contract_tests.properties.preflight import Preflight
from contract_tests.suite import REPEATS, target_of
from contract_tests.target.cleanup import Outcome
from contract_tests.target.cleanup import sweep as swept_from
from contract_tests.target.guard import guarded
from contract_tests.target.ledger import Ledger
from contract_tests.target.profiles import FULL, pace_of
from contract_tests.target.target import Unreachable
from mock_server.command_line import say_json
from mock_server.discovery import api_names, load_lifecycle
from mock_server.usage import UsageError

_SWEPT, _LEFT, _NOT_REACHED = 0, 1, 3
_WORDS: Mapping[Outcome, str] = {
    "removed": "deleted",
    "gone": "already gone",
    "kept": "kept by the vendor, which has no way to delete them",
    "foreign": "left alone, because no run has made them",
    "stays": "not deleted",
}


@click.command()
@target_options
@json_option
def sweep(**given: Any) -> int:
    """Delete test records that a run has left on a target.

    Ends with 1 if some stay, and with 3 if the target was not reached.
    """
    options = read_options(given)
    return without_secrets_shown(options, lambda: run_sweep(options))


def run_sweep(options: Options) -> int:
    """Delete what runs have left on a target, and print what became of each record.

    Returns 0 if nothing is left, 1 if something stays, 3 if the target was not reached or lets
    nobody in.
    """
    if options.on_mock:
        raise UsageError("sweep: a mock of this process has nothing left; give --target a URL")
    names = options.names or tuple(api_names())
    if len(names) > 1:
        raise UsageError("sweep: name the one API that is behind the URL")
    if options.ledger is not None and not options.ledger.exists():
        raise UsageError(f"--ledger: {options.ledger} does not exist")
    ledger = Ledger(options.ledger) if options.ledger is not None else None
    counts: Counter[Outcome] = Counter()
    records: list[dict[str, str]] = []
    try:
        target = target_of(names[0], options)
        lifecycle = load_lifecycle(target.vendor)
        if lifecycle is None:
            raise UsageError(f"sweep: {names[0]} declares no lifecycle, so nothing was made there")
        if ledger is not None:
            ledger.belongs_to(target)
        pace = pace_of(options.rate, target.vendor.api.rate_limit)
        behind = guarded(target, FULL, pace, repeats=REPEATS)[0]
        Preflight(behind).require()
        for swept in swept_from(behind, lifecycle, ledger):
            counts[swept.outcome] += 1
            if not options.as_json:
                sys.stdout.write(f"{swept}\n")
            about = {"resource": swept.made.resource, "id": swept.made.id}
            records.append({**about, "outcome": swept.outcome, "how": swept.how})
    except (Unreachable, httpx.HTTPError) as problem:
        sys.stderr.write(f"contract-tests: {problem}\n")
        return _NOT_REACHED
    if options.as_json:
        say_json({"api": names[0], "records": records})
        return _LEFT if counts["stays"] else _SWEPT
    counted = ", ".join(f"{counts[each]} {words}" for each, words in _WORDS.items() if counts[each])
    sys.stdout.write(f"{names[0]}: {counted or 'nothing to delete'}\n")
    return _LEFT if counts["stays"] else _SWEPT
