"""Seed files on disk: YAML or JSON, with the line of everything in them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from mock_server.openapi.pointers import join
from mock_server.usage import UsageError

#: Where a mistake is (a JSON pointer), and what it is.
Problem = tuple[str, str]
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
    """Read a file, JSON if its name ends so and YAML otherwise; raises SeedFileError."""
    lines: dict[str, int] = {}
    try:
        text = path.read_text(encoding="utf-8")
        loader, node = _composed(text)
        # Before anything is made of the tree, as that puts what is merged into it.
        twice = list(_walk(node, "", lines))
        if path.suffix.lower() == ".json":
            document = json.loads(text, parse_float=str)
        else:
            document = _with_text_keys(node and loader.construct_document(node))
    except OSError as problem:
        raise SeedFileError(f"{_shown(path)}: {problem.strerror or problem}") from problem
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 1
        raise SeedFileError(f"{_shown(path)}:{line}: {problem.problem or problem}") from problem
    except (ValueError, yaml.YAMLError) as problem:
        line = getattr(problem, "lineno", 1)
        text = " ".join(str(problem).split())
        raise SeedFileError(f"{_shown(path)}:{line}: {text}") from problem
    file = SeedFile(path, document, lines)
    if twice:
        raise SeedFileError("\n".join(f"{_shown(path)}:{line}: {text}" for line, text in twice))
    return file


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
    loader: Any = _QuickLoader(text)
    try:
        return loader, loader.get_single_node()
    except yaml.YAMLError:
        loader = _Loader(text)
        return loader, loader.get_single_node()


def _with_text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_text_keys(item) for item in value]
    return value


def _walk(node: Any, pointer: str, lines: dict[str, int]) -> Iterator[tuple[int, str]]:
    """Note the line of everything in a YAML tree; yield the keys that stand twice."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place, line = join(pointer, str(key.value)), key.start_mark.line + 1
            if place in lines:
                yield line, f"{place}: stands twice; it is also in line {lines[place]}"
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
