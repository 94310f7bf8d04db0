"""The schemas of effects in the spec of the control API, made from their classes.

`python -m mock_server.faults.schemas` writes them into the spec again.
"""

from __future__ import annotations

import sys
from typing import Any

import yaml
from pydantic import TypeAdapter

from mock_server.data import specs_directory
from mock_server.faults.models import EFFECTS

_SPEC = specs_directory() / "control.yaml"
_BEGIN = "    # effects: made by `python -m mock_server.faults.schemas`\n"
_END = "    # effects: end\n"


def effect_schemas() -> dict[str, Any]:
    """Return the schema of an effect, and that of each class of effects, by their names."""
    schemas = {f"{kind.__name__}Effect": _schema_of(kind) for kind in EFFECTS.values()}
    choice = [{"$ref": f"#/components/schemas/{name}"} for name in schemas]
    return {"Effect": {"oneOf": choice}, **schemas}


def _schema_of(kind: type) -> dict[str, Any]:
    made = TypeAdapter(kind).json_schema()
    properties = {name: _plain(each) for name, each in made["properties"].items()}
    return {
        "description": " ".join((kind.__doc__ or "").partition("\n\n")[0].split()),
        "type": "object",
        "required": ["kind", *(name for name in made.get("required", ()) if name != "kind")],
        "additionalProperties": False,
        "properties": {"kind": properties.pop("kind"), **properties},
    }


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in the words of OpenAPI 3.0; what may be null may be left out instead."""
    choices = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    schema = {**schema, **(choices[0] if choices else {})}
    if "const" in schema:
        schema["enum"] = [schema["const"]]
    left_out = {"anyOf", "const", "default", "title"}
    return {name: item for name, item in schema.items() if name not in left_out}


def kept_and_made() -> tuple[str, str]:
    """Return the text of the schemas in the spec, and as it has to be."""
    kept = _SPEC.read_text(encoding="utf-8").partition(_BEGIN)[2].partition(_END)[0]
    made = yaml.safe_dump(effect_schemas(), sort_keys=False, width=110)
    return kept, "".join(f"    {line}\n" for line in made.splitlines())


def main() -> int:
    """Write the schemas into the spec."""
    before, _, rest = _SPEC.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    _SPEC.write_text(before + _BEGIN + kept_and_made()[1] + _END + after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
