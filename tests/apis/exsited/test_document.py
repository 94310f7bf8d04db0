"""The specification has what the vendor's document has, at the same place."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from tests.apis.exsited.reading import Operation, Row, leaves, operations, places
from tests.apis.exsited.spec_reading import Schema, admits, at, dereferenced, properties, required

ROOT = Path(__file__).parents[3]
OPERATIONS = {
    "Create a New Standard Item": "createItem",
    "Configure Standard Sale Information for an Item": "configureItemSale",
    "Configure Item Purchase Details": "configureItemPurchase",
    "Deactivate an Item by ID": "deactivateItem",
    "Reactivate an Item by ID": "reactivateItem",
    "Create Item Note": "createItemNote",
    "Add Inventory to Item": "addItemInventory",
    "Configure Item Inventory": "configureItemInventory",
}
BODIES = ("Request Body", "Response Body")
LITERAL = re.compile(
    r"^(|true|false|0|STANDARD|QTY_AVAILABLE|QUANTITY_ON_[A-Z]+|QUANTITY_PROMISED)$"
)


@pytest.fixture(scope="module")
def documented(document: Callable[[str], str]) -> list[Operation]:
    return operations(document("exsited"))


@pytest.fixture(scope="module")
def spec() -> Schema:
    loaded: Schema = yaml.safe_load((ROOT / "specs" / "exsited.yaml").read_text(encoding="utf-8"))
    resolved: Schema = dereferenced(loaded, loaded)
    return resolved


def body(spec: Schema, operation: Operation, heading: str) -> tuple[Schema, dict[str, Any]]:
    """The schema and the named examples of an operation's request or success answer."""
    described = spec["paths"]["/api/v3" + operation.path]["post"]
    if heading == "Request Body":
        content = described["requestBody"]["content"]
    else:
        [success] = [status for status in described["responses"] if status.startswith("2")]
        content = described["responses"][success].get("content", {})
    media = content.get("multipart/form-data") or content.get("application/json") or {}
    return media.get("schema", {}), media.get("examples", {})


def bodies(documented: list[Operation]) -> list[tuple[Operation, str]]:
    return [
        (operation, heading)
        for operation in documented
        for heading in BODIES
        if operation.sections[heading].sample or operation.sections[heading].rows
    ]


def test_the_document_has_eight_operations_and_the_spec_has_each(
    documented: list[Operation], spec: Schema
) -> None:
    assert [operation.title for operation in documented] == list(OPERATIONS)
    for operation in documented:
        described = spec["paths"]["/api/v3" + operation.path]["post"]
        assert described["operationId"] == OPERATIONS[operation.title]
        assert described.get("x-provenance", {}).get("basis", "documented") == "documented"


def test_what_the_document_leaves_out_is_marked(documented: list[Operation], spec: Schema) -> None:
    known = {("/api/v3" + operation.path, "post") for operation in documented}
    others = [
        (path, method, item[method])
        for path, item in spec["paths"].items()
        for method in ("get", "post", "put", "patch", "delete")
        if method in item and (path, method) not in known
    ]
    assert len(others) == 24
    for path, method, operation in others:
        assert operation["x-provenance"]["source"], (path, method)


def test_parameters_are_those_of_the_document(documented: list[Operation], spec: Schema) -> None:
    for operation in documented:
        item = spec["paths"]["/api/v3" + operation.path]
        described = item.get("parameters", []) + item["post"].get("parameters", [])
        rows = {row.name: row for row in operation.sections["Path Parameters"].rows}
        in_path = {one["name"]: one for one in described if one["in"] == "path"}
        assert in_path.keys() == rows.keys() == set(re.findall(r"{(\w+)}", operation.path))
        for name, row in rows.items():
            assert in_path[name]["schema"]["type"] == row.type.lower()
            assert in_path[name]["required"]
        assert not [one for one in described if one["in"] == "query"]
        assert not operation.sections["Query Parameters"].rows


def test_each_key_of_each_sample_is_in_the_spec_at_its_place(
    documented: list[Operation], spec: Schema
) -> None:
    seen = 0
    for operation, heading in bodies(documented):
        schema, _examples = body(spec, operation, heading)
        for place in places(operation.sections[heading].sample):
            assert at(schema, place), (operation.title, heading, ".".join(place))
            seen += 1
    assert seen > 300


def test_answers_always_have_the_keys_of_their_sample(
    documented: list[Operation], spec: Schema
) -> None:
    for operation in documented:
        schema, _examples = body(spec, operation, "Response Body")
        for place in places(operation.sections["Response Body"].sample):
            if place[-1] != "[]" and place[-2:] != ("accounting_code", "sales_revenue"):
                assert required(schema, place), (operation.title, ".".join(place))


