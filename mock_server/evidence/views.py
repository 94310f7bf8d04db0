"""Exchanges and changes as JSON values, for people and programs to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from mock_server.engine.spec import SpecIndex
from mock_server.evidence.redaction import (
    REDACTED,
    SECRET_FIELDS,
    redacted_headers,
    redacted_query,
    redacted_text,
    secret_parameters,
)
from mock_server.state.journal import Exchange
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
        "problem": exchange.problem,
        "fault": exchange.fault,
        "sent": exchange.sent,
        "request": {
            "method": exchange.method,
            "url": shown_url(exchange, secrets),
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


def shown_url(exchange: Exchange, secrets: frozenset[str] = frozenset()) -> str:
    """Return the URL of an exchange without secrets in its query."""
    query = redacted_query(exchange.query, secrets)
    return f"{exchange.origin}{exchange.path}{'?' if query else ''}{query}"


def line(exchange: Exchange) -> str:
    """Return an exchange in one line: number, request, status, and what was special about it."""
    remarks = [
        exchange.verdict if exchange.verdict != "answered" else "",
        f"fault {exchange.fault}" if exchange.fault else "",
        f"{len(exchange.changes)} changes" if exchange.changes else "",
    ]
    notes = ", ".join(remark for remark in remarks if remark)
    text = f"#{exchange.number} {exchange.method} {shown_url(exchange)} {exchange.status}"
    return f"{text} ({notes})" if notes else text


def changes_view(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Return changes as JSON objects: what was created, updated field by field, and removed."""
    return [change_view(change) for change in changes]


def change_view(change: Change) -> dict[str, Any]:
    """Return one change; `fields` of an update has what was before and what is after."""
    view: dict[str, Any] = {"table": change.table, "key": change.key}
    if change.before is None:
        return view | {"change": "created", "record": plain(change.after)}
    if change.after is None:
        return view | {"change": "removed", "record": plain(change.before)}
    before, after = plain(change.before), plain(change.after)
    return view | {
        "change": "updated",
        "fields": {
            name: {"before": before[name], "after": after[name]}
            for name in after
            if before[name] != after[name]
        },
    }


def plain(value: Any) -> Any:
    """Return a record or a value in it as JSON: decimals and times as text, secrets left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: REDACTED if each.name in SECRET_FIELDS else plain(getattr(value, each.name))
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
