"""Send the calls of rules to a target: the one place here that knows how a target is reached."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import httpx

from contract_tests.exchange.bodies import JSON, MULTIPART, URLENCODED, encoded
from contract_tests.exchange.conformance import contract_of, is_json, read_json
from contract_tests.fidelity.expressions import NotShown, filled
from contract_tests.fidelity.model import Caller, RuleStep
from contract_tests.target.target import Target
from mock_server.lifecycle.model import File
from mock_server.openapi import paths
from mock_server.openapi.document import METHODS, OperationSpec, is_read

#: A credential that no service gave to anybody.
_STRANGER = "wrong-credential"


@dataclass(frozen=True)
class RuleAnswer:
    """What came back from a call; header names are in lower case."""

    operation: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    sent: str

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    @cached_property
    def body(self) -> Any:
        """The JSON value, exact; the text of anything else."""
        if is_json(self.headers.get("content-type", "").partition(";")[0].strip().lower()):
            try:
                return read_json(self.content)
            except ValueError:
                return self.text
        return self.text

    @property
    def names(self) -> dict[str, Any]:
        """What an expression reads of it."""
        return {
            "status": self.status,
            "headers": dict(self.headers),
            "body": self.body,
            "text": self.text,
            "size": len(self.content),
        }


class Callers:
    """Everybody who calls a target in a run of its rules; `requests` counts what was sent."""

    def __init__(self, target: Target) -> None:
        self.requests = 0
        self._target = target
        self._spec = target.vendor.spec
        self._contract = contract_of(self._spec)
        self._clients: dict[Caller, httpx.Client] = {}

    @property
    def parameters(self) -> Mapping[str, str]:
        """The path parameters that are the same in every call."""
        return self._target.parameters

    def send(self, step: RuleStep, names: Mapping[str, Any]) -> RuleAnswer:
        """Send a step's call, with its expressions filled in.

        Raises httpx.HTTPError if there is no answer, MissingValue, and NotShown where the target
        has no such caller.
        """
        words = [str(filled(word, names)) for word in step.words]
        operation = self._spec.operations.get(words[0])
        method = words[0] if operation is None else operation.method.upper()
        url = words[1] if operation is None else self._url(operation, words[1:])
        query = [
            (key, str(item))
            for key, value in filled(step.query, names).items()
            for item in (value if isinstance(value, list) else [value])
        ]
        if operation is not None and step.by == "first":
            query += self._in_query(operation)
        url = paths.with_query(url, query)
        headers = {"accept": self._accepted(operation)}
        content, kind = _content(step, names)
        if kind is not None:
            headers["content-type"] = kind
        headers |= {name.lower(): value for name, value in filled(step.headers, names).items()}
        self.requests += 1
        client = self._client(step.by)
        response = client.request(method, url, headers=headers, content=content)
        return RuleAnswer(
            operation.id if operation is not None else "",
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            response.content,
            f"{method} {url}",
        )

    def breaches(self, answer: RuleAnswer) -> list[str]:
        """Return how an answer breaks the spec."""
        found = self._contract.problems(
            answer.operation, answer.status, answer.headers, answer.content
        )
        return [str(problem) for problem in found]

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()

    def _url(self, operation: OperationSpec, values: list[str]) -> str:
        own = [each for each in paths.parameters_of(operation.path) if each not in self.parameters]
        try:
            return paths.filled(
                operation.path, {**self.parameters, **dict(zip(own, values, strict=False))}
            )
        except LookupError as problem:
            raise NotShown(str(problem)) from problem

    def _in_query(self, operation: OperationSpec) -> list[tuple[str, str]]:
        """What an operation wants in its query that takes no other credential than that.

        It is a parameter of the target; where nothing can leak, the target's credential will do.
        """
        names = [name for alternative in operation.security for name in alternative]
        schemes = [self._spec.security_schemes[name] for name in names]
        if not schemes or any(scheme.location != "query" for scheme in schemes):
            return []
        name = schemes[0].parameter
        value = self.parameters.get(name)
        if value is None and not self._target.in_process:
            raise NotShown(f"nothing says what {name} is; give --parameter {name}=…")
        return [(name, value or self._target.credential)]

    def _accepted(self, operation: OperationSpec | None) -> str:
        for status, response in (operation.responses if operation is not None else {}).items():
            if status < 300 and response.content and not any(map(is_json, response.content)):
                return "*/*"
        return JSON

    def _client(self, caller: Caller) -> httpx.Client:
        if caller not in self._clients:
            self._clients[caller] = self._opened(caller)
        return self._clients[caller]

    def _opened(self, caller: Caller) -> httpx.Client:
        if caller == "nobody":
            return self._target.client(None)
        if caller == "invalid_credential":
            return replace(self._target, credential=_STRANGER).client()
        try:
            return self._target.client(caller)
        except LookupError as problem:
            raise NotShown(str(problem)) from problem


def sends_more_than_reads(step: RuleStep, operations: Mapping[str, OperationSpec]) -> str:
    """Return the profile that a step needs: `read-only`, `writes` or `full`."""
    word = step.words[0]
    if word.lower() in METHODS or step.by in ("nobody", "invalid_credential"):
        return "full"
    operation = operations[word]
    declared = {each.name for each in operation.parameters if each.location == "query"}
    if set(step.query) - declared:
        return "full"
    return "read-only" if is_read(operation) else "writes"


def _content(step: RuleStep, names: Mapping[str, Any]) -> tuple[bytes | None, str | None]:
    if step.has_body:
        return encoded(filled(step.body, names), JSON)
    if step.form is not None:
        return encoded(filled(step.form, names), URLENCODED)
    if step.multipart is not None:
        parts = {key: _part(value) for key, value in filled(step.multipart, names).items()}
        return encoded(parts, MULTIPART)
    if step.raw is not None:
        return str(filled(step.raw, names)).encode(), None
    return None, None


def _part(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    text = value.get("text")
    content = text.encode() if text is not None else base64.b64decode(value["base64"])
    return File(name=value["file"], media_type=value.get("type", "text/plain"), content=content)
