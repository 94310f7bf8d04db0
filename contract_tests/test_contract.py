"""The suite as tests: `pytest contract_tests --api cliniko --target URL`.

Each property across calls and each phase of Schemathesis is a test for each API, so that one can be
chosen with `-k` and a report of pytest's own shows them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest

from contract_tests.conftest import options_of
from contract_tests.findings import Finding, Run
from contract_tests.fuzzing.config import LEVELS, PHASES
from contract_tests.fuzzing.run import run_conformance
from contract_tests.options import Options
from contract_tests.properties.oracles import ORACLES
from contract_tests.properties.preflight import Lapsed
from contract_tests.properties.run import run_properties
from contract_tests.suite import names_of, opened, plan_of, run_tag, ticking
from contract_tests.target.target import Target, Unreachable
from mock_server.usage import UsageError


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each property, or phase, for each API."""
    options = options_of(metafunc.config)
    metafunc.parametrize("api", names_of(options), scope="session")
    if "prop" in metafunc.fixturenames:
        metafunc.parametrize("prop", [oracle.id for oracle in ORACLES])
    if "phase" in metafunc.fixturenames:
        metafunc.parametrize("phase", PHASES)


@pytest.fixture(scope="session")
def contract_target(api: str, contract_options: Options) -> Iterator[Target]:
    """The target behind the guard of its profile."""
    lost = ""
    with ExitStack() as stack:
        try:
            target = stack.enter_context(opened(api, contract_options, run_tag(contract_options)))
        except (Unreachable, UsageError) as problem:
            lost = str(problem)
        # Here and not in the handler: the line is to stand without how it came about.
        if lost:
            pytest.fail(contract_options.secrets.clean(lost), pytrace=False)
        yield target


def test_property(contract_target: Target, contract_options: Options, prop: str) -> None:
    """Nothing breaks a property."""
    plan = plan_of(contract_options, contract_target, only=prop)
    part = partial(run_properties, seed=contract_options.seed, plan=plan)
    run = _made(part, contract_target, contract_options)
    skipped = next((each.skipped for each in run.properties if not each.tried), "")
    if skipped or not run.properties:
        # The API declares nothing that it is about, or the profile does not allow it.
        pytest.skip(skipped or "; ".join(run.skipped))
    _hold(run, contract_options)


def test_conformance(contract_target: Target, contract_options: Options, phase: str) -> None:
    """Schemathesis finds nothing."""
    level = LEVELS[contract_options.level]
    if phase not in level.phases:
        # A smoke run has fewer phases.
        pytest.skip(f"the level {level.name} leaves it out")
    part = partial(
        run_conformance,
        seed=contract_options.seed,
        level=level,
        max_examples=contract_options.max_examples,
        phases=(phase,),
    )
    _hold(_made(part, contract_target, contract_options), contract_options)


def _made(part: Callable[..., Run], target: Target, options: Options) -> Run:
    """Make a part of a run; fails in one line if the service lets its credential in no longer."""
    lapse = ""
    try:
        return part(target, tick=ticking(options, target))
    except Lapsed as lapsed:
        lapse = str(lapsed)
    # Here and not in the handler, as in `contract_target`.
    pytest.fail(options.secrets.clean(lapse), pytrace=False)


def _hold(run: Run, options: Options) -> None:
    if run.findings:
        text = "\n\n".join(_described(finding) for finding in run.findings)
        pytest.fail(options.secrets.clean(text), pytrace=False)


def _described(finding: Finding) -> str:
    lines: list[Any] = [f"{finding.check}: {finding.operation}", finding.message, *finding.steps]
    return "\n  ".join(map(str, lines))
