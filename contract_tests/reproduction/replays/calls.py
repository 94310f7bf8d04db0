"""The calls that show a finding, and what their last answer must be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from contract_tests.target.target import Account
from mock_server.openapi.security import SecurityScheme

UNAUTHENTICATED = 401
_METHOD_NOT_ALLOWED = 405
#: Checks of what an answer looks like, for which the spec itself is asked.
_OF_SHAPE = frozenset(
    {
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "status_code_conformance",
    }
)
#: What the status must be where a check says so; elsewhere, another one than it was.
_STATUS = {
    "ignored_auth": (">=", 300),
    "missing_required_header": (">=", 400),
    "negative_data_rejection": (">=", 400),
    "not_a_server_error": ("<", 500),
    "object_level_authorization": (">=", 300),
    "use_after_free": (">=", 400),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A part of a URL that is taken from an earlier answer: from which, and its JSON pointer."""

    step: int
    pointer: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One call as it was sent, without its credential, and what it was answered.

    `url` is what follows the base URL, in parts; `account` says whose credential it had; `allow` is
    the answer's Allow header.
    """

    operation_id: str
    method: str
    url: tuple[str | Taken, ...]
    headers: Mapping[str, str]
    body: bytes | None
    account: Account
    status: int
    allow: str = ""

    def __str__(self) -> str:
        who = {"first": "", "other": " as another account", None: " as nobody"}[self.account]
        url = "".join(
            part if isinstance(part, str) else f"{{{part.pointer} of {part.step + 1}}}"
            for part in self.url
        )
        return f"{self.method} {url}{who} → {self.status}"


@dataclass(frozen=True, slots=True)
class Replay:
    """Calls that show a finding, in order; the last one's answer is what `check` is about.

    `base_url` is what URLs are appended to; with `in_process` it is that of a mock, which anybody
    can start with `mock-server serve`. `scheme` is the security scheme; `credential` one that is no
    secret, for a mock, or empty.
    """

    api: str
    check: str
    operation: str
    message: str
    base_url: str
    in_process: bool
    scheme: SecurityScheme
    credential: str
    calls: tuple[Sent, ...]

    @property
    def title(self) -> str:
        """What was found where, in a few words."""
        return f"{self.check}: {self.operation} of {self.api}"

    @property
    def last(self) -> Sent:
        """The call that shows it."""
        return self.calls[-1]

    @property
    def about_shape(self) -> bool:
        """Whether the spec says what is wrong with the last answer."""
        return self.check in _OF_SHAPE

    @property
    def about_allow(self) -> bool:
        """Whether it is the Allow header of the last answer that is wrong."""
        missing = self.check == "unsupported_method" and self.last.status == _METHOD_NOT_ALLOWED
        return missing or self.check == "allow_header_conformance"

    @property
    def expected(self) -> tuple[str, int]:
        """What the last status must be: an operator of Python's, and a number."""
        if self.check == "unsupported_method":
            return "==", _METHOD_NOT_ALLOWED
        return _STATUS.get(self.check, ("!=", self.last.status))


def taken_from(step: int, expression: object) -> Taken | None:
    """Return what a link's expression takes from a step's answer; None unless it is of its body."""
    if isinstance(expression, str) and expression.startswith("$response.body#/"):
        return Taken(step, expression.removeprefix("$response.body#"))
    return None


def url_parts(
    url: str, base_url: str, template: str, taken: Mapping[str, Taken]
) -> tuple[str | Taken, ...]:
    """Return what follows the base URL in a URL, with the path parameters that are taken in place.

    `template` is the operation's path, and `taken` maps its parameters' names.
    """
    sent = urlsplit(url)
    path = sent.path.removeprefix(urlsplit(base_url).path)
    query = f"?{sent.query}" if sent.query else ""
    segments, names = path.split("/"), template.split("/")
    if len(segments) != len(names):
        return (path + query,)
    parts: list[str | Taken] = []
    for segment, name in zip(segments, names, strict=True):
        parts += ["/" if parts else "", taken.get(name.strip("{}"), segment)]
    return tuple(_joined([*parts, query]))


def _joined(parts: Sequence[str | Taken]) -> Iterator[str | Taken]:
    """The parts, with texts that follow each other as one."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        text = ""
        yield part
    if text:
        yield text
