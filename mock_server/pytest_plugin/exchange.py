"""An exchange as a test sees it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import httpx

from mock_server.journal.exchange import Exchange, Verdict
from mock_server.journal.redaction import redacted_headers, redacted_query, secret_parameters
from mock_server.journal.views import line
from mock_server.openapi.document import SpecIndex
from mock_server.pytest_plugin.misuse import SuggestsNames
from mock_server.state.store import Change


class SeenExchange(SuggestsNames):
    """One request and its answer; headers and the URL are without credentials, bodies as sent.

    `repr` is one line, such as `<#3 POST http://mock.test/cliniko/v1/products 201 (1 changes)>`.
    """

    __slots__ = ("_exchange", "_spec")

    def __init__(self, exchange: Exchange, spec: SpecIndex | None) -> None:
        self._exchange = exchange
        self._spec = spec

    def __repr__(self) -> str:
        return f"<{line(self._exchange, self._spec)}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SeenExchange) and self._exchange is other._exchange

    def __hash__(self) -> int:
        return hash(self._exchange)

    @property
    def number(self) -> int:
        """Its number in the journal, from 1."""
        return self._exchange.number

    @property
    def at(self) -> datetime:
        """When it was, by the sandbox's clock."""
        return self._exchange.at

    @property
    def api(self) -> str:
        """The name of its API."""
        return self._exchange.api

    @property
    def operation(self) -> str | None:
        """The operationId of what was called; None for what no operation has."""
        return self._exchange.operation

    @property
    def method(self) -> str:
        """The method of the request."""
        return self._exchange.method

    @property
    def url(self) -> str:
        """The URL that was called; what is secret in its query is redacted."""
        query = redacted_query(self._exchange.query, secret_parameters(self._spec))
        url = f"{self._exchange.origin}{self._exchange.raw_path}"
        return f"{url}?{query}" if query else url

    @property
    def path(self) -> str:
        """The path that was called, decoded."""
        return self._exchange.path

    @property
    def request_headers(self) -> httpx.Headers:
        """The headers of the request; credentials are redacted."""
        return self._headers(self._exchange.request_headers.items())

    @property
    def request_body(self) -> bytes:
        """The body of the request, as it was sent."""
        return self._exchange.request_body

    def request_json(self) -> Any:
        """Return the request body's JSON; raises ValueError if it is none."""
        return json.loads(self._exchange.request_body)

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self._exchange.status

    @property
    def response_headers(self) -> httpx.Headers:
        """The headers of the answer; credentials are redacted."""
        pairs = self._exchange.response_headers
        return self._headers((n.decode("latin-1"), v.decode("latin-1")) for n, v in pairs)

    @property
    def response_body(self) -> bytes:
        """The body of the answer."""
        return self._exchange.response_body

    def json(self) -> Any:
        """Return the answer's JSON; raises ValueError if it is none."""
        return json.loads(self._exchange.response_body)

    @property
    def verdict(self) -> Verdict:
        """`answered`, `refused` (with a vendor's error), or `blocked` (off the contract)."""
        return self._exchange.verdict

    @property
    def error(self) -> str | None:
        """The name of the error that it was refused with, such as `RecordNotFound`."""
        return self._exchange.error

    @property
    def violations(self) -> tuple[str, ...]:
        """What validation said of the request."""
        return self._exchange.violations

    @property
    def problem(self) -> str | None:
        """Why the answer was blocked."""
        return self._exchange.problem

    @property
    def fault(self) -> str | None:
        """The fault that was applied."""
        return self._exchange.fault

    @property
    def sent(self) -> bool:
        """Whether the caller got a whole answer."""
        return self._exchange.sent

    @property
    def changes(self) -> tuple[Change, ...]:
        """The records that it created, updated and removed."""
        return self._exchange.changes

    def _headers(self, headers: Iterable[tuple[str, str]]) -> httpx.Headers:
        return httpx.Headers(redacted_headers(headers, secret_parameters(self._spec)))
