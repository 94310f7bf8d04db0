"""Personas: how much data a sandbox starts with, and of what kind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mock_server.seeding.odd_values import parse_dimensions
from mock_server.usage import UsageError


@dataclass(frozen=True, slots=True)
class Persona:
    """A recipe for a sandbox's first records.

    `products` is how many there are; `first_id` is the first of the identifiers that count up,
    where a vendor's are numbers of 64 bits; `messy` are the dimensions in which they are messy.
    """

    name: str
    description: str
    products: int
    first_id: int = 1
    messy: frozenset[str] = frozenset()


class PersonaError(UsageError):
    """The personas cannot be read; the message says where and why, in one line."""


def load_personas(path: Path) -> dict[str, Persona]:
    """Return the personas of a YAML file by name; raises PersonaError."""
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {
            name: Persona(
                name,
                str(entry["description"]),
                int(entry["products"]),
                int(entry.get("first_id", 1)),
                parse_dimensions(entry.get("messy", ())),
            )
            for name, entry in raw.items()
        }
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as problem:
        text = " ".join(str(problem).split())
        raise PersonaError(f"{path}: {type(problem).__name__}: {text}") from problem
