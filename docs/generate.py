"""Write the reference pages of the documentation, docs/reference/*.md, from the code.

    python docs/generate.py

`tests/test_reference.py` holds the pages to what this makes.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_type_hints

import click

import contract_tests.cli.main
import mock_server.cli
from mock_server.control.api.spec import control_spec
from mock_server.control.persona_files import load_personas
from mock_server.data import fixtures_directory
from mock_server.discovery import Vendor, load_vendors, tables_of
from mock_server.faults.models import EFFECTS
from mock_server.faults.schemas import effect_schemas
from mock_server.openapi.provenance import coverage_table
from mock_server.pytest_plugin import inventory, options
from mock_server.seeding.catalogue import PARTS
from mock_server.seeding.odd_values import DIMENSIONS, LONG_IDS, variants_by_dimension

FOLDER = Path(__file__).parent / "reference"
_MADE = "<!-- Made by docs/generate.py; do not edit. -->\n\n"


def pages() -> dict[str, str]:
    """Return the text of each page by its file name."""
    vendors = load_vendors()
    made = {
        "mock-server.md": _commands("mock-server", mock_server.cli.mock_server),
        "contract-tests.md": _commands("contract-tests", contract_tests.cli.main.contract_tests),
        "control-api.md": _control_api(),
        "faults.md": _effects(),
        "pytest-plugin.md": _plugin(),
        "records.md": _records(vendors),
        "personas.md": _personas(vendors),
        "shared-catalogue.md": _catalogue(vendors),
        "coverage.md": _coverage(vendors),
    }
    return {name: _MADE + text.rstrip() + "\n" for name, text in made.items()}


def _commands(name: str, group: click.Group) -> str:
    context = click.Context(group, info_name=name)
    lines = [f"# {name}", "", *_help_text(group), ""]
    for command_name in group.list_commands(context):
        command = group.get_command(context, command_name)
        if command is None:
            continue
        own = click.Context(command, info_name=command_name, parent=context)
        lines += [f"## {command_name}", ""]
        lines += ["```text", f"{name} {command_name} {_usage(command, own)}".rstrip(), "```", ""]
        lines += [*_help_text(command), "", *_options(command, own), ""]
    return "\n".join(lines)


def _usage(command: click.Command, context: click.Context) -> str:
    return " ".join(command.collect_usage_pieces(context))


def _help_text(command: click.Command) -> list[str]:
    """The help of a command; paragraphs that click keeps as they are become blocks of code."""
    lines: list[str] = []
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b"):
            lines += ["```text", *paragraph.splitlines()[1:], "```", ""]
        else:
            lines += [_escaped(paragraph), ""]
    return lines[:-1]


def _options(command: click.Command, context: click.Context) -> list[str]:
    rows = []
    for parameter in command.get_params(context):
        if not isinstance(parameter, click.Option) or parameter.hidden:
            continue
        record = parameter.get_help_record(context)
        if record is None or "--help" in parameter.opts:
            continue
        variable = parameter.envvar
        names = f"`{record[0]}`" + (f"<br>`{variable}`" if isinstance(variable, str) else "")
        rows.append((names, record[1]))
    return _table(("option", "meaning"), rows) if rows else []


def _control_api() -> str:
    spec = control_spec()
    rows = [
        (f"`{each.method.upper()} /_mock{each.path}`", f"`{each.id}`", _summary(each.raw))
        for each in spec.operations.values()
    ]
    return "\n".join(
        [
            "# Control API",
            "",
            "The running server has the whole document at `/_mock/openapi.json`, and pages to try",
            'it at `/_mock/docs`. A refused call is answered with `{"error": "one line"}`.',
            "",
            *_table(("call", "operation", "what it does"), rows),
        ]
    )


def _summary(raw: dict[str, Any]) -> str:
    text: str = raw.get("summary") or raw.get("description", "")
    return " ".join(text.split())


def _effects() -> str:
    schemas = effect_schemas()
    lines = [
        "# Fault effects",
        "",
        "What `effects` of a [fault rule](../how-to/faults.md) may hold; `kind` chooses one.",
        "",
    ]
    for tag, effect in EFFECTS.items():
        schema = schemas[f"{effect.__name__}Effect"]
        lines += [
            f"## {tag.replace('/', ', ')}",
            "",
            " ".join(str(schema.get("description", "")).split()),
            "",
        ]
        rows = [
            (
                f"`{name}`" + ("" if name not in schema.get("required", ()) else " (required)"),
                _of_schema(part),
            )
            for name, part in schema.get("properties", {}).items()
            if name != "kind"
        ]
        lines += [*_table(("option", "value"), rows), ""] if rows else []
    return "\n".join(lines)


def _of_schema(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    words = [str(schema.get("type", ""))]
    if "enum" in schema:
        words = [", ".join(f"`{value}`" for value in schema["enum"])]
    for bound, text in (("minimum", "from"), ("maximum", "to"), ("default", "default")):
        if bound in schema:
            words.append(f"{text} {schema[bound]}")
    described = " ".join(str(schema.get("description", "")).split())
    return "; ".join(part for part in (" ".join(words).strip(), described) if part)


def _plugin() -> str:
    rows = [
        (f"`{name}`", _escaped(text), f"`{default or 'none'}`")
        for name, (default, text) in options._INI.items()  # noqa: SLF001 - its one table
    ]
    members = []
    for name, member in inspect.getmembers(inventory.MockInventory):
        if name.startswith("_") or not (callable(member) or isinstance(member, property)):
            continue
        called = "" if isinstance(member, property) else _signature(member)
        members.append((f"`{name}{called}`", _first_line(member)))
    return "\n".join(
        [
            "# The pytest plugin",
            "",
            "## Options",
            "",
            "By marker (`@pytest.mark.mock_inventory(NAME=VALUE)`), or for all tests in the ini",
            "file as `mock_inventory_NAME`.",
            "",
            *_table(("option", "meaning", "default"), rows),
            "",
            "## The fixture `mock_inventory`",
            "",
            *_table(("member", "what it does"), members),
        ]
    )


def _signature(function: Any) -> str:
    parameters = [
        each for each in inspect.signature(function).parameters.values() if each.name != "self"
    ]
    return "(" + ", ".join(_of_parameter(each) for each in parameters) + ")"


def _of_parameter(parameter: inspect.Parameter) -> str:
    star = {
        inspect.Parameter.VAR_POSITIONAL: "*",
        inspect.Parameter.VAR_KEYWORD: "**",
    }.get(parameter.kind, "")
    default = "" if parameter.default is inspect.Parameter.empty else f"={parameter.default!r}"
    return f"{star}{parameter.name}{default}"


def _records(vendors: list[Vendor]) -> str:
    lines = [
        "# Records",
        "",
        "The tables of each API, as seed files, `export`, `diff` and expected effects name them:",
        "`API.TABLE`. A key is written as the API shows it.",
        "",
    ]
    tables = tables_of(vendors)
    for vendor in vendors:
        lines += [f"## {vendor.spec.title}", ""]
        for table in tables[vendor.api.name].values():
            hints = get_type_hints(table.record)
            lines += [f"### {table.name}", "", _first_line(table.record), ""]
            rows = [
                (
                    f"`{field.name}`",
                    f"`{_type(hints[field.name])}`",
                    f"`{table.references[field.name]}`" if field.name in table.references else "",
                )
                for field in dataclasses.fields(table.record)
            ]
            lines += [*_table(("field", "type", "names a record of"), rows), ""]
    return "\n".join(lines)


def _type(hint: Any) -> str:
    text = hint.__name__ if isinstance(hint, type) and hint.__module__ != "typing" else str(hint)
    for prefix in ("typing.", "datetime.", "decimal."):
        text = text.replace(prefix, "")
    return ".".join(text.split(".")[-1:]) if "[" not in text else _unqualified(text)


def _unqualified(text: str) -> str:
    words, word = [], ""
    for letter in text:
        if letter.isalnum() or letter in "_.":
            word += letter
            continue
        words += [word.rpartition(".")[2] if word != "..." else word, letter]
        word = ""
    return "".join([*words, word.rpartition(".")[2]])


def _personas(vendors: list[Vendor]) -> str:
    folder = fixtures_directory()
    lines = [
        "# Personas",
        "",
        "What a sandbox starts with. A key names one (`test.empty-1`); the numbers are those of",
        "seed 0, and the records themselves are in `fixtures/golden`.",
        "",
    ]
    for name, persona in load_personas(folder / "personas.yaml").items():
        lines += [f"## {name}", "", persona.description, ""]
        rows = []
        for vendor in vendors:
            golden = folder / "golden" / f"{vendor.api.name}.{name}.json"
            if not golden.is_file():
                continue
            tables: dict[str, Any] = json.loads(golden.read_text(encoding="utf-8"))
            rows += [(f"`{table}`", f"{_count(held):,}") for table, held in tables.items()]
        lines += [*_table(("table", "records"), rows), ""] if rows else []
    lines += ["## Dimensions of messy data", "", "What can be odd, and in which API.", ""]
    apis = [vendor.api.name for vendor in vendors]
    has = {vendor.api.name: _dimensions(vendor) for vendor in vendors}
    rows = [
        (f"`{name}`", text, *("yes" if name in has[api] else "" for api in apis))
        for name, text in DIMENSIONS.items()
    ]
    lines += _table(("dimension", "what is odd", *apis), rows)
    return "\n".join(lines)


def _dimensions(vendor: Vendor) -> set[str]:
    """The dimensions that a vendor's records can be messy in."""
    golden = fixtures_directory() / "golden" / f"{vendor.api.name}.long_ids.json"
    typical = golden.with_name(f"{vendor.api.name}.typical.json")
    found = {LONG_IDS} if golden.read_bytes() != typical.read_bytes() else set()
    return found | {
        dimension
        for messy in vendor.api.messy
        for field in messy.fields
        for dimension in variants_by_dimension(field)
    }


