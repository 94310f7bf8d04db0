"""Send calls to a target as one of its accounts, and hold every answer to the spec."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx

from contract_tests.exchange.bodies import JSON, encoded
from contract_tests.exchange.conformance import contract_of, is_json
from contract_tests.exchange.trace import Answer, Call, Caller, Exchange, Trace
from contract_tests.target.run_tag import RunTag
from contract_tests.target.target import Target
from mock_server.lifecycle.model import ABSENT, Lifecycle
from mock_server.state.clock import Clock

#: A credential that no service gave to anybody.
WRONG = "wrong-credential"


class Session:
    """The connections of one run to a target.

    `requests` counts what was sent. `tag` makes the texts by which the run's records are known, the
    target's if it is left out; existing values of references are asked for once and kept; `unique`
    are the fields whose values no two records may share, `tags` those that carry the tag, or name a
    record that is made for it.
    """

    def __init__(self, target: Target, lifecycle: Lifecycle, tag: RunTag | None = None) -> None:
        self.target = target
        self.spec = target.vendor.spec
        self.lifecycle = lifecycle
        self.tag = tag or target.tag
        self.requests = 0
        self.checks = 0
        self.existing: dict[tuple[Caller, str], list[Any]] = {}
        self.unique = [
            resource.field(unique.field)
            for resource in lifecycle.resources
            for unique in resource.unique
        ]
        self.tags = [
            each
            for resource in lifecycle.resources
            for each in resource.fields
            if each.name == resource.tag or each.makes
        ]
        self._contract = contract_of(self.spec)
        self._clients: dict[Caller, httpx.Client] = {}
        self._clock = Clock()

    def name(self) -> str:
        """Return a text that no record of any run has, with the run's tag."""
        return self.tag.name()

    def send(self, call: Call, trace: Trace) -> tuple[Exchange, list[str]]:
        """Send a call, and return the exchange and the pointers at which it breaks the spec.

        The exchange is added to the trace. Raises httpx.HTTPError if there is no answer.
        """
        method, url, headers, content = self.written(call)
        self.requests += 1
        response = self._client(call.account).request(method, url, headers=headers, content=content)
        sent = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(response.status_code, sent, response.content)
        exchange = Exchange(len(trace), call, method, url, answer, self._clock.now())
        trace.exchanges.append(exchange)
        self.checks += 1
        if answer.status >= 500:
            return exchange, ["/status"]
        found = self._contract.problems(call.operation, answer.status, sent, answer.content)
        return exchange, list(dict.fromkeys(problem.pointer for problem in found))

    def written(self, call: Call) -> tuple[str, str, dict[str, str], bytes | None]:
        """Return the method, path and query, headers and body of a call, without a credential."""
        operation = self.spec.operations[call.operation]
        values = {**self.target.parameters, **call.parts.path}
        url = self.spec.url(operation, values, call.parts.query)
        headers = {"accept": self.accepted(call.operation)}
        headers |= {name.lower(): value for name, value in call.parts.headers.items()}
        media_type = headers.get("content-type", JSON)
        content = None
        if call.parts.body is not ABSENT:
            content, headers["content-type"] = encoded(call.parts.body, media_type)
        elif operation.request_body is not None and operation.request_body.required:
            headers["content-type"] = media_type
        return operation.method.upper(), url, headers, content

    def accepted(self, operation_id: str) -> str:
        """Return the Accept header for an operation: JSON, or anything where it answers with it."""
        for status, response in self.spec.operations[operation_id].responses.items():
            if status < 300 and response.content and not any(map(is_json, response.content)):
                return "*/*"
        return "application/json"

    def query_of(self, link: str) -> tuple[tuple[str, str], ...]:
        """Return the query of a link that an answer gave."""
        return tuple(httpx.QueryParams(urlsplit(link).query).multi_items())

    def has(self, account: Caller) -> bool:
        """Say whether the target can be called as that account."""
        return account != "other" or self.target.other_credential is not None

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()

    def _client(self, account: Caller) -> httpx.Client:
        if account not in self._clients:
            self._clients[account] = (
                replace(self.target, credential=WRONG).client()
                if account == "invalid_credential"
                else self.target.client(account)
            )
        return self._clients[account]
