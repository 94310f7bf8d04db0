"""Refuse a request that names a record that is not there.

The answer is the one that was observed for an unknown item group: 400, `Invalid group`; that it is
the same for these records is inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mock_server.apis.exsited.models import (
    ACCOUNTING_CODES,
    CURRENCIES,
    TAX_CODES,
    WAREHOUSES,
    TaxCode,
)
from mock_server.engine.context import Context
from mock_server.engine.errors import Violation
from mock_server.engine.messages import Request
from mock_server.state.store import Transaction

#: A path into a body; `*` stands for every key or index.
Path = tuple[str, ...]
Exists = Callable[[Transaction, str], bool]
Rule = Callable[[Request, Context], Iterator[Violation]]


def codes_of_taxes(records: tuple[TaxCode, ...]) -> dict[str, TaxCode]:
    """Return the tax codes by their names."""
    return {record.code: record for record in records}


def _warehouse(state: Transaction, name: str) -> bool:
    return state.get(WAREHOUSES, name) is not None


def _currency(state: Transaction, name: str) -> bool:
    return state.get(CURRENCIES, name) is not None


def _accounting_code(state: Transaction, name: str) -> bool:
    return name == "" or state.get(ACCOUNTING_CODES, name) is not None


def _tax_uuid(state: Transaction, uuid: str) -> bool:
    return uuid == "" or state.get(TAX_CODES, uuid) is not None


def _tax_name(state: Transaction, code: str) -> bool:
    return code == "" or code in state.derive(TAX_CODES, codes_of_taxes)


_KINDS: dict[str, Exists] = {
    "warehouse": _warehouse,
    "currency": _currency,
    "accounting code": _accounting_code,
    "tax code": _tax_uuid,
    "tax code name": _tax_name,
}


def must_exist(*places: tuple[str, str]) -> Rule:
    """Return a rule: at each place, written `*.sale.accounting_code`, a record of that kind."""
    paths = [(tuple(place.split(".")), kind) for place, kind in places]

    def rule(request: Request, context: Context) -> Iterator[Violation]:
        for path, kind in paths:
            for place, value in _values_at(request.body, path):
                if isinstance(value, str) and not _KINDS[kind](context.state, value):
                    named = kind.removesuffix(" name")
                    yield Violation("body", place, "exists", named, value)

    return rule


def ends_before_starts(body: Any, place: str) -> Iterator[Violation]:
    """Yield a violation for each object at a place whose `end_date` is before its `start_date`."""
    for path, part in _values_at(body, tuple(place.split("."))):
        start, end = (
            (part.get("start_date"), part.get("end_date"))
            if isinstance(part, dict)
            else (None, None)
        )
        if isinstance(start, str) and isinstance(end, str) and start and end and end < start:
            yield Violation("body", (*path, "end_date"), "order", start, end)


def _values_at(
    value: Any, path: Path, place: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if not path:
        yield place, value
        return
    members: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        members = list(value.items())
    elif isinstance(value, list):
        members = list(enumerate(value))
    for key, member in members:
        if path[0] in ("*", key):
            yield from _values_at(member, path[1:], (*place, key))
