"""Exchanges of a journal as JSON, without the states around them."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from mock_server.journal.exchange import Exchange
from mock_server.state.store import Change, State

_TEXTS = (
    "number", "api", "operation", "method", "origin", "path", "raw_path", "base_url",
    "vendor_base", "query", "status", "verdict", "error", "problem", "fault", "sent",
)  # fmt: skip


def written(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as JSON."""
    return {
        **{name: getattr(exchange, name) for name in _TEXTS},
        "at": exchange.at.isoformat(),
        "request_headers": dict(exchange.request_headers),
        "request_body": _content(exchange.request_body),
        "response_headers": [
            [name.decode("latin-1"), value.decode("latin-1")]
            for name, value in exchange.response_headers
        ],
        "response_body": _content(exchange.response_body),
        "reads": exchange.reads,
        "violations": exchange.violations,
    }


def read(
    value: dict[str, Any], before: State, after: State, changes: tuple[Change, ...]
) -> Exchange:
    """Return the exchange of a JSON value, between two states."""
    return Exchange(
        **{name: value[name] for name in _TEXTS},
        at=datetime.fromisoformat(value["at"]),
        request_headers=value["request_headers"],
        request_body=_bytes(value["request_body"]),
        response_headers=tuple(
            (name.encode("latin-1"), each.encode("latin-1"))
            for name, each in value["response_headers"]
        ),
        response_body=_bytes(value["response_body"]),
        before=before,
        after=after,
        changes=changes,
        reads=tuple((table, key) for table, key in value["reads"]),
        violations=tuple(value["violations"]),
    )


def _content(content: bytes) -> Any:
    """Text as it is; other bytes in base64."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _bytes(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else base64.b64decode(value["base64"])