def _catalogue(vendors: list[Vendor]) -> str:
    kept = [(vendor, vendor.api.catalogue) for vendor in vendors]
    rows = [
        (vendor.spec.title, *(catalogue.fields[part] for part in PARTS))
        for vendor, catalogue in kept
        if catalogue is not None
    ]
    return "\n".join(
        [
            "# Shared catalogue",
            "",
            "Where each vendor has what goods have in common; see the",
            "[how-to](../how-to/shared-catalogue.md).",
            "",
            *_table(("API", *PARTS), rows),
        ]
    )


def _count(held: list[Any] | dict[str, Any]) -> int:
    return len(held) if isinstance(held, list) else int(held["records"])


def _coverage(vendors: list[Vendor]) -> str:
    return "\n".join(
        [
            "# What is covered",
            "",
            "How much of each API is mocked, and where its behaviour comes from: `documented` by",
            "the vendor, `observed` in its samples, SDKs or framework, or `inferred` by us, with",
            "the reason.",
            "",
            coverage_table(each.spec for each in vendors),
        ]
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = list(head)
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(map(_cell, row))} |" for row in rows)]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _first_line(documented: Any) -> str:
    return _escaped(" ".join((inspect.getdoc(documented) or "").split("\n\n")[0].split()))


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;")


def write() -> Iterator[Path]:
    """Write every page that is not as it is made, and yield its path."""
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
            yield path
    for name, text in made.items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            yield path


if __name__ == "__main__":
    for changed in write():
        print(changed.name)
