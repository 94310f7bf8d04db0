"""What goes into an operation and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


class _NoBody:
    """The type of `NO_BODY`."""

    def __repr__(self) -> str:
        return "NO_BODY"


#: Marks a reply without a body; a body of `None` is the JSON value null.
NO_BODY: Final = _NoBody()


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart body; `content` holds its bytes."""

    filename: str
    media_type: str
    content: bytes


@dataclass(slots=True)
class Request:
    """One call, filled in as it goes through the pipeline.

    `path`, `query`, `header` and `cookie` hold the declared parameters that were sent, by their
    names in the spec, with JSON values of their schemas' types (numbers with a fraction as
    `Decimal`). `body` is the parsed body, `None` when none was sent (`has_body` tells it from a
    JSON `null`); file parts of a multipart body are `Upload`s. `headers` has every header sent,
    names in lower case. `raw_path` is the path as it was sent, escapes and all. `origin` is
    scheme and host as the caller sees them; `base_url` is the URL, without a slash at the end,
    under which the caller reaches this API: links in answers start with it.
    """

    method: str
    url_path: str
    query_string: str
    base_url: str
    headers: Mapping[str, str]
    origin: str = ""
    raw_path: str = ""
    operation_id: str | None = None
    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    cookie: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    has_body: bool = False
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is checked and encoded.

    `body` is a JSON value (`Decimal` is written as a JSON number with exactly its digits), text
    for a text media type, or bytes; `NO_BODY` for an empty answer. Without `media_type`, the
    first one that the spec declares for the status is used.
    """

    status: int
    body: Any = NO_BODY
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None
