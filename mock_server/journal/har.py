"""Exchanges as an HTTP Archive (HAR 1.2), secrets redacted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mock_server import __version__
from mock_server.journal.exchange import Exchange
from mock_server.journal.views import exchange_view
from mock_server.openapi.document import SpecIndex


def har(exchanges: Iterable[Exchange], specs: Mapping[str, SpecIndex]) -> dict[str, Any]:
    """Return a HAR document of the exchanges; `specs` are by API, for their secret parameters.

    What HAR has no place for is under `_mock` in each entry: verdict, fault and changes.
    """
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "inventory-mock-server", "version": __version__},
            "entries": [_entry(exchange, specs.get(exchange.api)) for exchange in exchanges],
        }
    }


def _entry(exchange: Exchange, spec: SpecIndex | None) -> dict[str, Any]:
    view = exchange_view(exchange, spec)
    request, response = view["request"], view["response"]
    request_type = request["headers"].get("content-type", "")
    response_type = response["headers"].get("content-type", "")
    body = request["body"]
    entry_request: dict[str, Any] = {
        "method": request["method"],
        "url": request["url"],
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(request["headers"].items()),
        "queryString": _pairs(parse_qsl(urlsplit(request["url"]).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": len(exchange.request_body),
    }
    if body:
        entry_request["postData"] = {"mimeType": request_type, "text": body}
    return {
        "startedDateTime": view["at"],
        "time": 0,
        "request": entry_request,
        "response": {
            "status": response["status"],
            "statusText": _phrase(response["status"]),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(response["headers"].items()),
            "content": {
                "size": len(exchange.response_body),
                "mimeType": response_type,
                "text": response["body"],
            },
            "redirectURL": response["headers"].get("location", ""),
            "headersSize": -1,
            "bodySize": len(exchange.response_body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "_mock": {
            name: view[name]
            for name in ("number", "api", "operation", "verdict", "fault", "sent", "changes")
        },
    }


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
