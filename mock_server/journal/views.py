"""Exchanges and changes as JSON values, for people and programs to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from mock_server.journal.exchange import Exchange
from mock_server.journal.ignored import ignored
from mock_server.journal.redaction import (
    REDACTED,
    is_secret,
    redacted_headers,
    redacted_query,
    redacted_text,
    secret_parameters,
)
from mock_server.openapi.document import SpecIndex
from mock_server.state.store import Change


def exchange_view(exchange: Exchange, spec: SpecIndex | None = None) -> dict[str, Any]:
    """Return an exchange as a JSON object, secrets redacted; `spec` is its API's."""
    secrets = secret_parameters(spec)
    request_type = exchange.request_headers.get("content-type", "")
    response_headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in exchange.response_headers
    ]
    response_type = dict(response_headers).get("content-type", "")
    return {
        "number": exchange.number,
        "at": plain(exchange.at),
        "api": exchange.api,
        "operation": exchange.operation,
        "verdict": exchange.verdict,
        "error": exchange.error,
        "violations": list(exchange.violations),
        "ignored": ignored(exchange, spec) if spec else [],
        "problem": exchange.problem,
        "fault": exchange.fault,
        "sent": exchange.sent,
        "request": {
            "method": exchange.method,
            "url": _shown_url(exchange, secrets),
            "headers": dict(redacted_headers(exchange.request_headers.items(), secrets)),
            "body": redacted_text(exchange.request_body, request_type),
        },
        "response": {
            "status": exchange.status,
            "headers": dict(redacted_headers(response_headers, secrets)),
            "body": redacted_text(exchange.response_body, response_type),
        },
        "changes": changes_view(exchange.changes),
        "revision": {"before": exchange.before.revision, "after": exchange.after.revision},
    }


def exchange_summary(exchange: Exchange, spec: SpecIndex | None = None) -> dict[str, Any]:
    """Return an exchange in a few words: what was called, what was answered, what it changed."""
    query = redacted_query(exchange.query, secret_parameters(spec))
    return {
        "number": exchange.number,
        "at": plain(exchange.at),
        "api": exchange.api,
        "operation": exchange.operation,
        "method": exchange.method,
        "path": f"{exchange.raw_path}{'?' if query else ''}{query}",
        "status": exchange.status,
        "verdict": exchange.verdict,
        "error": exchange.error,
        "problem": exchange.problem,
        "fault": exchange.fault,
        "sent": exchange.sent,
        "changes": [
            {"table": each.table, "key": each.key, "change": change_kind(each)}
            for each in exchange.changes
        ],
    }


def change_kind(change: Change) -> str:
    """Return what a change did to its record: `created`, `updated` or `removed`."""
    if change.before is None:
        return "created"
    return "removed" if change.after is None else "updated"


def _shown_url(exchange: Exchange, secrets: frozenset[str]) -> str:
    """The URL of an exchange without secrets in its query."""
    query = redacted_query(exchange.query, secrets)
    return f"{exchange.origin}{exchange.raw_path}{'?' if query else ''}{query}"


def line(exchange: Exchange, spec: SpecIndex | None = None) -> str:
    """Return an exchange in one line: number, request, status, and what was special about it."""
    return line_of(exchange_view(exchange, spec))


def line_of(view: Mapping[str, Any]) -> str:
    """Return the one line of an exchange that `exchange_view` made a JSON object of."""
    request, response = view["request"], view["response"]
    remarks = [
        _verdict(view),
        f"fault {view['fault']}" if view["fault"] else "",
        f"ignored {', '.join(view['ignored'])}" if view["ignored"] else "",
        f"{len(view['changes'])} changes" if view["changes"] else "",
    ]
    notes = ", ".join(remark for remark in remarks if remark)
    text = f"#{view['number']} {request['method']} {request['url']} {response['status']}"
    return f"{text} ({notes})" if notes else text


def _verdict(view: Mapping[str, Any]) -> str:
    """What the verdict adds to the line of an exchange."""
    if view["error"] == "NotMocked":
        return "not mocked"
    return "" if view["verdict"] == "answered" else str(view["verdict"])


def plain(value: Any) -> Any:
    """Return a record or a value in it as JSON: decimals and times as text, secrets left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: REDACTED if is_secret(each.name) else plain(getattr(value, each.name))
            for each in fields(value)
        }
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value


def changes_view(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Return changes as JSON objects: what was created, updated field by field, and removed."""
    return [change_view(change) for change in changes]


def change_view(change: Change, shown: Callable[[Any], Any] = plain) -> dict[str, Any]:
    """Return one change: the whole record if it came or went, else the fields that differ.

    `shown` makes JSON of a record.
    """
    kind = change_kind(change)
    view: dict[str, Any] = {"table": change.table, "key": change.key, "change": kind}
    if kind != "updated":
        return view | {"record": shown(change.before if kind == "removed" else change.after)}
    before, after = shown(change.before), shown(change.after)
    return view | {
        "fields": {
            name: {"before": before.get(name), "after": after.get(name)}
            for name in {**before, **after}
            if before.get(name) != after.get(name)
        },
    }
