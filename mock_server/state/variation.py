"""How a sandbox's first records differ from those of its persona."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variation:
    """What is asked of a sandbox's first records beside its persona and seed.

    `messy` are the dimensions in which they are messy, None for what the persona says. `only`
    bounds the odd values to those of these places. `catalogue` is `own` (each API has goods of its
    own) or `shared` (all have the same), None for what the persona says.
    """

    messy: frozenset[str] | None = None
    only: frozenset[str] | None = None
    catalogue: str | None = None


#: The records are as the persona has them.
AS_THE_PERSONA = Variation()
