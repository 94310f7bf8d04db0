"""Reads the vendor's document of the products API into operations and fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_METHODS = ("get", "put", "post", "delete", "patch")
_FIELD = re.compile(
    r"(?P<name>[a-z_]+?)(?P<type>string|boolean|integer|number|object|array)"
    r"(?P<facets>(?: · (?:[a-z]+: \d+|[a-z]+))*?)(?P<need>Required|Optional)"
    r"(?:Pattern: (?P<pattern>.+))?"
)
_LABEL = re.compile(r"  • (?P<value>\S+) - (?P<label>.+)")
_STATUS = re.compile(r"(?P<status>\d{3})[A-Z].*")
_PATTERN = "Pattern: "
_SECTIONS = ("Authorizations", "Path parameters", "Query parameters", "Body", "Responses")
_FURNITURE = ("", "chevron-right", "Possible values:")


@dataclass
class DocumentedField:
    """One parameter or property as the document describes it."""

    name: str
    type: str
    required: bool
    facets: tuple[str, ...] = ()
    pattern: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    description: str = ""

    def bound(self, name: str) -> int | None:
        """Return the number behind `min` or `max`, None without one."""
        for facet in self.facets:
            key, _, value = facet.partition(": ")
            if key == name:
                return int(value)
        return None

    @property
    def nullable(self) -> bool:
        """Whether the document says so."""
        return "nullable" in self.facets

    @property
    def enumerated(self) -> bool:
        """Whether the document calls it an enum."""
        return "enum" in self.facets

    @property
    def format(self) -> str | None:
        """The format's name, None without one."""
        return next((facet for facet in self.facets if facet in ("decimal", "binary")), None)


@dataclass
class DocumentedOperation:
    """One operation; `responses` maps a status to its media type."""

    summary: str
    method: str
    path: str
    description: str = ""
    credentials: list[DocumentedField] = field(default_factory=list)
    path_parameters: list[DocumentedField] = field(default_factory=list)
    query_parameters: list[DocumentedField] = field(default_factory=list)
    body: list[DocumentedField] = field(default_factory=list)
    responses: dict[str, str] = field(default_factory=dict)


def read_operations(text: str) -> list[DocumentedOperation]:
    """Return the document's operations in its order.

    Raises ValueError at a line that is none of the forms known here, so that nothing the document
    says is passed over.
    """
    lines = text.splitlines()
    return [_read_operation(lines, start, end) for start, end in _boundaries(lines)]


def _boundaries(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = None
    for number, line in enumerate(lines):
        if line in _METHODS and lines[number + 1].startswith("/"):
            if start is None:
                start = number
            else:
                yield start, number
                start = None


def _read_operation(lines: Sequence[str], start: int, end: int) -> DocumentedOperation:
    operation = DocumentedOperation(lines[start - 2], lines[start], lines[start + 1])
    if (lines[end], lines[end + 1]) != (operation.method, operation.path):
        raise ValueError(f"line {end + 1}: {operation.summary} does not end as it began")
    section, status = "", ""
    fields: list[DocumentedField] = []
    in_section = {
        "Authorizations": operation.credentials,
        "Path parameters": operation.path_parameters,
        "Query parameters": operation.query_parameters,
        "Body": operation.body,
    }
    for number in range(start + 2, end):
        line = lines[number]
        if line in _SECTIONS:
            section, fields = line, in_section.get(line, [])
        elif line in _FURNITURE:
            continue
        elif section == "Responses":
            if match := _STATUS.fullmatch(line):
                status = match["status"]
            elif "/" in line:
                operation.responses[status] = line
            else:
                raise ValueError(f"line {number + 1}: {line!r}")
        elif match := _FIELD.fullmatch(line):
            fields.append(_field(match))
        elif not section:
            operation.description = line
        elif section == "Body" and not fields:
            continue  # the sentence on the body as a whole
        else:
            _read_detail(fields[-1], line, number)
    return operation


def _field(match: re.Match[str]) -> DocumentedField:
    return DocumentedField(
        name=match["name"],
        type=match["type"],
        required=match["need"] == "Required",
        facets=tuple(match["facets"].split(" · ")[1:]),
        pattern=match["pattern"],
    )


def _read_detail(documented: DocumentedField, line: str, number: int) -> None:
    if label := _LABEL.fullmatch(line):
        documented.labels[label["value"]] = label["label"]
    elif line.startswith(_PATTERN):
        documented.pattern = line.removeprefix(_PATTERN)
    elif not documented.description and not line.startswith(" "):
        documented.description = line
    else:
        raise ValueError(f"line {number + 1}: {line!r} says nothing known of {documented.name}")
