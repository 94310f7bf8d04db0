"""What stands before a target, and lets nothing through that the run's profile does not allow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol
from urllib.parse import unquote, urlsplit

from starlette.types import Message, Receive, Scope, Send

from contract_tests.target.auth import Identities, query_of
from contract_tests.target.forwarder import read_body
from contract_tests.target.profiles import FULL, Pace, Profile
from contract_tests.target.request_bodies import body_of
from contract_tests.target.target import Target
from mock_server.openapi.document import METHODS, Operation, is_read

#: What a server, or a proxy before it, may take for the end of a segment or for another path: some
#: decode a path before they route it, some twice.
_AMBIGUOUS = re.compile(r"[/\\%;?#\x00-\x1f\x7f]|\A\.{1,2}\Z")
_OVERRIDES = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
_TOO_MANY = 429


class Refused(Exception):
    """A request that the profile does not allow was about to be sent; the message says why."""


@dataclass(frozen=True, slots=True)
class Write:
    """A call that changes something: its operation, path parameters, query, body and caller.

    A form is an object; without a body, `body` is None.
    """

    operation: Operation
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    body: Any
    account: Literal["first", "other"] = "first"


class WritePolicy(Protocol):
    """Says which writes stay on the records of a run, and keeps account of them."""

    def refuses(self, write: Write) -> str | None:
        """Return why a write must not be sent, or None."""

    def sends(self, write: Write) -> None:
        """Take note of a write that is sent now."""

    def answered(self, write: Write, status: int, content: bytes) -> None:
        """Take note of the answer to the write that was sent last."""


class Guard:
    """Lets a request through to the target if its profile allows it, and raises Refused otherwise.

    Nothing of a refused request is sent. `sent` counts what was, `refusals` are the reasons of
    those that were not: each is a defect of whoever made the request. `pace` says when; a profile
    that writes its own records needs a `policy`.
    """

    def __init__(
        self, target: Target, pace: Pace | None = None, policy: WritePolicy | None = None
    ) -> None:
        self.sent = 0
        self.refusals: list[str] = []
        self._app = target.app
        self._profile = target.profile
        self._pace = pace
        self._policy = policy
        self._spec = target.vendor.spec
        self._base_path = urlsplit(target.base_url).path.rstrip("/")
        self._fixed = target.parameters
        self._identities = Identities(target)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or raise Refused."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        write = None
        if self._profile is not FULL:
            body = await read_body(receive)
            receive = _replayed(body)
            try:
                write = self._allowed(scope, body)
            except Refused as refusal:
                self.refusals.append(str(refusal))
                raise
        if self._pace is not None:
            # Blocks on purpose: a run sends one request after the other, and a wait that could be
            # interrupted would count as an answer that does not come.
            self._pace.wait()
        self.sent += 1
        answer = _Answer(send, keep=write is not None)
        try:
            if write is not None and self._policy is not None:
                self._policy.sends(write)
            await self._app(scope, receive, answer)
        finally:
            if self._pace is not None:
                self._pace.answered()
        if write is not None and self._policy is not None:
            self._policy.answered(write, answer.status, answer.content)
        if self._pace is not None and answer.status == _TOO_MANY:
            self._pace.refused(answer.retry_after)

    def _allowed(self, scope: Scope, body: bytes) -> Write | None:
        """The write that an allowed request makes, if it makes one; raises Refused."""
        method = scope["method"]
        where = f"{method} {scope['raw_path'].decode('latin-1')}"
        operation, path = self._operation(scope, where)
        query = query_of(scope)
        headers = {name.decode("latin-1").lower() for name, _ in scope["headers"]}
        if overriding := _OVERRIDES & headers:
            raise Refused(f"{where}: {min(overriding)} may make another method of it")
        declared = {each.name for each in operation.parameters if each.location == "query"}
        declared |= self._identities.in_query(operation)
        if undeclared := {name for name, _ in query} - declared:
            raise Refused(f"{where}: {min(undeclared)!r} is no parameter of {operation.id}")
        if body and operation.request_body is None:
            raise Refused(f"{where}: {operation.id} has no body")
        problem = self._identities.problem(operation, scope)
        if problem is not None:
            raise Refused(f"{where}: {problem}")
        if is_read(operation):
            return None
        if self._profile.writes == "none":
            raise Refused(f"{where}: {operation.id} is not marked as safe")
        if self._policy is None:
            raise Refused(f"{where}: nothing says which records are the run's own")
        caller = self._identities.caller(scope)
        try:
            parsed = body_of(scope, body)
        except ValueError as problem:
            raise Refused(f"{where}: {problem}") from problem
        write = Write(operation, path, query, parsed, caller)
        reason = self._policy.refuses(write)
        if reason is not None:
            raise Refused(f"{where}: {reason}")
        return write

    def _operation(self, scope: Scope, where: str) -> tuple[Operation, dict[str, str]]:
        raw = scope["raw_path"].decode("latin-1")
        if not raw.startswith(f"{self._base_path}/"):
            raise Refused(f"{where} is not below the target's URL")
        segments = [unquote(each) for each in raw[len(self._base_path) :].split("/")]
        for segment in segments:
            if segment != unambiguous(segment):
                raise Refused(f"{where}: a server may take {segment!r} for more than one segment")
        below = raw[len(self._base_path) :]
        found = self._spec.find(scope["method"], below)
        # A path that is written out may hide one with a parameter in its place for every method.
        others = filter(None, (self._spec.find(method, below) for method in METHODS))
        if found is None or any(len(other[1]) < len(found[1]) for other in others):
            raise Refused(f"{where} is no declared operation")
        values = found[1]
        for name, value in self._fixed.items():
            if values.get(name, value) != value:
                raise Refused(f"{where}: {name} is {values[name]!r} and not the target's own")
        return found


def unambiguous(segment: str) -> str:
    """Return a segment of a path, decoded, that every server takes for one and no more."""
    return _AMBIGUOUS.sub("-", segment)


def guarded(
    target: Target,
    profile: Profile,
    pace: Pace | None = None,
    policy: WritePolicy | None = None,
) -> tuple[Target, Guard]:
    """Return the target behind a guard, which every call of its clients meets, and the guard."""
    bound = replace(target, profile=profile)
    guard = Guard(bound, pace, policy)
    return replace(bound, app=guard), guard


class _Answer:
    """Hands an answer on, and keeps its body if it is wanted."""

    def __init__(self, send: Send, *, keep: bool) -> None:
        self._send = send
        self._keep = keep
        self._chunks: list[bytes] = []
        self._headers: dict[str, str] = {}
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """Hand on one message."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in message["headers"]
            }
        elif self._keep and message["type"] == "http.response.body":
            self._chunks.append(message.get("body", b""))
        await self._send(message)

    @property
    def content(self) -> bytes:
        """The body."""
        return b"".join(self._chunks)

    @property
    def retry_after(self) -> float:
        """The seconds to wait that the service asks for; 60 if it does not say."""
        given = self._headers.get("retry-after", "")
        return float(given) if given.isdigit() else 60.0


def _replayed(body: bytes) -> Receive:
    """A `receive` for a body that has been read."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
