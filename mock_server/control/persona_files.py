"""Files of personas: recipes that somebody writes, checked with the line of each mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from mock_server.control.seed_files.files import Problem, SeedFileError, read_seed_file
from mock_server.openapi.pointers import join
from mock_server.seeding.odd_values import ALL, DIMENSIONS, NONE, parse_dimensions
from mock_server.seeding.personas import (
    MOST_PRODUCTS,
    NAME,
    NAME_RULE,
    Catalogues,
    Persona,
    PersonaError,
)
from mock_server.state.store import LARGEST_ID
from mock_server.usage import suggestion

_MESSY_FORMS: list[Any] = [
    {"enum": [ALL, NONE, *DIMENSIONS]},
    {"type": "array", "items": {"enum": list(DIMENSIONS)}},
]


class Recipe(BaseModel):
    """How a sandbox's first records are made."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="A persona")

    description: str = Field(min_length=1, description="Who this is, in a sentence.")
    products: int = Field(
        ge=0,
        le=MOST_PRODUCTS,
        strict=True,
        description="How many products, items or goods each API has.",
    )
    first_id: int = Field(
        1,
        ge=1,
        le=LARGEST_ID,
        strict=True,
        description="The first identifier, where a vendor's count up.",
    )
    messy: str | list[str] = Field(
        default=NONE,
        description="Dimensions of odd but valid values, or `all`; docs/how-to/messy-data.md.",
        json_schema_extra={"anyOf": _MESSY_FORMS},
    )
    catalogue: Catalogues = Field(
        "own",
        description="`shared` gives all APIs the same goods; docs/how-to/shared-catalogue.md.",
    )

    @field_validator("messy", mode="before")
    @classmethod
    def _known(cls, value: Any) -> Any:
        for name in value if isinstance(value, list) else [value]:
            if not isinstance(name, str) or name not in {*DIMENSIONS, ALL, NONE}:
                near = suggestion(str(name), [*DIMENSIONS, ALL, NONE])
                raise ValueError(f"{name!r} is no dimension of messy data; {near}")
        return value


def load_personas(path: Path) -> dict[str, Persona]:
    """Return the personas of a YAML or JSON file by name, in its order.

    Raises PersonaError, which has every mistake as `FILE:LINE: PLACE: MESSAGE`, one a line.
    """
    try:
        file = read_seed_file(path)
    except SeedFileError as problem:
        raise PersonaError(str(problem)) from problem
    if not isinstance(file.document, dict) or not file.document:
        text = file.described([("", "must be an object of personas by their names")])
        raise PersonaError(text)
    found: dict[str, Persona] = {}
    problems: list[Problem] = []
    for name, content in file.document.items():
        place = join("", name)
        if not NAME.fullmatch(name):
            problems.append((place, f"is no name of a persona: {NAME_RULE}"))
        try:
            recipe = Recipe.model_validate(content)
        except ValidationError as problem:
            problems += _problems(place, problem)
        else:
            found[name] = Persona(
                name,
                recipe.description,
                recipe.products,
                recipe.first_id,
                parse_dimensions(recipe.messy),
                recipe.catalogue,
            )
    if problems:
        raise PersonaError(file.described(problems))
    return found


def editor_schema() -> dict[str, Any]:
    """Return the JSON schema of a file of personas, with which editors complete and check it."""
    recipe = Recipe.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Personas",
        "description": "How much data sandboxes begin with, and of what kind, by name.",
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": f"^{NAME.pattern}$"},
        "additionalProperties": recipe,
    }


def _problems(place: str, problem: ValidationError) -> list[Problem]:
    found: dict[str, str] = {}
    for error in problem.errors():
        where = place
        for part in error["loc"]:
            if part not in {"function-after", "function-before"}:
                where = join(where, part)
        match error["type"]:
            case "missing":
                text = "is missing"
            case "extra_forbidden":
                near = suggestion(str(error["loc"][-1]), list(Recipe.model_fields))
                text = f"is no part of a persona; {near}"
            case "value_error":
                text = str(error["ctx"]["error"])
            case _:
                text = error["msg"][0].lower() + error["msg"][1:]
        found.setdefault(where, text)
    return list(found.items())