def test_examples_have_the_keys_of_the_samples_and_are_valid(
    documented: list[Operation], spec: Schema
) -> None:
    seen = 0
    for operation, heading in bodies(documented):
        sample = operation.sections[heading].sample
        if sample is None:
            continue
        schema, examples = body(spec, operation, heading)
        value = examples["document"]["value"]
        assert places(value) == places(sample), (operation.title, heading)
        jsonschema_rs.Draft7Validator(schema, validate_formats=True).validate(value)
        seen += 1
    assert seen == 11


def test_literal_values_of_the_samples_are_valid_at_their_place(
    documented: list[Operation], spec: Schema
) -> None:
    seen = 0
    for operation, heading in bodies(documented):
        schema, _examples = body(spec, operation, heading)
        for place, value in leaves(operation.sections[heading].sample):
            # A key's own name in capitals is a placeholder, whatever else it could mean.
            placeholder = isinstance(value, str) and value == place[-1].upper()
            if isinstance(value, str) and LITERAL.match(value) and not placeholder:
                for described in at(schema, place):
                    validator = jsonschema_rs.Draft7Validator(described, validate_formats=True)
                    assert validator.is_valid(value), (operation.title, ".".join(place), value)
                    seen += 1
    assert seen > 60


def described_by(schema: Schema, name: str) -> list[Schema]:
    """The properties that a table's attribute stands for: by its name, or by `x-documented-as`."""
    parent, _dot, last = name.rpartition(".")
    return [
        member
        for above, own, member in properties(schema)
        if (last == own and (not parent or parent == above))
        or name in member.get("x-documented-as", [])
    ]


def attributes(row: Row) -> list[str]:
    return [name.strip() for name in row.name.split(",")]


def test_each_attribute_of_each_table_is_in_the_spec_with_its_type(
    documented: list[Operation], spec: Schema
) -> None:
    seen = 0
    for operation, heading in bodies(documented):
        schema, _examples = body(spec, operation, heading)
        for row in operation.sections[heading].rows:
            kind = row.type.lower().split(" ")[0]
            for name in attributes(row):
                found = described_by(schema, name)
                assert found, (operation.title, heading, name)
                assert any(admits(member, kind) for member in found), (operation.title, name, kind)
                seen += 1
    assert seen > 200


def test_attributes_of_requests_are_described(documented: list[Operation], spec: Schema) -> None:
    for operation in documented:
        rows = operation.sections["Request Body"].rows
        schema = body(spec, operation, "Request Body")[0] if rows else {}
        for name in (name for row in rows for name in attributes(row)):
            assert any("description" in one for one in described_by(schema, name)), name


def test_values_that_the_tables_name_are_in_the_spec(
    documented: list[Operation], spec: Schema
) -> None:
    word = re.compile(r"\b(?!UPC\b|ID\b|URI\b|UUID\b|UOM\b|API\b|UI\b)[A-Z]{2,}(?:_[A-Z]+)*\b(?!-)")
    seen = 0
    for operation, heading in bodies(documented):
        schema, _examples = body(spec, operation, heading)
        for row in operation.sections[heading].rows:
            for value in word.findall(re.sub(r"YYYY-MM-DD", "", row.description)):
                told = " ".join(
                    str(one.get("enum") or one.get("x-known-values") or one.get("description"))
                    for name in attributes(row)
                    for one in described_by(schema, name)
                )
                assert value in told, (operation.title, row.name, value)
                seen += 1
    assert seen > 20


def test_switching_an_item_has_no_body_and_answers_204(
    documented: list[Operation], spec: Schema
) -> None:
    switches = [one for one in documented if "204 No Content" in one.sections["Response"].text]
    assert [OPERATIONS[one.title] for one in switches] == ["deactivateItem", "reactivateItem"]
    for operation in switches:
        described = spec["paths"]["/api/v3" + operation.path]["post"]
        assert "requestBody" not in described
        assert "content" not in described["responses"]["204"]


def test_a_note_is_a_multipart_form(documented: list[Operation], spec: Schema) -> None:
    [note] = [
        one for one in documented if "multipart/form-data" in one.sections["Request Body"].text
    ]
    content = spec["paths"]["/api/v3" + note.path]["post"]["requestBody"]["content"]
    form = content["multipart/form-data"]["schema"]["properties"]
    assert form.keys() == {row.name for row in note.sections["Request Body"].rows}
    assert form["file"]["format"] == "binary"
