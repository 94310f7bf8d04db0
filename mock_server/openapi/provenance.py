"""Where each part of a spec comes from, part by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from mock_server.openapi.document import BASES, METHODS, Provenance, SpecIndex

Kind = Literal["operation", "parameter", "property", "response"]
KINDS: tuple[Kind, ...] = ("operation", "parameter", "property", "response")
Pointer = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ContractPart:
    """One operation, parameter, property or response of a spec, with its provenance."""

    kind: Kind
    pointer: Pointer
    provenance: Provenance


def parts(spec: SpecIndex) -> Iterator[ContractPart]:
    """Yield each part once, where it is written; what carries no mark inherits from above it."""
    yield from _parts(spec, spec.document, (), spec.default_provenance)


def _parts(
    spec: SpecIndex, node: Any, pointer: Pointer, inherited: Provenance
) -> Iterator[ContractPart]:
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _parts(spec, item, (*pointer, index), inherited)
    if not isinstance(node, dict):
        return
    provenance = spec.provenance_of(node, inherited)
    kind = None if "$ref" in node and len(node) == 1 else _kind(pointer)
    if kind is not None:
        yield ContractPart(kind, pointer, provenance)
    for key, item in node.items():
        if key not in {"example", "examples", "x-provenance"}:
            yield from _parts(spec, item, (*pointer, key), provenance)


def _kind(pointer: Pointer) -> Kind | None:
    if len(pointer) == 3 and pointer[0] == "paths" and pointer[2] in METHODS:
        return "operation"
    for name, kind in _BY_PARENT:
        if pointer[-2:-1] == (name,):
            return kind
    return None


_BY_PARENT: tuple[tuple[str, Kind], ...] = (
    ("parameters", "parameter"),
    ("properties", "property"),
    ("responses", "response"),
)


def coverage_table(specs: Iterable[SpecIndex]) -> str:
    """Return a Markdown table: what each spec has, and how much of it is documented.

    Links' `parameters` are expressions, not parts, and are left out by not being mappings.
    """
    lines = [
        "| API | operations | parameters | properties | responses | " + " | ".join(BASES) + " |",
        "|---|" + "---:|" * (len(KINDS) + len(BASES)),
    ]
    for spec in specs:
        found = list(parts(spec))
        kinds = Counter(part.kind for part in found)
        bases = Counter(part.provenance.basis for part in found)
        counts = [kinds[kind] for kind in KINDS] + [bases[basis] for basis in BASES]
        lines.append(f"| {spec.title} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)
