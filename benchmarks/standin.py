"""How many of the stand-in's defects the properties find, and whether they find any in it without.

    python benchmarks/standin.py [--seeds 5] [--defect NAME]

The stand-in is Cliniko written a second time, with none of the mock's code, so this shows whether
the oracles fit a service and not just the mock. Its process is this one; a defect counts as caught
with a seed if one round of all properties finds anything. Ends with 1 after a false alarm.
"""

from __future__ import annotations

import argparse
import sys
import time

from a2wsgi import WSGIMiddleware

from contract_tests.properties import Plan, run_properties
from contract_tests.standin.database import Database
from contract_tests.standin.service import Service
from contract_tests.standin.switches import Defect
from contract_tests.targets import Target
from mock_server.discovery import load_vendor

_KEYS = ("standin-one-au1:", "standin-two-au1:")
_PRODUCTS = 60


def standin(*defects: Defect) -> Target:
    """Return a fresh stand-in in this process."""
    clock = time.time  # noqa: TID251 - it is a service of its own, with a clock of its own
    service = Service(Database(":memory:"), clock, frozenset(defects), 0, _PRODUCTS)
    app = WSGIMiddleware(service.application)
    return Target(load_vendor("cliniko"), "http://testserver/v1", _KEYS[0], app, _KEYS[1])


def main() -> int:
    """Run, and print a line for each defect."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--defect", action="append", choices=[each.word for each in Defect])
    given = parser.parse_args()
    seeds = range(1, given.seeds + 1)
    alarms = 0
    for seed in seeds:
        run = run_properties(standin(), seed=seed, plan=Plan(rounds=1))
        alarms += len(run.findings)
        print(f"conforming, seed {seed}: {len(run.findings)} findings, {run.requests} requests")
        for finding in run.findings:
            print(f"  {finding.check}: {finding.operation}: {finding.message}")
    chosen = [each for each in Defect if given.defect is None or each.word in given.defect]
    steady = caught = 0
    for defect in chosen:
        plan = Plan(rounds=1, first=True)
        runs = [run_properties(standin(defect), seed=seed, plan=plan) for seed in seeds]
        found = sum(bool(run.findings) for run in runs)
        caught += found > 0
        steady += found == len(runs)
        by = next((run.findings[0].check for run in runs if run.findings), "nobody")
        print(f"{defect.word}: {found}/{len(runs)}, first by: {by}", flush=True)
    print(f"{caught} of {len(chosen)} caught, {steady} with every seed; {alarms} false alarms")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
