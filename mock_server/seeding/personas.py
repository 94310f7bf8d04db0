"""Personas: how much data a sandbox starts with, and of what kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from mock_server.usage import UsageError

#: Whether each API has goods of its own, or all have the same.
Catalogues = Literal["own", "shared"]
SHARED: Catalogues = "shared"
#: The largest persona that there can be.
MOST_PRODUCTS = 100_000
#: What a persona may be called, as it is written in keys: `test.NAME-1`.
NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
NAME_RULE = "lower-case letters, digits and underscores, a letter first"


@dataclass(frozen=True, slots=True)
class Persona:
    """A recipe for a sandbox's first records.

    `products` is how many there are; `first_id` is the first of the identifiers that count up,
    where a vendor's are numbers of 64 bits; `messy` are the dimensions in which they are messy.
    With a `shared` catalogue all APIs have the same goods.
    """

    name: str
    description: str
    products: int
    first_id: int = 1
    messy: frozenset[str] = frozenset()
    catalogue: Catalogues = "own"


class PersonaError(UsageError):
    """There is no such persona, or a file of them is wrong; each mistake is one line."""
