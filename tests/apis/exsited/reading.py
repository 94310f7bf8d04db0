"""Read the vendor's document of the items into operations, tables and samples."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

TITLE = re.compile(r"^(?P<title>[A-Z][^:|{}\"]+):\s*/?(?P<path>items(?:/\S*)?)$")
HEADINGS = (
    "Purpose",
    "Use Case",
    "Path Parameters",
    "Query Parameters",
    "Request Body",
    "Response",
    "Response Body",
)


@dataclass(frozen=True)
class Row:
    """One attribute of a table: its name as printed, its type and its description."""

    name: str
    type: str
    description: str


@dataclass
class Section:
    """The text under one heading, with the table and the sample found in it."""

    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def rows(self) -> list[Row]:
        """The rows of the section's table; a column `Required` is left out."""
        cells = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in self.lines
            if line.startswith("|")
        ]
        if not cells:
            return []
        heads = cells[0]
        return [
            Row(row[0], row[heads.index("Type")], row[heads.index("Description")])
            for row in cells[2:]
        ]

    @property
    def sample(self) -> Any:
        """The JSON sample of the section, or None if it has none."""
        start = self.text.find("{\n")
        if start < 0:
            return None
        value, _end = json.JSONDecoder().raw_decode(self.text[start:])
        return value


@dataclass
class Operation:
    """One operation of the document; `path` begins with a slash."""

    title: str
    path: str
    sections: dict[str, Section] = field(default_factory=dict)


def operations(document: str) -> list[Operation]:
    """The operations of the document, in its order."""
    found: list[Operation] = []
    section = Section()
    for line in document.splitlines():
        title = TITLE.match(line.strip())
        if title:
            found.append(Operation(title["title"], "/" + title["path"]))
        elif found and line.strip() in HEADINGS:
            section = found[-1].sections.setdefault(line.strip(), Section())
        else:
            section.lines.append(line.strip())
    return found


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Every place of a sample with its value; `[]` stands for the members of a list."""
    if isinstance(value, dict) and value:
        return [
            entry
            for key, member in value.items()
            for entry in [((*path, key), member), *leaves(member, (*path, key))]
        ]
    if isinstance(value, list):
        return [entry for member in value for entry in leaves(member, (*path, "[]"))]
    return []


def places(value: Any) -> set[tuple[str, ...]]:
    """Every place of a sample that has a key."""
    return {path for path, _value in leaves(value)}
