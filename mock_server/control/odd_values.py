"""Which values of a sandbox are odd, why, and which of them an answer shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from mock_server.control.seed_files.record_forms import written
from mock_server.journal.exchange import Exchange
from mock_server.openapi.json_values import NotJson, read_json
from mock_server.seeding.messy import OddValue
from mock_server.seeding.odd_values import DIMENSIONS, value_at
from mock_server.seeding.personas import Persona
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import State


def dimensions_of(sandbox: Sandbox, personas: Mapping[str, Persona]) -> list[str]:
    """Return the dimensions in which a sandbox is messy, in the order of the documentation."""
    asked = sandbox.variation.messy
    persona = personas.get(sandbox.persona)
    found = asked if asked is not None else persona.messy if persona else frozenset()
    return [name for name in DIMENSIONS if name in found]


def odd_value_view(odd: OddValue, state: State) -> dict[str, Any]:
    """Return an odd value as JSON: where it is, why, and whether the record still has it."""
    api, _, table = odd.table.partition(".")
    collection = state.collections.get(odd.table)
    record = collection.get(odd.key) if collection is not None else None
    return {
        "api": api,
        "table": table,
        "key": odd.key,
        "field": odd.field,
        "dimension": odd.dimension,
        "description": DIMENSIONS[odd.dimension],
        "note": odd.note,
        "seed": odd.seed,
        "value": _written(odd.value),
        "present": record is not None and value_at(record, odd.field) == odd.value,
    }


def odd_values_shown(exchange: Exchange, sandbox: Sandbox) -> list[dict[str, Any]]:
    """Return the odd values that an exchange has to do with, as JSON.

    These are the ones of records that it asked for by their key, and those that an object of the
    answer shows which has the record's key among its members.
    """
    odd = sandbox.odd_values(exchange.api) if exchange.api in sandbox.committed.seeded else ()
    if not odd:
        return []
    asked = set(exchange.reads)
    try:
        objects = list(_objects(read_json(exchange.response_body)))
    except (NotJson, ValueError):
        objects = []
    by_key: dict[str, list[dict[str, Any]]] = {}
    for each in objects:
        for name, value in each.items():
            if name.endswith("id") and isinstance(value, str | int):
                by_key.setdefault(str(value), []).append(each)
    return [
        odd_value_view(each, exchange.before)
        for each in odd
        if (each.table, each.key) in asked
        or any(_shows(held, each.value) for held in by_key.get(str(each.key), ()))
    ]


def _written(value: Any) -> Any:
    return [written(each) for each in value] if isinstance(value, tuple) else written(value)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    members: Iterable[Any] = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    for member in members:
        yield from _objects(member)


def _shows(shown: Any, value: Any) -> bool:
    """Whether a value of a record is somewhere in a JSON value, in whatever form."""
    if isinstance(shown, dict):
        return any(_shows(member, value) for member in shown.values())
    if isinstance(shown, list):
        return any(_shows(member, value) for member in shown)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return shown == value and type(shown) is type(value)
    if isinstance(value, datetime):
        return isinstance(shown, str) and shown[:19] == value.isoformat()[:19]
    if isinstance(value, int | Decimal) and isinstance(shown, str | int | Decimal):
        try:
            return not isinstance(shown, bool) and Decimal(shown) == value
        except InvalidOperation:
            return False
    return False
