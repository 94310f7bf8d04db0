"""The names in a question about a journal, held to what there is.

A question that names what is not there would be answered as if it had not happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, get_args

from mock_server.journal.exchange import Verdict
from mock_server.openapi.document import METHODS, SpecIndex
from mock_server.state.store import Table
from mock_server.usage import UsageError, suggestion

_METHODS = [method.upper() for method in METHODS]
_STATUS = re.compile("[1-9](?:[0-9]{2}|xx|XX)")


class UnknownName(UsageError, ValueError):
    """A question names what is not there.

    `place` leads to the name in the question, `problem` says what may have been meant; the message
    is both.
    """

    def __init__(self, place: tuple[str | int, ...], problem: str) -> None:
        super().__init__(f"{'.'.join(map(str, place))}: {problem}" if place else problem)
        self.place = place
        self.problem = problem


def check_query(
    query: Mapping[str, Any], specs: Mapping[str, SpecIndex], place: tuple[str | int, ...] = ()
) -> None:
    """Raise UnknownName if a query asks for what no exchange of these APIs can be."""
    api, operation = query.get("api"), query.get("operation")
    if api is not None:
        _check(api, specs, (*place, "api"), "API")
    if operation is not None:
        asked = [specs[api]] if api is not None else specs.values()
        known = sorted({name for spec in asked for name in spec.operations})
        _check(operation, known, (*place, "operation"), "operation")
    if query.get("method") is not None:
        _check(str(query["method"]).upper(), _METHODS, (*place, "method"), "method")
    if query.get("verdict") is not None:
        _check(query["verdict"], get_args(Verdict), (*place, "verdict"), "verdict")
    status = query.get("status")
    if status is not None and not _STATUS.fullmatch(str(status)):
        raise UnknownName(
            (*place, "status"), f"{status!r} is not a status such as 404, or a class such as 4xx"
        )
    path = query.get("path")
    if path is not None and not path.startswith(("/", "*")):
        raise UnknownName((*place, "path"), f"{path!r} must begin with a slash, or with `*`")


def check_effect(
    table: str,
    field: str | None,
    tables: Mapping[str, Table[Any]],
    place: tuple[str | int, ...] = (),
) -> None:
    """Raise UnknownName unless there is such a table, and its records have such a field."""
    _check(table, sorted(tables), (*place, "table"), "table")
    if field is not None:
        known = [each.name for each in fields(tables[table].record)]
        _check(field, known, (*place, "field"), f"field of {table}")


def _check(name: str, known: Iterable[str], place: tuple[str | int, ...], what: str) -> None:
    known = list(known)
    if name not in known:
        raise UnknownName(place, f"there is no {what} {name!r}; {suggestion(str(name), known)}")
