"""Reads the vendor's page as it was saved: headings, prose, calls and samples without any markup.

The page glues its language labels to the code (`jsconst response`, `json{`), puts `// ...` lines
into its JSON, and runs the descriptions of fields into one another. Everything here undoes that
and nothing else.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_CALL = re.compile(r'axios\.(get|post|delete)\(\s*"([^"]+)"')
_ADDRESS = re.compile(r"(?:^|[\s`>])(/?api/[\w/:<>{}-]+|/printallpitems)", re.MULTILINE)
_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_TOKEN = re.compile(
    r"""\s*(?:(?P<mark>[{}\[\]:,()])|"(?P<double>[^"]*)"|'(?P<single>[^']*)'"""
    r"""|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*))"""
)


@dataclass(frozen=True)
class Call:
    """A sample call: its method, its address, and the body it sends (None where it sends none)."""

    method: str
    address: str
    body: Any = None


@dataclass(frozen=True)
class Section:
    """One part of the page: its heading, its prose, its sample call and its sample answer."""

    heading: str
    prose: str
    call: Call | None = None
    sample: Any = None
    has_sample: bool = False
    addresses: frozenset[str] = field(default_factory=frozenset)

    @property
    def empty_answer(self) -> bool:
        """Whether the page says that the answer has no body."""
        return "returns an empty 200 response" in self.prose


def read_sections(text: str) -> list[Section]:
    """The parts of the page in its order.

    A heading is a short line outside code without any punctuation.
    """
    sections: list[Section] = []
    heading: str | None = None
    lines: list[str] = []
    for line, is_code in _marked_lines(text):
        if not is_code and _is_heading(line):
            if heading is not None:
                sections.append(_section(heading, "\n".join(lines)))
            heading, lines = line, []
        else:
            lines.append(line)
    if heading is not None:
        sections.append(_section(heading, "\n".join(lines)))
    return sections


def described_fields(prose: str, names: list[str]) -> dict[str, str]:
    """The descriptions of fields, cut out of one run-on line (`…adjusteddate: the date…`)."""
    alternatives = "|".join(sorted(names, key=len, reverse=True))
    pieces = re.split(f"({alternatives}): ", prose)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def _marked_lines(text: str) -> list[tuple[str, bool]]:
    """Each line with whether it is code: from `jsconst` or `json{` to the last bracket."""
    marked: list[tuple[str, bool]] = []
    depth = 0
    in_code = False
    for line in text.splitlines():
        if line.startswith("jsconst") or re.match(r"json[\[{]", line):
            in_code, depth = True, 0
        marked.append((line, in_code))
        if in_code:
            bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", line)
            depth += sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))
            # Two of the page's calls close more brackets than they open before they end.
            in_code = depth > 0 or (bare.rstrip().endswith(("{", ",")))
    return marked


def _is_heading(line: str) -> bool:
    return bool(re.fullmatch(r"[A-Z][A-Za-z ]{3,40}", line))


def _section(heading: str, body: str) -> Section:
    found = re.search(r"^json(?=[\[{])", body, re.MULTILINE)
    sample: Any = None
    before = body
    if found:
        before = body[: found.start()]
        code = _COMMENT.sub("", body[found.end() :])
        code = re.sub(r",(\s*[\]}])", r"\1", code)
        sample, _ = json.JSONDecoder().raw_decode(code)
    match = _CALL.search(before)
    call = None
    if match:
        call = Call(match[1].upper(), match[2], _posted_body(before[match.end() :]))
    prose = "\n".join(line for line, is_code in _marked_lines(body) if not is_code)
    addresses = {match[1].strip("/") for match in _ADDRESS.finditer(prose)}
    if call:
        addresses.add(call.address.strip("/"))
    return Section(
        heading,
        prose,
        call,
        sample,
        found is not None,
        frozenset("/" + address for address in addresses),
    )


def _posted_body(rest: str) -> Any:
    """The second argument of a post, an object literal; None where nothing or headers stand."""
    if not re.match(r"\s*,\s*\{", rest):
        return None
    start = rest.index("{")
    try:
        value, _ = _literal(rest, start)
    except ValueError:
        return None
    return None if isinstance(value, dict) and "headers" in value else value


def _token(text: str, position: int) -> tuple[str, str, int]:
    match = _TOKEN.match(text, position)
    if match is None or match.lastgroup is None:
        raise ValueError(f"no token at {text[position : position + 20]!r}")
    return match.lastgroup, match[match.lastgroup], match.end()


def _literal(text: str, position: int) -> tuple[Any, int]:
    """A JavaScript literal at the position, and where it ends; numbers are read as JSON's."""
    kind, word, position = _token(text, position)
    if kind in ("double", "single"):
        return word, position
    if kind == "number":
        return json.loads(word), position
    if kind == "mark" and word == "{":
        return _object(text, position)
    if kind == "mark" and word == "[":
        return _array(text, position)
    raise ValueError(f"not a literal: {word!r}")


def _object(text: str, position: int) -> tuple[dict[str, Any], int]:
    members: dict[str, Any] = {}
    while True:
        kind, word, position = _token(text, position)
        if (kind, word) == ("mark", "}"):
            return members, position
        if (kind, word) == ("mark", ","):
            continue
        if kind not in ("name", "double"):
            raise ValueError(f"not a key: {word!r}")
        colon_kind, colon, position = _token(text, position)
        if (colon_kind, colon) != ("mark", ":"):
            raise ValueError(f"no colon after {word!r}")
        members[word], position = _literal(text, position)


def _array(text: str, position: int) -> tuple[list[Any], int]:
    entries: list[Any] = []
    while True:
        kind, word, after = _token(text, position)
        if (kind, word) == ("mark", "]"):
            return entries, after
        if (kind, word) == ("mark", ","):
            position = after
            continue
        entry, position = _literal(text, position)
        entries.append(entry)
