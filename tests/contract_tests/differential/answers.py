"""Pairs of answers as two targets would give them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from contract_tests.differential.normal import Normaliser
from contract_tests.exchange.trace import Answer, Call, Exchange, Trace
from mock_server.discovery import load_lifecycle, load_vendor
from mock_server.lifecycle.model import Parts

LEFT, RIGHT = "http://left/v1", "https://right.example/v1"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def normaliser():
    """A normaliser of Cliniko's answers."""
    return Normaliser(load_lifecycle(load_vendor("cliniko")), LEFT, RIGHT)


def exchange(body, /, *, status=200, at=NOW, operation="getTax", url="/taxes/1", **parts):
    """A call and its answer; `headers` are those of the answer."""
    headers = {"content-type": "application/json", **parts.pop("headers", {})}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    call = Call(operation, Parts(**parts))
    return Exchange(0, call, "GET", url, Answer(status, headers, content), at)


def trace(*exchanges):
    """A trace of exchanges."""
    found = Trace()
    for number, each in enumerate(exchanges):
        values = (each.call, each.method, each.url, each.answer, each.at)
        found.exchanges.append(Exchange(number, *values))
    return found


def differing(left, right, known=None, **options):
    """The pointers at which two bodies differ."""
    known = known or normaliser()
    found = known.differences(exchange(left, **options), exchange(right, **options))
    return [each.pointer for each in found]
