"""What a case is. Texts may hold variables, `{{name}}`, which are filled in before sending."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Kind = Literal["valid", "boundary", "invalid"]
KINDS: tuple[Kind, ...] = ("valid", "boundary", "invalid")
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_BARE = re.compile(r'"\{\{#(\w+)\}\}"')
#: A longer run of one character is a variable, so that cases stay readable.
_LONGEST_RUN = 300
_LONG = re.compile(r"^long_([0-9]+)$")


@dataclass(frozen=True, slots=True)
class Call:
    """One request below the API's base URL; without `credential` none is sent.

    `credential` is the name of the variable that holds the key or token, `scheme` the security
    scheme of the document by which it is presented.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    credential: str | None = "key"
    scheme: str = ""

    def filled(self, variables: Mapping[str, str]) -> Call:
        """Return the call with its variables filled in."""
        return Call(
            self.method,
            filled(self.path, variables),
            tuple((name, filled(value, variables)) for name, value in self.query),
            tuple((name, filled(value, variables)) for name, value in self.headers),
            None if self.body is None else filled(self.body, variables),
            self.credential,
            self.scheme,
        )

    def renamed(self, suffix: str) -> Call:
        """Return the call with a longer tag, for a record that is another one."""
        return replace(
            self,
            path=self.path.replace("{{tag}}", f"{{{{tag}}}}{suffix}"),
            body=self.body and self.body.replace("{{tag}}", f"{{{{tag}}}}{suffix}"),
        )

    @property
    def texts(self) -> str:
        """All texts that may hold variables."""
        pairs = (*self.query, *self.headers)
        return "\n".join([self.path, *(value for _, value in pairs), self.body or ""])


@dataclass(frozen=True, slots=True)
class Step:
    """A call that a case needs first: it must succeed, and gives variables by JSON pointers."""

    call: Call
    captures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expected:
    """The answer: `body` is text or a JSON value, None if only the status is compared.

    `varies` are JSON pointers to what has another value in each sandbox.
    """

    status: int
    media_type: str
    body: Any
    varies: tuple[str, ...] = ()


_UNKNOWN = Expected(0, "", None)


@dataclass(frozen=True, slots=True)
class Case:
    """One request and the answer to expect.

    `field` says what it is about (`body /name`, `query page`), `rule` what is done to it, `spec`
    points at the rule in the OpenAPI document; `basis` and `source` say where that comes from.
    `schema_allows` is what the document's schema says of the request, None if it says nothing.
    """

    id: str
    api: str
    operation: str
    kind: Kind
    field: str
    rule: str
    spec: str
    basis: str
    source: str
    call: Call
    setup: tuple[Step, ...] = ()
    schema_allows: bool | None = None
    expected: Expected = _UNKNOWN

    @property
    def title(self) -> str:
        """The case in a few words."""
        return f"{self.operation}: {self.field}: {self.rule}"

    @property
    def long_texts(self) -> dict[str, int]:
        """The variables that are nothing but many times `x`, with how many."""
        names = _VARIABLE.findall("\n".join([*(s.call.texts for s in self.setup), self.call.texts]))
        return {name: int(found[1]) for name in sorted(set(names)) if (found := _LONG.match(name))}

    @property
    def tag(self) -> str:
        """A short text that no other case of a file has, for names that must be unique."""
        return self.id.partition("-")[0]


def filled(text: str, variables: Mapping[str, str]) -> str:
    """Return a text with its variables filled in; raises KeyError for one that is not known."""
    return _VARIABLE.sub(lambda match: variables[match[1]], text)


def text_of_body(value: Any) -> str:
    """Return a JSON value as the text of a body; the text `{{#name}}` stands for a number."""
    return _BARE.sub(r"{{\1}}", json.dumps(value, ensure_ascii=False))


def run_of(length: int, prefix: str = "") -> str:
    """Return a text of so many characters, as a variable if it is long."""
    rest = length - len(prefix)
    if rest <= 0:
        return "x" * length
    return prefix + ("x" * rest if rest <= _LONGEST_RUN else f"{{{{long_{rest}}}}}")
