"""Jars: listed, filled, read and eaten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound, Violation
from mock_server.engine.messages import Reply, Request
from mock_server.state.store import Table

OPERATIONS = Operations()
_PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class Jar:
    """A jar; what is in it weighs `grams`."""

    id: str
    label: str
    grams: Decimal
    next_to: str | None
    filled_at: datetime


JARS = Table("larder.jars", Jar)


def jar_id(number: int) -> str:
    """Return the id of the jar that was filled as the so-manieth."""
    return f"jar-{number:08}"


def jar_beside_exists(request: Request, context: Context) -> Iterator[Violation]:
    """Refuse a jar next to one that is not there."""
    beside = request.body.get("next_to")
    if isinstance(beside, str) and context.state.get(JARS, beside) is None:
        yield Violation("body", ("next_to",), "exists", value=beside)


@OPERATIONS.handles("listJars")
def list_jars(request: Request, context: Context) -> Reply:
    """List ten jars."""
    label = request.query.get("label")
    jars = [jar for jar in context.state.all(JARS) if label is None or jar.label == label]
    start = (request.query.get("page", 1) - 1) * _PER_PAGE
    shown = [_shown(jar) for jar in jars[start : start + _PER_PAGE]]
    return Reply(200, {"jars": shown}, {"X-Total": str(len(jars))})


@OPERATIONS.handles("fillJar", rules=[jar_beside_exists])
def fill_jar(request: Request, context: Context) -> Reply:
    """Fill a jar."""
    jar = Jar(
        id=jar_id(context.state.next_id(JARS)),
        label=request.body["label"],
        grams=Decimal(request.body.get("grams", 0)),
        next_to=request.body.get("next_to"),
        filled_at=context.now,
    )
    return Reply(201, _shown(context.state.put(JARS, jar)))


@OPERATIONS.handles("readJar")
def read_jar(request: Request, context: Context) -> Reply:
    """Show a jar."""
    return Reply(200, _shown(_found(request, context)))


@OPERATIONS.handles("eatJar")
def eat_jar(request: Request, context: Context) -> Reply:
    """Take a jar away."""
    context.state.remove(JARS, _found(request, context).id)
    return Reply(204)


def _found(request: Request, context: Context) -> Jar:
    jar = context.state.get(JARS, request.path["id"])
    if jar is None:
        raise RecordNotFound("jar", request.path["id"])
    return jar


def _shown(jar: Jar) -> dict[str, Any]:
    return {
        "id": jar.id,
        "label": jar.label,
        "grams": jar.grams,
        "next_to": jar.next_to,
        "filled_at": jar.filled_at.isoformat(),
    }
