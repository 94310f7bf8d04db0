"""Find exchanges by words, such as `status:4xx operation:createProduct record:cliniko.products/12`.

Words are separated by spaces, and an exchange has to be as each of them says. `name:value` asks for
one of the properties below, a value with spaces goes into double quotes, and a minus in front turns
a word around. A word without a name is looked for in the operation, the path, the query and both
bodies, in any case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.journal.exchange import Exchange
from mock_server.journal.names import UnknownName, check_query
from mock_server.openapi.document import SpecIndex
from mock_server.openapi.patterns import any_matches
from mock_server.state.store import Table
from mock_server.usage import UsageError, suggestion

#: Says whether an exchange is as one word asks.
Test = Callable[[Exchange], bool]

#: What a word can ask for, with an example of each; the one list that errors and pages show.
WORDS = {
    "api": "api:NAME",
    "operation": "operation:createProduct",
    "method": "method:POST",
    "path": "path:/products/*",
    "status": "status:4xx",
    "verdict": "verdict:refused",
    "record": "record:API.TABLE/12",
    "changed": "changed:API.TABLE/12",
    "has": "has:changes",
    "before": "before:120",
    "after": "after:100",
}
#: What an exchange can have, for `has:`.
_HAS: Mapping[str, Test] = {
    "changes": lambda each: bool(each.changes),
    "fault": lambda each: each.fault is not None,
    "violations": lambda each: bool(each.violations),
    "defect": lambda each: each.problem is not None,
}
_WORD = re.compile(r'(-?)(?:([A-Za-z_]+):)?("[^"]*"?|[^\s"]*)')
#: The words that cost least to judge come first.
_ORDER = ("before", "after", "status", "method", "verdict", "api", "operation", "has")


class InvalidFilter(UsageError, ValueError):
    """A filter asks for what there is not; the message says what may have been meant."""


@dataclass(frozen=True, slots=True)
class ExchangeFilter:
    """The tests that an exchange has to pass, the cheapest first."""

    tests: tuple[Test, ...]

    def select(self, exchanges: Sequence[Exchange]) -> Sequence[Exchange]:
        """Return those that are as all the words say, in their order."""
        found = exchanges
        for test in self.tests:
            found = [each for each in found if test(each)]
        return found


def parse_filter(
    text: str, specs: Mapping[str, SpecIndex], tables: Mapping[str, Table[Any]]
) -> ExchangeFilter:
    """Return the filter that words make; raises InvalidFilter.

    `specs` are those of the APIs that are served, `tables` their tables by full name.
    """
    words = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        found = _WORD.match(text, position)
        if found is None or found.end() == position:
            raise InvalidFilter(f"{text[position:]!r} is no word")
        minus, name, value = found.groups()
        position = found.end()
        if not value:
            raise InvalidFilter(f"{found[0]!r} has nothing behind it")
        if value.startswith('"'):
            if len(value) == 1 or not value.endswith('"'):
                raise InvalidFilter(f"{value} has no closing quotation mark")
            value = value[1:-1]
        words.append((_order(name), _test(name, value, bool(minus), specs, tables)))
    words.sort(key=lambda word: word[0])
    return ExchangeFilter(tuple(test for _, test in words))


def _order(name: str | None) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER) + (name is None)


def _test(
    name: str | None,
    value: str,
    turned: bool,
    specs: Mapping[str, SpecIndex],
    tables: Mapping[str, Table[Any]],
) -> Test:
    test = _text(value) if name is None else _named(name.lower(), value, specs, tables)
    return (lambda each: not test(each)) if turned else test


def _named(
    name: str, value: str, specs: Mapping[str, SpecIndex], tables: Mapping[str, Table[Any]]
) -> Test:
    if name not in WORDS:
        raise InvalidFilter(f"no word asks for {name!r}; {suggestion(name, WORDS)}")
    if name == "has":
        if value not in _HAS:
            raise InvalidFilter(f"has: no exchange has {value!r}; {suggestion(value, _HAS)}")
        return _HAS[value]
    if name in {"before", "after"}:
        return _position(name, value)
    if name in {"record", "changed"}:
        return _record(name, value, tables)
    try:
        check_query({name: value}, specs)
    except UnknownName as unknown:
        raise InvalidFilter(f"{name}: {unknown.problem}") from unknown
    return _property(name, value)


def _property(name: str, value: str) -> Test:
    if name == "path":
        return lambda each: any_matches(value, each.paths)
    if name == "status":
        if value[1:].lower() == "xx":
            family = int(value[0])
            return lambda each: each.status // 100 == family
        status = int(value)
        return lambda each: each.status == status
    if name == "method":
        method = value.upper()
        return lambda each: each.method == method
    if name == "verdict":
        return lambda each: each.verdict == value
    if name == "api":
        return lambda each: each.api == value
    return lambda each: each.operation == value


def _position(name: str, value: str) -> Test:
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise InvalidFilter(f"{name}: {value!r} is not the number of an exchange")
    number = int(value)
    if name == "before":
        return lambda each: each.number < number
    return lambda each: each.number > number


def _record(name: str, value: str, tables: Mapping[str, Table[Any]]) -> Test:
    table, slash, key = value.partition("/")
    if table not in tables:
        raise InvalidFilter(
            f"{name}: there is no table {table!r}; {suggestion(table, sorted(tables))}"
        )

    def named(pairs: Iterable[tuple[str, Any]]) -> bool:
        return any(at == table and (not slash or str(of) == key) for at, of in pairs)

    def changed(each: Exchange) -> bool:
        return bool(each.changes) and named((one.table, one.key) for one in each.changes)

    if name == "changed":
        return changed
    return lambda each: changed(each) or named(each.reads)


def _text(value: str) -> Test:
    wanted = value.lower()
    content = wanted.encode()

    def contains(each: Exchange) -> bool:
        return (
            content in each.response_body.lower()
            or content in each.request_body.lower()
            or wanted in each.raw_path.lower()
            or wanted in each.query.lower()
            or (each.operation is not None and wanted in each.operation.lower())
        )

    return contains
