"""Judge what was answered to a script: there, not there, or inconclusive.

The runner calls `verdict`; a shell script carries `main` along, with the claim and all that it
needs (`portable`), and calls it for what a shell cannot do. So it is of the standard library alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from contract_tests.claims.claim import CannotTell, Claim, ClaimContext
from contract_tests.claims.lists import Sized, listing_of
from contract_tests.claims.relations import NotAsked
from contract_tests.exchange.trace import MISSING, Answer, Call, Exchange, Trace
from contract_tests.reproduction.script import (
    BODY,
    COUNT,
    LISTING,
    PAGES,
    Script,
    listed_on,
    more_pages,
    placed,
    short_walk,
    value_at,
)
from contract_tests.reproduction.variables import VARIABLE, last_part, plain, texts
from mock_server.openapi.paths import filled

#: What `main` returns; a Python that breaks returns 1 by itself.
MENDED, CANNOT_TELL, THERE, ASK = 0, 2, 10, 11
#: Why it is inconclusive where the claim holds of another record (`value_at`), and the file that is
#: there if a call took a value from another one.
GONE, REPLACED = "the record that showed the fault is not listed any more", "replaced"


@dataclass(frozen=True, slots=True)
class JudgedScript:
    """What a script's answers are judged by.

    `looks` are those of its claim (`Claim.looks`), `operations` those of its steps; `more` says for
    a walk whether a page is followed by another one, `items` where its records are on a page.
    """

    script: Script
    looks: Mapping[str, str | None]
    context: ClaimContext
    operations: tuple[str, ...]
    more: Mapping[int, Callable[[Any], bool]]
    items: Mapping[int, str]


def has_json(answer: Answer) -> bool:
    """Say whether an answer has a body of JSON: a page to sign in, or of a proxy, is a text."""
    media_type = answer.headers.get("content-type", "").strip().lower()
    return answer.body is not MISSING and not media_type.startswith("text/")


def verdict(
    claim: Claim,
    looks: Mapping[str, str | None],
    trace: Trace,
    context: ClaimContext,
    shown: Sequence[str] = (),
    pages: Sequence[Sequence[int]] = (),
) -> str | None:
    """Return how a claim, with its `looks`, does not hold after a trace, or None.

    Raises CannotTell where answers lack what they have `shown` before (`Script.shown`); `pages` are
    the exchanges of each step.
    """
    listing = getattr(claim, "listing", "")
    numbers = {at: name for name, at in looks.items() if at}
    for name in shown:
        if name == BODY:
            for each in (getattr(claim, field) for field in looks):
                for number in each if isinstance(each, tuple) else (each,):
                    if not has_json(trace.answer(number)):
                        raise CannotTell(f"{trace[number]}: its body cannot be read")
            continue
        if name.startswith(PAGES):
            continue
        if name == LISTING:
            items = listing_of(context.lifecycle, getattr(claim, "resource", ""), listing).items
            places = [(number, items) for number in getattr(claim, "pages", ())]
        elif isinstance(claim, Sized):
            listed = trace.answer(claim.answer).at(claim.items)
            count = len(listed) if isinstance(listed, list) else -1
            if count not in (claim.size, int(name[len(COUNT) :])):
                raise CannotTell(f"{trace[claim.answer]}: the account has {count} records there")
            continue
        else:
            places = [(getattr(claim, numbers[name]), getattr(claim, name))]
        for number, pointer in places:
            if trace.answer(number).at(pointer) is MISSING:
                raise CannotTell(f"{trace[number]}: it has nothing at {pointer or 'its top'}")
    problem = claim.violation(context, trace)
    short = short_walk(shown, pages)
    # What is wrong with a whole list is wrong on one page too; what is wrong with a page is not.
    of_lists = any(isinstance(getattr(claim, field), tuple) for field in looks)
    if short is not None and not (problem and of_lists):
        raise CannotTell(short)
    return problem


def main(arguments: Sequence[str], folder: Path, case: JudgedScript) -> int:
    """Do what a shell script asks for; returns the exit status.

    `value STEP.PAGE POINTER FORM` prints what an answer has there, as `_in_form` says; `more STEP
    PAGE` how many records a walk has given up to a page, or `no` if none follows; `verdict RUN`
    judges, and may print the operation and URL that are to be asked for first. Answers are in the
    folder: `STEP.PAGE.body` and so on.
    """
    try:
        trace, pages = _answered(folder, case)
        command, *rest = arguments
        if command == "value":
            found, another = _found(trace, pages, rest[0], rest[1])
            if another:
                (folder / REPLACED).touch()
            print(_in_form(found, rest[2]))
        elif command == "more":
            step, page = map(int, rest)
            answers = [trace.answer(each) for each in pages[step][: page + 1]]
            more = more_pages(answers, case.more[step])
            print(listed_on(answers, case.items[step]) if more else "no")
        else:
            replaced = (folder / REPLACED).exists()
            return _verdict(trace, pages, case, rest[0], replaced)
    except NotAsked as lacking:
        template = case.context.spec.operations[lacking.operation].path
        url = filled(template, {**dict(case.context.parameters), **lacking.path})
        print(f"{lacking.operation} {url}")
        return ASK
    except Exception as problem:  # noqa: BLE001 - whatever it is, it says nothing of the service
        why = str(problem) if isinstance(problem, CannotTell) else repr(problem)
        print(f"Inconclusive: {why}", file=sys.stderr)
        return CANNOT_TELL
    return MENDED


def _verdict(
    trace: Trace, pages: Sequence[Sequence[int]], case: JudgedScript, run: str, replaced: bool
) -> int:
    def with_values(text: str) -> Any:
        def value(found: Any) -> Any:
            if found["new"] is not None:
                return f"{run}-{found['new']}"
            place = f"{found['step']}.{found['page'] or 0}"
            given, _ = _found(trace, pages, place, found["at"] or "")
            return last_part(plain(given)) if found["kind"] == "<" else given

        whole = VARIABLE.fullmatch(text)
        if whole is not None and whole["kind"] == "#":
            return value(whole)
        return VARIABLE.sub(lambda found: plain(value(found)), text)

    script = case.script
    claim = placed(texts(script.claim, with_values), case.looks, pages, dict(script.places), trace)
    problem = verdict(claim, case.looks, trace, case.context, script.shown, pages)
    if problem is None and replaced:
        raise CannotTell(GONE)
    print("The fault is not there." if problem is None else f"The fault is there: {problem}")
    return MENDED if problem is None else THERE


def _found(
    trace: Trace, pages: Sequence[Sequence[int]], place: str, pointer: str
) -> tuple[Any, bool]:
    """What was answered at a place, and whether it is of another record (`value_at`)."""
    step, page = map(int, place.split("."))
    found, another = value_at([trace.answer(each) for each in pages[step]], page, pointer)
    if found is MISSING and page >= len(pages[step]):
        raise CannotTell(f"{trace[pages[step][0]]}: there are no {page + 1} pages")
    if found is MISSING:
        raise CannotTell(f"{trace[pages[step][page]]}: it has nothing at {pointer}")
    return found, another


def _in_form(value: Any, form: str) -> str:
    """A value for a URL, for the inside of a JSON text, as JSON, or a part of a link."""
    if form == "url":
        return quote(plain(value), safe="")
    if form == "last":
        return quote(last_part(plain(value)), safe="")
    if form == "query":
        return urlsplit(plain(value)).query
    if form == "inner":
        return json.dumps(plain(value))[1:-1]
    return json.dumps(value) if form == "json" and isinstance(value, str) else plain(value)


def _answered(folder: Path, case: JudgedScript) -> tuple[Trace, list[list[int]]]:
    """What was answered so far, and the numbers of each step's exchanges."""
    trace = Trace()
    pages: list[list[int]] = []
    # What a relation asks for besides comes after the steps.
    for step in range(len(case.operations) + 1):
        pages.append([])
        while (folder / f"{step}.{len(pages[-1])}.status").exists():
            name = folder / f"{step}.{len(pages[-1])}"
            status_file = Path(f"{name}.status")
            operation, method, url, status = status_file.read_text(encoding="utf-8").split(" ")
            at = datetime.fromtimestamp(status_file.stat().st_mtime, UTC)
            content = Path(f"{name}.body").read_bytes()
            answer = Answer(int(status), _headers(Path(f"{name}.headers")), content)
            call = Call(operation)
            trace.exchanges.append(Exchange(len(trace), call, method, url, answer, at))
            pages[-1].append(len(trace) - 1)
    return trace, pages


def _headers(dump: Path) -> dict[str, str]:
    """The headers of the last answer in a dump of curl; earlier ones are interim answers."""
    text = dump.read_bytes().decode("latin-1").replace("\r\n", "\n")
    found: dict[str, str] = {}
    for line in text.strip("\n").split("\n\n")[-1].splitlines()[1:]:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().lower()
            found[key] = f"{found[key]}, {value.strip()}" if key in found else value.strip()
    return found
