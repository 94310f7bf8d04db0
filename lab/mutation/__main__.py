"""`python -m lab.mutation`: how many planted defects the suite catches, and who else."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click

from lab.mutants.catalogue import GROUPS, MOST_SITES
from lab.mutation.record import KINDS, TrialRecord
from lab.mutation.table import DETECTORS, Result, json_of, text_of
from lab.mutation.trials import TrialPlan
from lab.mutation.variants import VARIANTS
from lab.mutation.workers import Workers
from mock_server.command_line import Word, path_option, run, say, say_table
from mock_server.discovery import api_names, load_lifecycle, load_vendor
from mock_server.openapi.document import is_read
from mock_server.usage import UsageError, suggestion

_MISSED = 1
_COUNT, _AMOUNT = click.IntRange(1), click.IntRange(0)


@click.command(
    epilog="Ends with 0 if all goals are met, 1 if one is not, 2 after wrong use.",
    context_settings={"max_content_width": 100},
)
@click.option("--api", multiple=True, help="Only this API; may be repeated.")
@click.option("--seeds", type=_COUNT, default=20, show_default=True, help="Seeds of our suite.")
@click.option(
    "--patience",
    type=_COUNT,
    default=2,
    show_default=True,
    help="What the suite does not find with so many seeds is missed.",
)
@click.option("--read-only-seeds", type=_COUNT, default=2, show_default=True)
@click.option("--stock-seeds", type=_COUNT, default=1, show_default=True)
@click.option("--stock-examples", type=_COUNT, default=20, show_default=True, metavar="N")
@click.option(
    "--alarm-seeds",
    type=_AMOUNT,
    default=20,
    show_default=True,
    help="Seeds where nothing is wrong; 0 for none.",
)
@click.option(
    "--detector",
    multiple=True,
    type=Word(DETECTORS),
    help="Only this detector; may be repeated.",
)
@click.option("--group", multiple=True, metavar="CLASS", help="Only this class; may be repeated.")
@click.option(
    "--sites", type=_COUNT, default=MOST_SITES, show_default=True, help="The most of one class."
)
@click.option("--sample", type=_AMOUNT, default=0, help="Try only so many of the defects.")
@click.option("--jobs", type=_COUNT, default=2, show_default=True, help="Processes.")
@click.option(
    "--keep",
    multiple=True,
    type=Word((*KINDS, "all")),
    help="Take from the record in DIR what it has of this kind; may be repeated.",
)
@path_option("--output", default=Path("build/mutation"), show_default=True, metavar="DIR")
@click.option("--list", "listed", is_flag=True, help="List the classes, and end.")
def mutation(api: tuple[str, ...], listed: bool, **options: Any) -> int:
    """Plant defects in the mocks, one at a time, and see who finds them."""
    given = SimpleNamespace(**options)
    names = api or [name for name in api_names() if load_lifecycle(load_vendor(name))]
    for name in names:
        if load_lifecycle(load_vendor(name)) is None:
            raise UsageError(
                f"{name} declares no lifecycle, so there is nothing to plant defects in"
            )
    classes = [group.name for group in GROUPS]
    for name in given.group:
        if name not in classes:
            raise UsageError(f"there is no class {name!r}; {suggestion(name, classes)}")
    if listed:
        say_table(
            ["class", "layer", "kind", "description"],
            [
                (each.name, each.layer, "semantic" if each.semantic else "shape", each.description)
                for each in GROUPS
            ],
        )
        return 0
    given.detector = given.detector or DETECTORS
    unmet = False
    for name in names:
        result = _tried(name, given)
        say(text_of(result))
        path = given.output / f"{name}.json"
        path.write_text(json.dumps(json_of(result), indent=1) + "\n", encoding="utf-8")
        say(f"written: {path}\n")
        sys.stdout.flush()
        unmet = unmet or any(result.unmet())
    return _MISSED if unmet else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and return the exit code, as `command_line.run` says."""
    return run(mutation, "python -m lab.mutation", arguments)


def _tried(api: str, given: SimpleNamespace) -> Result:
    plan = TrialPlan(
        api,
        given.seeds,
        given.patience,
        given.read_only_seeds,
        given.stock_seeds,
        given.stock_examples,
        given.sites,
        given.group,
    )
    kept = KINDS if "all" in given.keep else given.keep
    record = TrialRecord(given.output / f"{api}.jsonl", plan, kept)
    started = time.perf_counter()
    with Workers(plan, given.jobs) as workers:

        def seen(kind: str, calls: Iterable[Any]) -> dict[Any, Any]:
            """What is seen of a kind, in the order of the calls: what was kept, and the rest."""
            known, calls = record.of(kind), list(calls)
            for call, saw in workers.work(kind, [each for each in calls if each not in known]):
                record.add(kind, call, saw)
                known[call] = saw
                if kind == "suite" and not saw.caught:
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
        for detector in DETECTORS:
            if detector in given.detector:
                result.trials[detector] = seen(detector, names)
            elif known := record.of(detector):
                result.trials[detector] = {name: known[name] for name in names if name in known}
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


if __name__ == "__main__":
    sys.exit(main())
