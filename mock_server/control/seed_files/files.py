"""Seed files on disk: YAML or JSON, with the line of everything in them."""

from __future__ import annotations

import codecs
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from mock_server.openapi.json_values import MAX_DEPTH, check_value, read_json
from mock_server.openapi.pointers import join
from mock_server.usage import UsageError

#: Where a mistake is (a JSON pointer), and what it is.
Problem = tuple[str, str]
#: The longest file and the longest body of control, in bytes: either may hold many records.
LONGEST_DOCUMENT = 64 << 20
#: So many values may a file gain by its aliases.
_MOST_ALIASED = 1_000_000
#: A text of more characters is not read again to find the line of a mistake more exactly.
_QUICKLY_READ = 1 << 20
_TEXT_IN_FILES = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:float")


class SeedFileError(UsageError):
    """A seed file cannot be used; the message has every reason with its place, one a line."""


class _Loader(yaml.SafeLoader):
    """Leaves times and decimals as they are written, so that no digit is lost."""


class _QuickLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Does the same, ten times as fast, but is often wrong about the line of a mistake."""


_Loader.yaml_implicit_resolvers = _QuickLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _TEXT_IN_FILES]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class SeedFile:
    """What a file holds, and the line of each JSON pointer into it."""

    path: Path
    document: Any
    lines: dict[str, int]

    def described(self, problems: Iterable[Problem]) -> str:
        """Return mistakes as `FILE:LINE: POINTER: MESSAGE`, one a line, in the file's order."""
        found = sorted((self._line(pointer), pointer, text) for pointer, text in problems)
        return "\n".join(
            f"{_shown(self.path)}:{line}: {pointer or '/'}: {text}" for line, pointer, text in found
        )

    def _line(self, pointer: str) -> int:
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)


def read_seed_file(path: Path) -> SeedFile:
    """Read a file, JSON if its name ends so and YAML otherwise; raises SeedFileError.

    What may be in it is bounded as bodies of requests are, and so are its length and what the
    aliases of YAML make of it.
    """
    lines: dict[str, int] = {}
    document: Any = None
    is_json = path.suffix.lower() == ".json"
    try:
        text = _text(_content(path))
        # First, as the JSON that it takes cannot hurt the reader of YAML, which knows the lines.
        if is_json:
            document = read_json(text.encode())
        loader, node = _composed(text)
        # Before anything is made of the tree, as that puts what is merged into it.
        twice = list(_walk(node, "", lines))
        if not is_json:
            document = _constructed(loader, node)
    except OSError as problem:
        raise SeedFileError(f"{_shown(path)}: {problem.strerror or problem}") from problem
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 1
        raise SeedFileError(f"{_shown(path)}:{line}: {problem.problem or problem}") from problem
    except (ValueError, yaml.YAMLError) as problem:
        line = getattr(problem.__cause__, "lineno", 1)
        reason = " ".join(str(problem).split())
        raise SeedFileError(f"{_shown(path)}:{line}: {reason}") from problem
    file = SeedFile(path, document, lines)
    if twice:
        raise SeedFileError("\n".join(f"{_shown(path)}:{line}: {text}" for line, text in twice))
    return file


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(LONGEST_DOCUMENT + 1)
    if len(content) > LONGEST_DOCUMENT:
        raise ValueError(f"the file is longer than {LONGEST_DOCUMENT} bytes")
    return content.removeprefix(codecs.BOM_UTF8)


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as problem:
        raise ValueError("the file is not valid UTF-8") from problem


def _constructed(loader: Any, node: Any) -> Any:
    """The JSON value of a YAML tree."""
    try:
        document = _with_text_keys(node and loader.construct_document(node))
    except ValueError as problem:  # a number of thousands of digits, a day that no month has
        raise ValueError("the file has a number or an instant that is out of range") from problem
    check_value(document)
    return document


def dumped(
    document: Any, form: Literal["json", "yaml"] = "yaml", *, ascii_only: bool = False
) -> str:
    """Return a document as the text of a seed file."""
    if form == "json":
        return json.dumps(document, indent=2, ensure_ascii=ascii_only) + "\n"
    dump: Callable[..., str] = yaml.safe_dump
    return dump(document, sort_keys=False, allow_unicode=not ascii_only, width=100)


def _composed(text: str) -> tuple[Any, Any]:
    """The tree of a YAML text, and what makes values of it."""
    try:
        return _tree(text, _QuickLoader)
    except yaml.YAMLError:
        if len(text) > _QUICKLY_READ:
            raise
        return _tree(text, _Loader)


def _tree(text: str, kind: Any) -> tuple[Any, Any]:
    _check_size(yaml.parse(text, kind))
    loader = kind(text)
    return loader, loader.get_single_node()


def _check_size(events: Iterable[Any]) -> None:
    """Raise yaml.MarkedYAMLError for a text that is nested too deeply, or grows by its aliases.

    Composing the tree would exhaust the stack, or never end.
    """
    sizes: dict[str, int] = {}
    around: list[list[Any]] = [[None, 0]]
    aliased = 0
    for event in events:
        problem, size, anchor = "", 1, getattr(event, "anchor", None)
        if isinstance(event, yaml.CollectionStartEvent):
            around.append([anchor, 0])
            if len(around) - 1 > MAX_DEPTH:
                problem = "the file is nested too deeply"
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = around.pop()
        elif isinstance(event, yaml.AliasEvent):
            size = sizes.get(str(event.anchor), 1)
            aliased += size
            if any(event.anchor == open_anchor for open_anchor, _ in around):
                problem = f"{event.anchor!r} contains itself"
            elif aliased > _MOST_ALIASED:
                problem = f"its aliases stand for more than {_MOST_ALIASED} values"
        elif not isinstance(event, yaml.ScalarEvent):
            continue
        if problem:
            raise yaml.MarkedYAMLError(None, None, problem, event.start_mark)
        if not isinstance(event, yaml.CollectionStartEvent):
            around[-1][1] += size
            if anchor is not None and not isinstance(event, yaml.AliasEvent):
                sizes[anchor] = size


def _with_text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_text_keys(item) for item in value]
    return value


def _walk(node: Any, pointer: str, lines: dict[str, int]) -> Iterator[tuple[int, str]]:
    """Note the line of everything in a YAML tree; yield the keys that occur twice."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place, line = join(pointer, str(key.value)), key.start_mark.line + 1
            if place in lines:
                yield line, f"{place}: occurs twice; it is also in line {lines[place]}"
            lines[place] = line
            yield from _walk(value, place, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            place = join(pointer, index)
            lines[place] = item.start_mark.line + 1
            yield from _walk(item, place, lines)


def _shown(path: Path) -> str:
    path = path.absolute()
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
