"""The same request under the same X-Idempotency-Key has one effect and one answer.

Source: facts, section 2: the vendor's SDK sends the header with each POST (documented). That
another request under a used key is a conflict, and that the newest answers only are remembered,
is inferred.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import blake2b
from typing import Any

from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict
from mock_server.engine.messages import Reply, Request, Upload
from mock_server.state.store import Table

HEADER = "X-Idempotency-Key"
#: How many answers a sandbox remembers; the oldest one goes first.
REMEMBERED = 1000

Handler = Callable[[Request, Context], Reply]


@dataclass(frozen=True, slots=True)
class AnsweredRequest:
    """The answer that a key got, and what it was asked with."""

    key: str
    fingerprint: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Place:
    """Which key has the n-th of the places that are filled in turn."""

    number: int
    key: str


ANSWERED = Table("exsited.answered", AnsweredRequest, key=lambda answered: answered.key)
PLACES = Table("exsited.answered_places", Place, key=lambda place: place.number)


def answered_once(handler: Handler) -> Handler:
    """Make a handler answer a repeated request with the first answer, and do nothing."""

    @wraps(handler)
    def answer(request: Request, context: Context) -> Reply:
        key = request.header.get(HEADER)
        if key is None:
            return handler(request, context)
        fingerprint = _fingerprint(request)
        earlier = context.state.get(ANSWERED, key)
        if earlier is not None:
            if earlier.fingerprint != fingerprint:
                raise Conflict("idempotencyKeyUsed", field=HEADER)
            return earlier.reply
        reply = handler(request, context)
        _remember(AnsweredRequest(key, fingerprint, reply), context)
        return reply

    return answer


def _remember(answered: AnsweredRequest, context: Context) -> None:
    place = context.state.next_id(ANSWERED) % REMEMBERED
    taken = context.state.get(PLACES, place)
    if taken is not None:
        context.state.remove(ANSWERED, taken.key)
    context.state.put(PLACES, Place(place, answered.key))
    context.state.put(ANSWERED, answered)


def _fingerprint(request: Request) -> str:
    asked = [request.operation_id, request.path, request.body]
    text = json.dumps(asked, sort_keys=True, default=_as_text)
    return blake2b(text.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def _as_text(value: Any) -> Any:
    if isinstance(value, Upload):
        return [value.filename, value.media_type, blake2b(value.content).hexdigest()]
    return str(value)
