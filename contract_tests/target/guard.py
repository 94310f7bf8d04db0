"""What comes before a target, and lets nothing through that the run's profile does not allow."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any, Literal, Protocol
from urllib.parse import unquote, urlsplit

import httpx

from contract_tests.target.auth import Identities, query_of
from contract_tests.target.profiles import FULL, OutOfTime, Pace, Profile
from contract_tests.target.request_bodies import body_of
from contract_tests.target.target import Target
from mock_server.in_process import raw_target
from mock_server.openapi.document import METHODS, OperationSpec, is_read
from mock_server.state.clock import Clock

#: What a server, or a proxy before it, may take for the end of a segment or for another path: some
#: decode a path before they route it, some twice.
_AMBIGUOUS = re.compile(r"[/\\%;?#\x00-\x1f\x7f]|\A\.{1,2}\Z")
_OVERRIDES = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
_TOO_MANY = 429
#: What a proxy answers when the service behind it did not.
_OF_A_PROXY = frozenset({502, 503, 504})
#: The seconds before a read is sent again.
_BETWEEN = 0.5
#: Who asks for more patience than so many seconds will not be waited for.
_MOST_PATIENCE = 300.0
_USUAL_PATIENCE = 60.0


class BlockedByGuard(Exception):
    """A request that the profile does not allow was about to be sent; the message says why."""


class UnreadableCreation(BlockedByGuard):
    """What a creation made cannot be read from its answer, so nothing more is written."""


@dataclass(frozen=True, slots=True)
class Write:
    """A call that changes something: its operation, path parameters, query, body and caller.

    A form is an object; without a body, `body` is None.
    """

    operation: OperationSpec
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
        """Take note of the answer to the write that was sent last.

        Raises UnreadableCreation; from then on `refuses` says why.
        """


class Guard(httpx.BaseTransport):
    """Lets through to the target what its profile allows, and raises BlockedByGuard otherwise.

    Nothing of a refused request is sent. `sent` counts what was, `refusals` are the reasons of
    those that were not: each is a defect of whoever made the request. `pace` says when; a profile
    that writes its own records needs a `policy`. With `repeats`, a read that a proxy on the way did
    not get through is sent so many times more, and a write that it did not is lost: it raises
    httpx.RemoteProtocolError. `noise` has a line for each. A read that follows a write waits until
    the target's `settle` has passed. Past the `deadline`, a time of time.monotonic, it raises
    OutOfTime.
    """

    def __init__(
        self,
        target: Target,
        pace: Pace | None = None,
        policy: WritePolicy | None = None,
        *,
        repeats: int = 0,
        deadline: float | None = None,
    ) -> None:
        self.sent = 0
        self.refusals: list[str] = []
        self.noise: list[str] = []
        self._repeats = repeats
        self._deadline = deadline
        self._settle = target.settle
        #: When what was written last is shown, and when a service that was asked too often listens.
        self._settled_at = self._listens_at = 0.0
        self._transport = target.transport
        self._profile = target.profile
        self._pace = pace
        self.policy = policy
        self._spec = target.vendor.spec
        self._base_path = urlsplit(target.base_url).path.rstrip("/")
        self._fixed = target.parameters
        self._identities = Identities(target)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer to one request, or raise BlockedByGuard."""
        write = None
        if self._profile is not FULL:
            try:
                write = self._allowed(request, request.read())
            except BlockedByGuard as refusal:
                self.refusals.append(str(refusal))
                raise
        reads = self._is_read(request)
        if write is not None and self.policy is not None:
            self.policy.sends(write)
        if reads:
            self._wait_until(self._settled_at)
        try:
            response = self._answered(request, reads=reads)
        finally:
            if self._settle and not reads:
                self._settled_at = time.monotonic() + self._settle
        if write is not None and self.policy is not None:
            self.policy.answered(write, response.status_code, response.content)
        return response

    def extend(self, seconds: float) -> None:
        """Let requests go out so many seconds more, though the time is up: those that delete."""
        if self._deadline is not None:
            self._deadline = max(self._deadline, time.monotonic() + seconds)

    def _answered(self, request: httpx.Request, *, reads: bool) -> httpx.Response:
        """The answer to a request; one that was lost on the way is sent again if it is a read."""
        where = f"{request.method} {raw_target(request).decode('latin-1')}"
        tries = 1 + self._repeats if reads else 1
        for left in reversed(range(tries)):
            try:
                response = self._sent(request)
                if not self._repeats or response.status_code not in _OF_A_PROXY:
                    return response
                lost = f"answered {response.status_code}"
                problem: httpx.TransportError = httpx.RemoteProtocolError(f"{where}: {lost}")
            except httpx.TransportError as failure:
                response, lost, problem = None, type(failure).__name__, failure
                failure.args = (f"{where}: {failure}",)
            if not self._repeats:
                raise problem
            self.noise.append(f"{where}: {lost}")
            if left:
                time.sleep(_BETWEEN)
            elif response is not None and tries > 1:
                return response
        raise problem

    def _sent(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request that is sent once, when it is its turn."""
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise OutOfTime("the time for the run is up")
        self._wait_until(self._listens_at)
        if self._pace is not None:
            self._pace.wait(self._deadline)
        self.sent += 1
        try:
            response = self._transport.handle_request(request)
            # Decodes it, once for everybody behind.
            response.read()
        finally:
            if self._pace is not None:
                self._pace.answered()
        if response.status_code == _TOO_MANY and self._pace is not None:
            self._pace.refused(_retry_after(response))
        elif response.status_code == _TOO_MANY and self._repeats:
            self._listens_at = time.monotonic() + _retry_after(response)
        return response

    def _wait_until(self, moment: float) -> None:
        """Wait until a time of time.monotonic; raises OutOfTime if that is too late."""
        if self._deadline is not None and moment > self._deadline:
            raise OutOfTime("the time for the run would be up before the next request may be sent")
        while (left := moment - time.monotonic()) > 0:
            time.sleep(left)

    def _is_read(self, request: httpx.Request) -> bool:
        raw = raw_target(request).partition(b"?")[0].decode("latin-1")
        found = self._spec.find(request.method, raw.removeprefix(self._base_path))
        return found is not None and is_read(found[0])

    def close(self) -> None:
        """Close the way to the target."""
        self._transport.close()

    def _allowed(self, request: httpx.Request, body: bytes) -> Write | None:
        """The write that an allowed request makes, if it makes one; raises BlockedByGuard."""
        raw_path = raw_target(request).partition(b"?")[0].decode("latin-1")
        where = f"{request.method} {raw_path}"
        operation, path = self._operation(request.method, raw_path, where)
        query = query_of(request)
        if overriding := _OVERRIDES & set(request.headers):
            raise BlockedByGuard(f"{where}: {min(overriding)} may make another method of it")
        declared = {each.name for each in operation.parameters if each.location == "query"}
        declared |= self._identities.in_query(operation)
        if undeclared := {name for name, _ in query} - declared:
            raise BlockedByGuard(f"{where}: {min(undeclared)!r} is no parameter of {operation.id}")
        if body and operation.request_body is None:
            raise BlockedByGuard(f"{where}: {operation.id} has no body")
        problem = self._identities.problem(operation, request)
        if problem is not None:
            raise BlockedByGuard(f"{where}: {problem}")
        if is_read(operation):
            return None
        if self._profile.writes == "none":
            raise BlockedByGuard(f"{where}: {operation.id} is not marked as safe")
        if self.policy is None:
            raise BlockedByGuard(f"{where}: nothing says which records are the run's own")
        caller = self._identities.caller(request)
        try:
            parsed = body_of(request.headers.get("content-type", ""), body)
        except ValueError as problem:
            raise BlockedByGuard(f"{where}: {problem}") from problem
        write = Write(operation, path, query, parsed, caller)
        reason = self.policy.refuses(write)
        if reason is not None:
            raise BlockedByGuard(f"{where}: {reason}")
        return write

    def _operation(self, verb: str, raw: str, where: str) -> tuple[OperationSpec, dict[str, str]]:
        if not raw.startswith(f"{self._base_path}/"):
            raise BlockedByGuard(f"{where} is not below the target's URL")
        segments = [unquote(each) for each in raw[len(self._base_path) :].split("/")]
        for segment in segments:
            if segment != unambiguous(segment):
                raise BlockedByGuard(
                    f"{where}: a server may take {segment!r} for more than one segment"
                )
        below = raw[len(self._base_path) :]
        found = self._spec.find(verb, below)
        # A path that is written out may hide one with a parameter in its place for every method.
        others = filter(None, (self._spec.find(method, below) for method in METHODS))
        if found is None or any(len(other[1]) < len(found[1]) for other in others):
            raise BlockedByGuard(f"{where} is no declared operation")
        values = found[1]
        for name, value in self._fixed.items():
            if values.get(name, value) != value:
                raise BlockedByGuard(
                    f"{where}: {name} is {values[name]!r} and not the target's own"
                )
        return found


def unambiguous(segment: str) -> str:
    """Return a segment of a path, decoded, that every server takes for one and no more."""
    return _AMBIGUOUS.sub("-", segment)


def guarded(
    target: Target,
    profile: Profile,
    pace: Pace | None = None,
    policy: WritePolicy | None = None,
    *,
    repeats: int = 0,
    deadline: float | None = None,
) -> tuple[Target, Guard]:
    """Return the target behind a guard, which every call of its clients meets, and the guard."""
    bound = replace(target, profile=profile)
    guard = Guard(bound, pace, policy, repeats=repeats, deadline=deadline)
    return replace(bound, transport=guard), guard


def _retry_after(response: httpx.Response) -> float:
    """The seconds to wait that a service asks for; 60 if it does not say."""
    given = response.headers.get("retry-after", "")
    reset = response.headers.get("x-ratelimit-reset", "")
    now = Clock().now()
    with suppress(ValueError, TypeError):
        # Its clock may be another one.
        now = parsedate_to_datetime(response.headers["date"]) if "date" in response.headers else now
    seconds = _USUAL_PATIENCE
    if given.isdigit():
        seconds = float(given)
    elif given:
        with suppress(ValueError, TypeError):
            seconds = (parsedate_to_datetime(given) - now).total_seconds()
    elif reset.isdigit() and 0 <= float(reset) - now.timestamp() <= _MOST_PATIENCE:
        seconds = float(reset) - now.timestamp()
    if seconds > _MOST_PATIENCE:
        raise OutOfTime(f"the service asks for {seconds:.0f} s of patience (429)")
    return max(0.0, seconds)
