"""The `contract-tests` command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from contract_tests.conformance import run_conformance
from contract_tests.findings import Run
from contract_tests.targets import Target, Unreachable, mock_target, signed_in, url_target
from mock_server.arguments import WRONG_USE, Parser
from mock_server.control.api import NAME as CONTROL
from mock_server.discovery import UnknownApi, api_names, load_vendor
from mock_server.engine.spec import SpecError

NOTHING_FOUND, FOUND, NOT_REACHED = 0, 1, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 nothing found, 1 findings, 2 wrong use, 3 target unreachable."""
    options = _parser().parse_args(arguments)
    names = options.api or api_names()
    if options.target == "mock" and not options.api:
        names.append(CONTROL)
    failed = False
    try:
        for name in names:
            failed = not _report(_run(name, options)) or failed
    except (UnknownApi, SpecError) as problem:
        print(f"contract-tests: {problem}", file=sys.stderr)
        return WRONG_USE
    except Unreachable as problem:
        print(f"contract-tests: {problem}", file=sys.stderr)
        return NOT_REACHED
    return FOUND if failed else NOTHING_FOUND


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="contract-tests", description="Hold a mock or a real service to its OpenAPI document."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="fuzz a target with every check of Schemathesis")
    run.add_argument("api", nargs="*", help="which APIs; all if none is named")
    run.add_argument(
        "--target", default="mock", help="`mock`, or the URL that the spec's paths are appended to"
    )
    run.add_argument(
        "--credential",
        default=os.environ.get("CONTRACT_TESTS_CREDENTIAL"),
        help="what the API's first security scheme takes (user:password, token or key); better "
        "given in the environment variable CONTRACT_TESTS_CREDENTIAL",
    )
    run.add_argument("--seed", type=int, default=1, help="the same seed sends the same requests")
    run.add_argument("--max-examples", type=int, default=30, help="per operation and phase")
    return parser


def _run(name: str, options: argparse.Namespace) -> Run:
    return run_conformance(
        _target(name, options),
        seed=options.seed,
        max_examples=options.max_examples,
        progress=lambda text: print(f"{name}: {text}", flush=True),
    )


def _target(name: str, options: argparse.Namespace) -> Target:
    if options.target == "mock":
        return mock_target(name, options.credential or "test")
    if name == CONTROL:
        raise UnknownApi("control is tested in a mock of this process only")
    vendor = load_vendor(name)
    credential = options.credential or signed_in(vendor, options.target.rstrip("/"), "test")
    return url_target(name, options.target, credential)


def _report(run: Run) -> bool:
    for finding in run.findings:
        print(f"\n{finding.check}: {finding.operation} ({finding.phase})")
        print(f"  {finding.message}")
        if finding.reproduction:
            print(f"  {finding.reproduction}")
    verdict = "nothing found" if run.ok else f"{len(run.findings)} findings"
    print(
        f"{run.api}: {verdict}; {run.requests} requests, {run.checks} checks, "
        f"{run.seconds:.1f} s, seed {run.seed}"
    )
    return run.ok
