"""Make `docs/fidelity.md`: what is known of each API, from where, and what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from contract_tests.fidelity.model import FidelityRule, Kind, Rules
from mock_server.discovery import Vendor
from mock_server.openapi.document import BASES

_HEAD = """\
# Fidelity: what is known of each API, and from where

This page is made by `contract-tests fidelity --page`; do not edit it. The rules are in
`mock_server/apis/<api>/rules.yaml`, each with a check that runs against any target:
[how to](how-to/fidelity.md).

A rule is **documented** (in the vendor's own document or public pages, or in the source of the
framework that the service is built on), **observed** (people who call the service have seen it) or
**inferred** (our choice where nothing speaks, which the service may not share). A test holds the
mock to them, and names those that it does not keep yet. None of this speaks for the vendors.
"""
_BESIDE = """
## Another mock of the same documents

The same rules, run against {name}, which was given our OpenAPI documents (`benchmarks/prism.py`).
It answers from a document alone: it validates what is sent and shows examples, and **claims no
state, no data, no rules beyond the document, and none of the vendors' texts**. So a rule of what a
call does to a record, of filters or of order is not one that it breaks by mistake; the table says
what a program that is tested against such answers has not seen. *Not shown* are rules whose
preparation (make a product, read it) it cannot show.

| about | rules | kept by {name} | not kept | not shown |
|---|---:|---:|---:|---:|
"""
_ABOUT: Mapping[str, str] = {
    "shape": "the shape of answers",
    "value": "what a field holds",
    "refusal": "what is refused, and how",
    "list": "pages, order, filters",
    "relation": "what must agree",
    "lifecycle": "what becomes of records",
    "access": "credentials and accounts",
    "protocol": "methods, media types, links",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """How another target fared: its name, and per API the verdict of each rule by its id."""

    name: str
    verdicts: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, report: Mapping[str, Any]) -> Beside:
        """Return what a report says; raises LookupError and TypeError for another document."""
        return cls(
            report["target"],
            {
                api["api"]: {rule["id"]: rule["verdict"] for rule in api["rules"]}
                for api in report["apis"]
            },
        )


def page(known: Sequence[tuple[Vendor, Rules]], beside: Sequence[Beside] = ()) -> str:
    """Return the page as Markdown."""
    parts = [_HEAD, *_overview(known)]
    for other in beside:
        parts += [_BESIDE.format(name=other.name), *_compared(known, other)]
    for vendor, rules in known:
        parts += [f"\n## {vendor.spec.title}\n", *_operations(vendor, rules), *_unknown(rules)]
    return "".join(parts)


def _overview(known: Sequence[tuple[Vendor, Rules]]) -> Iterator[str]:
    yield "\n| API | operations | rules | " + " | ".join(BASES) + " |\n|---|---:|---:"
    yield "|---:" * len(BASES) + "|\n"
    total: Counter[str] = Counter()
    for vendor, rules in known:
        bases = Counter(str(rule.basis) for rule in rules.rules)
        total += bases
        yield _row(vendor.spec.title, len(vendor.spec.operations), len(rules.rules), bases)
    operations = sum(len(vendor.spec.operations) for vendor, _ in known)
    yield _row("all", operations, total.total(), total)


def _row(title: str, operations: int, rules: int, bases: Counter[str]) -> str:
    cells = [title, operations, rules, *(bases[basis] for basis in BASES)]
    return "| " + " | ".join(map(str, cells)) + " |\n"


def _compared(known: Sequence[tuple[Vendor, Rules]], beside: Beside) -> Iterator[str]:
    every = [
        (rule, beside.verdicts.get(rules.api, {}).get(rule.id, "not shown"))
        for _, rules in known
        for rule in rules.rules
    ]
    groups: list[tuple[str, list[str]]] = [
        (_ABOUT[kind], [verdict for rule, verdict in every if rule.kind == kind])
        for kind in get_args(Kind)
    ]
    for title, verdicts in (*groups, ("all", [verdict for _, verdict in every])):
        count = Counter(verdicts)
        cells = [len(verdicts), count["kept"], count["broken"], count["not shown"]]
        yield f"| {title} | " + " | ".join(map(str, cells)) + " |\n"


def _operations(vendor: Vendor, rules: Rules) -> Iterator[str]:
    for operation in vendor.spec.operations.values():
        own = [rule for rule in rules.rules if rule.operation == operation.id]
        if not own:
            continue
        yield f"\n### {operation.id}\n\n`{operation.method.upper()} {operation.path}`\n\n"
        yield "| rule | | basis | source |\n|---|---|---|---|\n"
        for rule in own:
            yield _rule(rule)


def _rule(rule: FidelityRule) -> str:
    cells = (f"`{rule.id}`", rule.says, rule.basis, rule.source)
    return "| " + " | ".join(map(_cell, cells)) + " |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _unknown(rules: Rules) -> Iterator[str]:
    if not rules.unknown:
        return
    yield "\n### What is not known\n\n"
    for unknown in rules.unknown:
        about = f"`{unknown.operation}`: " if unknown.operation else ""
        yield f"- {about}{unknown.says}\n"
