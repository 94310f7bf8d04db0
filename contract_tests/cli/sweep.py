"""What the command `sweep` does."""

from __future__ import annotations

import sys

import httpx

from contract_tests.cli.options import Options, WrongUse
from contract_tests.properties.preflight import Admission
from contract_tests.suite import target_of
from contract_tests.target.cleanup import sweep
from contract_tests.target.guard import guarded
from contract_tests.target.ledger import Ledger
from contract_tests.target.profiles import FULL, pace_of
from contract_tests.target.target import Unreachable
from mock_server.discovery import api_names, load_lifecycle

_SWEPT, _LEFT, _NOT_REACHED = 0, 1, 3


def run_sweep(options: Options) -> int:
    """Take away what runs have left on a target, and print what became of each record.

    Returns 0 if nothing is left, 1 if something stays, 3 if the target was not reached or lets
    nobody in.
    """
    if options.on_mock:
        raise WrongUse("sweep: a mock of this process has nothing left; give --target a URL")
    names = options.names or tuple(api_names())
    if len(names) > 1:
        raise WrongUse("sweep: name the one API that is behind the URL")
    if options.ledger is not None and not options.ledger.exists():
        raise WrongUse(f"--ledger: {options.ledger} does not exist")
    ledger = Ledger(options.ledger) if options.ledger is not None else None
    left = count = 0
    try:
        target = target_of(names[0], options)
        lifecycle = load_lifecycle(target.vendor)
        if lifecycle is None:
            raise WrongUse(f"sweep: {names[0]} declares no lifecycle, so nothing was made there")
        pace = pace_of(options.rate, target.vendor.api.rate_limit)
        behind = guarded(target, FULL, pace)[0]
        Admission(behind).require()
        for swept in sweep(behind, lifecycle, ledger):
            count += 1
            left += not swept.gone
            sys.stdout.write(f"{swept}\n")
    except (Unreachable, httpx.HTTPError) as problem:
        sys.stderr.write(f"contract-tests: {problem}\n")
        return _NOT_REACHED
    sys.stdout.write(f"{names[0]}: {count - left} of {count} records taken away\n")
    return _LEFT if left else _SWEPT
