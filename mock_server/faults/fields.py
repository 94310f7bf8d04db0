"""The types of the fields of effects and rules: what they allow is in their annotations.

Pydantic reads the annotations when a rule is read; nothing here imports it, for a server that has
no rules does without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Le

LARGEST = 10**9
#: An hour; a caller that waits longer is not testing anything.
LONGEST_WAIT = 3600


@dataclass(frozen=True, eq=False)
class Strictly:
    """Lets a field take its own type alone: no texts for numbers, no numbers for booleans.

    `schema` has what the JSON schema of the field says besides.
    """

    schema: Mapping[str, Any] = field(default_factory=dict)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Return the schema of the type, made strict."""
        return {**handler(source), "strict": True}

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:
        """Return the JSON schema of the type with what else it says."""
        return {**handler(schema), **self.schema}


class Misfit(ValueError):
    """A field does not go together with another one."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


Flag = Annotated[bool, Strictly()]
Count = Annotated[int, Strictly(), Ge(1), Le(LARGEST)]
Amount = Annotated[int, Strictly(), Ge(0), Le(LARGEST)]
Wait = Annotated[float, Strictly(), Ge(0), Le(LONGEST_WAIT)]
Seconds = Annotated[float, Strictly(), Ge(0), Le(LARGEST)]
Spread = Annotated[float, Strictly(), Ge(0), Le(10)]
Share = Annotated[float, Strictly(), Ge(0), Le(1)]
StatusCode = Annotated[int, Strictly({"x-state-dependent": True, "example": 429}), Ge(100), Le(599)]
