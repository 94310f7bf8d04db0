"""`python -m lab.mutation`: how many planted defects the suite catches, and who else."""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lab.mutants.catalogue import GROUPS, MOST_SITES
from lab.mutation.record import KINDS, Record
from lab.mutation.table import CONTESTANTS, Result, json_of, text_of
from lab.mutation.trials import Plan
from lab.mutation.variants import VARIANTS
from lab.mutation.workers import Workers
from mock_server.arguments import Parser
from mock_server.discovery import api_names, load_lifecycle, load_vendor
from mock_server.openapi.document import is_read

_MISSED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; returns 0 if all goals are met, 1 if one is not, 2 after wrong use."""
    parser = _parser()
    given = parser.parse_args(arguments)
    names = given.api or [name for name in api_names() if load_lifecycle(load_vendor(name))]
    for name in names:
        if name not in api_names():
            parser.error(f"there is no API {name!r}; there are {', '.join(api_names())}")
        if load_lifecycle(load_vendor(name)) is None:
            parser.error(f"{name} declares no lifecycle, so nothing is known to plant defects in")
    unknown = {*given.group} - {group.name for group in GROUPS}
    if unknown:
        parser.error(f"there is no class {min(unknown)!r}; --list names them")
    if given.list:
        for group in GROUPS:
            kind = "semantic" if group.semantic else "shape"
            print(f"{group.name:30}{group.layer:7}{kind:10}{group.description}")
        return 0
    given.contestant = given.contestant or CONTESTANTS
    unmet = False
    for name in names:
        result = _tried(name, given)
        print(text_of(result), flush=True)
        path = given.output / f"{name}.json"
        path.write_text(json.dumps(json_of(result), indent=1) + "\n", encoding="utf-8")
        print(f"written: {path}\n", flush=True)
        unmet = unmet or any(result.unmet())
    return _MISSED if unmet else 0


def _tried(api: str, given: argparse.Namespace) -> Result:
    plan = Plan(
        api,
        given.seeds,
        given.patience,
        given.read_only_seeds,
        given.plain_seeds,
        given.plain_examples,
        given.sites,
        tuple(given.group),
    )
    kept = KINDS if "all" in given.keep else given.keep
    record = Record(given.output / f"{api}.jsonl", plan, kept)
    started = time.perf_counter()
    with Workers(plan, given.jobs) as workers:

        def seen(kind: str, calls: Iterable[Any]) -> dict[Any, Any]:
            """What is seen of a kind, in the order of the calls: what was kept, and the rest."""
            known, calls = record.of(kind), list(calls)
            for call, saw in workers.work(kind, [each for each in calls if each not in known]):
                record.add(kind, call, saw)
                known[call] = saw
                if kind == "ours" and not saw.caught:
                    sys.stderr.write(f"{api}: missed {call}\n")
            return {call: known[call] for call in calls}

        everything = workers.trials.defects
        visible = seen("visible", everything)
        safe = frozenset(
            name for name, each in load_vendor(api).spec.operations.items() if is_read(each)
        )
        counted = {name: each for name, each in everything.items() if visible[name]}
        result = Result(plan, counted, safe)
        result.invisible = [name for name in everything if not visible[name]]
        names = sampled(list(result.defects), given.sample)
        for contestant in CONTESTANTS:
            if contestant in given.contestant:
                result.trials[contestant] = seen(contestant, names)
            elif known := record.of(contestant):
                result.trials[contestant] = {name: known[name] for name in names if name in known}
        calls = [("", seed) for seed in range(1, given.alarm_seeds + 1)]
        calls += [(each.name, 1) for each in VARIANTS] if given.alarm_seeds else []
        for (name, _), found in seen("alarms", calls).items():
            result.alarms.setdefault(name, []).extend(found)
    result.seconds = time.perf_counter() - started
    return result


def sampled(names: list[str], size: int) -> list[str]:
    """Draw some of the names, so that the same are drawn when there is one more or less."""
    if not size:
        return names
    drawn = sorted(names, key=lambda name: random.Random(name).random())[:size]  # noqa: S311 - no secret
    return [name for name in names if name in drawn]


def _parser() -> Parser:
    parser = Parser(
        prog="python -m lab.mutation",
        description="Plant defects in the mocks, one at a time, and see who finds them.",
        epilog="Ends with 0 if all goals are met, 1 if one is not, 2 after wrong use.",
    )
    parser.add_argument("--api", action="append", default=[], help="all that have a lifecycle")
    parser.add_argument("--seeds", type=_count, default=20, help="for our suite")
    parser.add_argument(
        "--patience", type=_count, default=2,
        help="what ours does not find with so many seeds is missed",
    )  # fmt: skip
    parser.add_argument("--read-only-seeds", type=_count, default=2, help="for it without writing")
    parser.add_argument("--plain-seeds", type=_count, default=1, help="for plain Schemathesis")
    parser.add_argument("--plain-examples", type=_count, default=20, metavar="N")
    parser.add_argument(
        "--alarm-seeds", type=_amount, default=20, help="where nothing is wrong; 0 for none"
    )
    parser.add_argument(
        "--contestant", action="append", choices=CONTESTANTS, metavar="NAME",
        help=f"{', '.join(CONTESTANTS)}; all if none is named",
    )  # fmt: skip
    parser.add_argument("--group", action="append", default=[], metavar="CLASS", help="only these")
    parser.add_argument("--sites", type=_count, default=MOST_SITES, help="the most of one class")
    parser.add_argument("--sample", type=_amount, default=0, help="try so many of the defects")
    parser.add_argument("--jobs", type=_count, default=2, help="processes")
    parser.add_argument(
        "--keep", action="append", choices=(*KINDS, "all"), default=[], metavar="KIND",
        help=f"do not try again what the record in DIR has: {', '.join(KINDS)}, or all",
    )  # fmt: skip
    parser.add_argument("--output", type=Path, default=Path("build/power"), metavar="DIR")
    parser.add_argument("--list", action="store_true", help="name the classes, and end")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def _amount(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
