"""One exchange: a request and its answer, with what they did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Literal

from mock_server.openapi.patterns import names_of
from mock_server.state.memory import size_of
from mock_server.state.store import Change, Key, State

#: What an exchange takes besides its texts, a change with the tree nodes of old states, a read. The
#: new record of a change counts as its state's until there is a newer one.
_EXCHANGE_BYTES = 1_000
_CHANGE_BYTES = 2_000
_READ_BYTES = 100

Verdict = Literal["answered", "refused", "blocked"]


@dataclass(slots=True, eq=False)
class Exchange:
    """One request and its answer; never changed once it is made.

    `number` counts from 1 in its journal; `at` is the sandbox's time. `operation` is None for
    what no operation has. `path` is decoded, `raw_path` as it was sent; `base_url` is the API's
    here and `vendor_base` the vendor's own base path. `verdict`: `answered` as asked, `refused`
    with a vendor's error (`error` is the neutral error's name, `violations` what validation
    said), or `blocked` because the answer was off the contract or code crashed (`problem` says
    how). `before` and `after` are the states around it; `reads` the records it looked up;
    `fault` the fault that was applied. `sent` is false if the caller did not get a whole
    answer. Nothing in it is redacted: whoever shows it does that.
    """

    number: int
    at: datetime
    api: str
    operation: str | None
    method: str
    origin: str
    path: str
    raw_path: str
    base_url: str
    vendor_base: str
    query: str
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int
    response_headers: Sequence[tuple[bytes, bytes]]
    response_body: bytes
    verdict: Verdict
    before: State
    after: State
    changes: tuple[Change, ...]
    reads: Sequence[tuple[str, Key]]
    error: str | None
    violations: tuple[str, ...]
    problem: str | None
    fault: str | None
    sent: bool

    @property
    def url(self) -> str:
        """The URL that was called."""
        return f"{self.origin}{self.raw_path}{'?' if self.query else ''}{self.query}"

    @property
    def paths(self) -> tuple[str, str, str]:
        """The path as it was called, as the vendor has it, and below the vendor's base path."""
        return names_of(self.path, self.base_url, self.origin, self.vendor_base)

    @property
    def size(self) -> int:
        """About how many bytes of memory it holds."""
        texts = (self.path, self.query, self.origin, *self.violations, self.problem or "")
        return (
            _EXCHANGE_BYTES
            + len(self.request_body)
            + len(self.response_body)
            + sum(map(len, texts))
            + sum(map(len, self.request_headers))
            + sum(map(len, self.request_headers.values()))
            + sum(map(len, chain.from_iterable(self.response_headers)))
            + sum([_CHANGE_BYTES + size_of(change.before) for change in self.changes])
            + _READ_BYTES * len(self.reads)
        )
