"""Which of the stand-in's defects the suite finds over HTTP, and whether it finds any without.

    python benchmarks/standin.py [--seeds 2] [--alarm-seeds 5] [--defect NAME]

The stand-in is Cliniko written a second time, with none of the mock's code, so this shows whether
the oracles fit a service and not just the mock. It is served on loopback, and only its clock is not
real: a call takes 0.4 s, the account has a limit of 120 requests a minute, since others use it too,
and to wait for the next minute takes no time. A defect counts as caught with a seed if one round of
all properties finds anything, or else the conformance checks do. Without a defect, as it is and in
each of its variations, nothing may be found; ends with 1 after such a false alarm.
"""

from __future__ import annotations

import argparse
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from a2wsgi import WSGIMiddleware

from contract_tests.findings import Run
from contract_tests.fuzzing.config import LEVELS
from contract_tests.fuzzing.run import run_conformance
from contract_tests.properties.run import Plan, run_properties
from contract_tests.target.guard import guarded
from contract_tests.target.profiles import FULL, Pace
from contract_tests.target.service import url_target
from contract_tests.target.target import Target
from lab.standin.database import Database
from lab.standin.service import BASE_PATH, StandIn
from lab.standin.switches import StandInDefect, Switch, Variation

KEYS = ("standin-one-au1:", "standin-two-au1:")
_PRODUCTS = 60
_CALL = 0.4
_LIMIT = 120
#: What the vendor documents, which the suite keeps to.
_PACE = (200, 60.0)


class Clock:
    """A clock that goes on when it is read, and when somebody waits."""

    def __init__(self) -> None:
        self.now = time.time()  # noqa: TID251 - the stand-in is a service of its own

    def __call__(self) -> float:
        """Return the time of a call."""
        self.now += _CALL
        return self.now

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@contextmanager
def standin(*switches: Switch, limit: int = _LIMIT) -> Iterator[Target]:
    """Serve a fresh stand-in on a free port of this machine as long as the block runs.

    `limit` is how many requests an account has in a minute; 0 for any number.
    """
    clock = Clock()
    service = StandIn(Database(), clock, frozenset(switches), limit, _PRODUCTS)
    config = uvicorn.Config(
        WSGIMiddleware(service.application), log_level="warning", date_header=False
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}{BASE_PATH}"
        target = url_target("cliniko", url, KEYS[0], KEYS[1])
        try:
            yield guarded(target, FULL, Pace(*_PACE, lambda: clock.now, clock.wait))[0]
        finally:
            target.close()
            server.should_exit = True
            thread.join()


def tried(seed: int, *switches: Switch, first: bool = False) -> Run:
    """Run the suite against a stand-in; with `first`, up to what is found first."""
    with standin(*switches) as target:
        plan = Plan(rounds=1, first=first, shortest=False)
        run = run_properties(target, seed=seed, plan=plan)
    if first and run.findings:
        return run
    with standin(*switches) as target:
        run.take(run_conformance(target, seed=seed, level=LEVELS["smoke"]))
    return run


def alarms_of(seeds: range, *switches: Switch) -> int:
    """Count what is found where nothing is wrong, and say what it is."""
    name = switches[0].word if switches else "as it is"
    alarms = 0
    for seed in seeds:
        run = tried(seed, *switches)
        alarms += len(run.findings)
        print(f"{name}, seed {seed}: {len(run.findings)} findings, {run.requests} requests")
        for finding in run.findings:
            print(f"  {finding.check}: {finding.operation}: {finding.message}")
        sys.stdout.flush()
    return alarms


def main() -> int:
    """Run, and print a line for each defect."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--alarm-seeds", type=int, default=5)
    parser.add_argument("--defect", action="append", choices=[each.word for each in StandInDefect])
    given = parser.parse_args()
    seeds = range(1, given.seeds + 1)
    alarms = alarms_of(range(1, given.alarm_seeds + 1))
    if given.defect is None:
        alarms += sum(alarms_of(range(1, 2), each) for each in Variation)
    chosen = [each for each in StandInDefect if given.defect is None or each.word in given.defect]
    steady = caught = 0
    for defect in chosen:
        runs = [tried(seed, defect, first=True) for seed in seeds]
        found = sum(bool(run.findings) for run in runs)
        caught += found > 0
        steady += found == len(runs)
        by = next((run.findings[0] for run in runs if run.findings), None)
        who = f"{by.check}: {by.operation}" if by is not None else "nobody"
        print(f"{defect.word}: {found}/{len(runs)}, first by: {who}", flush=True)
    print(f"{caught} of {len(chosen)} caught, {steady} with every seed; {alarms} false alarms")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
