"""Reads the vendor's document of products into fields and operations."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

#: What the document's four rows without a name are, in its order (facts, section 1).
UNNAMED_OBJECTS = ("links", "product_supplier", "stock_adjustments", "tax")

_CALL = re.compile(r"(?P<method>get|post|patch|put|delete)(?P<path>/\S+)")
_NAME = re.compile(r"[a-z_]+(\[\])?")
_TYPE = re.compile(
    r"(?P<type>string|number|integer|boolean|object|Array of (?P<items>string)s)(?P<null> or null)?"
    r"(?: <(?P<format>[a-z0-9-]+)>)?"
    r"(?: <= (?P<longest>\d+) characters"
    r"| (?P<open>[\[(]) (?P<low>-?\d+) \.\. (?P<high>-?\d+) (?P<close>[\])]))?"
)
_FILTER = re.compile(r"(?P<name>[a-z_]+) (?P<format>[a-z0-9-]+)")
_STATUS = re.compile(r"\d{3}")
_SAMPLE = re.compile(r"\s*•\s(?P<member>.+)")
_SECTIONS = {"path Parameters": "path", "query Parameters": "query"}
_BODY = "Request Body schema: "
_FURNITURE = {"", "{}", "{", "}", "Request", "Available filters:", "Value Format"}


@dataclass
class DocumentedField:
    """One parameter or property; bounds are (number, whether it is itself allowed)."""

    name: str
    type: str
    items: str | None = None
    nullable: bool = False
    format: str | None = None
    longest: int | None = None
    low: tuple[int, bool] | None = None
    high: tuple[int, bool] | None = None
    required: bool = False
    deprecated: bool = False
    enum: list[str] = field(default_factory=list)
    filters: dict[str, str] = field(default_factory=dict)
    example: str | None = None
    prose: list[str] = field(default_factory=list)


@dataclass
class DocumentedOperation:
    """One operation; `answers` maps a status to what it means."""

    title: str
    deprecated: bool
    method: str
    path: str
    security: str = ""
    parameters: list[tuple[str, DocumentedField]] = field(default_factory=list)
    body_type: str | None = None
    body: list[DocumentedField] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    answer_type: str | None = None
    sample: dict[str, Any] = field(default_factory=dict)


@dataclass
class Document:
    """The object that the document is about, and its operations, in order."""

    product: list[DocumentedField]
    operations: list[DocumentedOperation]


def read_document(text: str) -> Document:
    """Return all that the document says.

    Raises ValueError at a line of no known form, so that nothing is passed over.
    """
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if _CALL.fullmatch(line)]
    titles = [start - 2 for start in starts]
    product = _Fields()
    for number, line in enumerate(lines[: titles[0]]):
        if line not in (_FURNITURE | {"Product"}) and not product.take(lines, number):
            raise ValueError(f"line {number + 1}: {line!r}")
    operations = [
        _read_operation(lines, title, end)
        for title, end in zip(titles, [*titles[1:], len(lines)], strict=True)
    ]
    return Document(product.fields, operations)


class _Fields:
    """Gathers the fields of one section, line by line."""

    def __init__(self) -> None:
        self.fields: list[DocumentedField] = []
        self._unnamed = iter(UNNAMED_OBJECTS)
        self._name: str | None = None
        self._required = False

    def take(self, lines: Sequence[str], number: int) -> bool:
        """Take in one line that is a name, a type or something about the newest field."""
        line = lines[number]
        if self._name is None and line == "object":
            self._name = next(self._unnamed)
        if self._name is None and _NAME.fullmatch(line) and _starts_a_field(lines, number):
            self._name = line
        elif self._name is not None and line == "required":
            self._required = True
        elif self._name is not None and (match := _TYPE.fullmatch(line)):
            self.fields.append(_field(self._name, match, required=self._required))
            self._name, self._required = None, False
        else:
            return bool(self.fields) and _read_detail(self.fields[-1], line)
        return True


def _starts_a_field(lines: Sequence[str], number: int) -> bool:
    following = lines[number + 2 if lines[number + 1] == "required" else number + 1]
    return _TYPE.fullmatch(following) is not None


def _field(name: str, match: re.Match[str], *, required: bool) -> DocumentedField:
    low, high, longest = match["low"], match["high"], match["longest"]
    return DocumentedField(
        name=name,
        type="array" if match["items"] else match["type"],
        items=match["items"],
        nullable=match["null"] is not None,
        format=match["format"],
        longest=int(longest) if longest else None,
        low=(int(low), match["open"] == "[") if low else None,
        high=(int(high), match["close"] == "]") if high else None,
        required=required,
    )


def _read_detail(documented: DocumentedField, line: str) -> bool:
    if line == "Deprecated":
        documented.deprecated = True
    elif line.startswith("Enum: "):
        documented.enum = re.findall(r'"([^"]+)"', line)
    elif line.startswith("Example: "):
        documented.example = line.removeprefix("Example: ")
    elif documented.type == "array" and (match := _FILTER.fullmatch(line)):
        documented.filters[match["name"]] = match["format"]
    elif line[:1].isupper() or line == "tax id":
        documented.prose.append(line)
    else:
        return False
    return True


def _read_operation(lines: Sequence[str], title: int, end: int) -> DocumentedOperation:
    call = _CALL.fullmatch(lines[title + 2])
    if call is None:
        raise ValueError(f"line {title + 3}: no operation")
    operation = DocumentedOperation(
        title=lines[title].removesuffix("Deprecated"),
        deprecated=lines[title].endswith("Deprecated"),
        method=call["method"],
        path=call["path"],
    )
    section, status = "", ""
    fields, members = _Fields(), list[str]()
    for number in range(title + 3, end):
        line = lines[number]
        if line.startswith("Security"):
            operation.security = line.removeprefix("Security")
        elif line in _SECTIONS or line.startswith(_BODY) or line == "Responses":
            _close(operation, section, fields)
            section, fields = line, _Fields()
        elif line.strip() in {"Request samples", "Response samples"}:
            section = line
        elif line.strip() in _FURNITURE:
            continue
        elif section == "Request samples" and (match := _SAMPLE.fullmatch(line)):
            members.append(match["member"])
        elif section.endswith("samples") and line == "application/json":
            if section == "Response samples":
                operation.answer_type = line
        elif section == "Responses" and _STATUS.fullmatch(line):
            status = line
        elif section == "Responses" and status not in operation.answers:
            operation.answers[status] = line
        elif section in {"", "Responses"} or not fields.take(lines, number):
            raise ValueError(f"line {number + 1}: {line!r}")
    operation.sample = json.loads(f"{{{' '.join(members)}}}")
    return operation


def _close(operation: DocumentedOperation, section: str, fields: _Fields) -> None:
    if section in _SECTIONS:
        operation.parameters += [(_SECTIONS[section], one) for one in fields.fields]
    elif section.startswith(_BODY):
        operation.body_type, operation.body = section.removeprefix(_BODY), fields.fields
