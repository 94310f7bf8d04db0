"""How a request breaks the contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Location = Literal["path", "query", "header", "cookie", "body"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a request breaks the contract.

    `path` leads to the value inside its location: `("name",)` for a body property or a query
    parameter, `("items", 0, "id")` deeper. `keyword` is the JSON Schema keyword (`required`,
    `maxLength`, `type`, …) or a vendor's own name for a rule that a schema cannot say; `limit`
    is the keyword's value, `value` what was sent (absent for `required`).
    """

    location: Location
    path: tuple[str | int, ...]
    keyword: str
    limit: Any = None
    value: Any = None

    def __str__(self) -> str:
        # The limit of a choice is what is wrong with each of its branches, with what was sent.
        shown = self.limit is not None and self.keyword not in {"anyOf", "oneOf"}
        limit = f" {self.limit!r}" if shown else ""
        return f"{self.location} {self.field or '(whole)'}: {self.keyword}{limit}"

    @property
    def field(self) -> str:
        """The path joined by dots, as most vendors name a field; empty for the whole body."""
        return ".".join(map(str, self.path))
