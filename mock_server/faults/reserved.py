"""What needs no rule: credentials that are refused, and the header `Prefer: code=…`."""

from __future__ import annotations

import re

from mock_server.engine.api import Api
from mock_server.engine.call import Call
from mock_server.engine.errors import ApiError, Forbidden, RateLimited, Unauthenticated
from mock_server.engine.fault import Fault
from mock_server.engine.rate_limit import RateLimit
from mock_server.engine.replies import Wire, encode_json
from mock_server.state.sandbox import Sandbox

#: Words that are refused in each API as its vendor would; `-` and anything may follow.
RESERVED_WORDS = ("test-expired", "test-revoked", "test-forbidden", "test-limited")
_SOME_LIMIT = RateLimit(requests=60, seconds=60)
_CODE = re.compile(r"(?:^|[\s,;])code\s*=\s*\"?([^\s,;\"]*)", re.IGNORECASE)


def reserved_word(name: str) -> str | None:
    """Return the reserved word that a sandbox's name is or begins with."""
    if not name.startswith(RESERVED_WORDS):
        return None
    return next(
        (word for word in RESERVED_WORDS if name == word or name.startswith(f"{word}-")), None
    )


class RefusedCredential(Fault):
    """Answers as the vendor does when a credential is not good any more."""

    def __init__(self, word: str, api: Api) -> None:
        self.name = f"reserved credential {word}"
        self._word = word
        self._limit = api.rate_limit or _SOME_LIMIT

    def answer(self, call: Call) -> Wire:
        """Refuse; nothing is done."""
        raise self._error(call.sandbox)

    def _error(self, sandbox: Sandbox) -> ApiError:
        match self._word:
            case "test-expired":
                return Unauthenticated("expired")
            case "test-revoked":
                return Unauthenticated("revoked")
            case "test-forbidden":
                return Forbidden()
            case _:
                return self._full(sandbox)

    def _full(self, sandbox: Sandbox) -> RateLimited:
        now = int(sandbox.clock.now().timestamp())
        seconds = self._limit.seconds
        return RateLimited(self._limit.size_in(sandbox), now + seconds, seconds)


class PreferredStatus(Fault):
    """Answers with the status that `Prefer: code=…` asks for, as Prism does; nothing is done."""

    def __init__(self, asked: str) -> None:
        self.name = f"Prefer: code={asked}"
        self._asked = asked

    def answer(self, call: Call) -> Wire:
        """Answer with the status, or say in one line that it cannot be."""
        if not self._asked.isascii() or not self._asked.isdecimal() or len(self._asked) > 3:
            return _unusable(f"Prefer: code={self._asked!r} is no status")
        try:
            return call.operation.reply_with(int(self._asked), call)
        except LookupError as problem:
            return _unusable(f"Prefer: code={self._asked}: {problem.args[0]}")


def preferred(header: str) -> PreferredStatus | None:
    """Return what a `Prefer` header asks of a mock, None if it is about something else."""
    match = _CODE.search(header)
    return None if match is None else PreferredStatus(match[1])


def _unusable(message: str) -> Wire:
    body = encode_json({"error": message})
    length = b"%d" % len(body)
    return Wire(400, [(b"content-type", b"application/json"), (b"content-length", length)], body)
