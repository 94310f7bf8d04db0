"""The spec says everything that the vendor's document says."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mock_server.data import specs_directory
from mock_server.openapi.document import Json, SpecIndex, load_document
from mock_server.openapi.schema import SchemaCompiler
from tests.apis.cliniko.comparing import JSON_TYPE, differences
from tests.apis.cliniko.reading import UNNAMED_OBJECTS, Document, read_document

Place = tuple[str | int, ...]
#: A `multipleOf` says of numbers what the pattern beside it says of texts.
_NOT_DOCUMENTED = {
    "minLength",
    "multipleOf",
    "description",
    "example",
    "required",
    "properties",
}


@pytest.fixture(scope="module")
def documented(document: Callable[[str], str]) -> Document:
    return read_document(document("cliniko"))


@pytest.fixture(scope="module")
def specification() -> Json:
    return load_document(specs_directory() / "cliniko.yaml")


@pytest.fixture(scope="module")
def spec(specification: Json) -> SpecIndex:
    return SpecIndex("cliniko", specification)


def test_everything_in_the_document_is_in_the_spec(documented, specification):
    assert differences(documented, specification) == []


def test_the_document_is_read_whole(documented):
    assert len(documented.product) == 17
    assert [one.name for one in documented.product if one.type == "object"] == [*UNNAMED_OBJECTS]
    assert [one.name for one in documented.product] == sorted(
        one.name for one in documented.product
    )
    assert [(one.method, one.path) for one in documented.operations] == [
        ("get", "/products"),
        ("post", "/products"),
        ("get", "/products/{id}"),
        ("patch", "/products/{id}"),
        ("delete", "/products/{id}"),
        ("post", "/products/{id}/archive"),
    ]
    assert [len(one.parameters) for one in documented.operations] == [5, 0, 2, 1, 1, 1]
    assert [len(one.body) for one in documented.operations] == [0, 10, 0, 10, 0, 0]
    assert [list(one.answers) for one in documented.operations] == [
        ["200"],
        ["201", "422"],
        ["200"],
        ["200", "422"],
        ["204"],
        ["204"],
    ]
    filters = [[len(one.filters) for _, one in each.parameters] for each in documented.operations]
    assert filters[0] == [0, 0, 0, 6, 0]
    assert filters[2] == [0, 1]


def test_a_line_of_the_document_that_nothing_here_understands_is_an_error(document):
    text = document("cliniko").replace("string or null <= 100 characters", "a text of some length")
    with pytest.raises(ValueError, match="item_code"):
        read_document(text)


def _documented_places(specification: Json) -> Iterator[Place]:
    """Every place of the spec that is there because the document says so."""
    schemas = specification["components"]["schemas"]
    for name in ("Product", "NewProduct", "ProductChange"):
        for field, schema in schemas[name]["properties"].items():
            if field == "product_supplier_id":  # not in the document
                continue
            place: Place = ("components", "schemas", name, "properties", field)
            yield place
            for keyword in schema:
                if keyword in _NOT_DOCUMENTED or keyword.startswith("x-"):
                    continue
                if keyword != "pattern" or field == "cost_price":
                    yield (*place, keyword)
    for name in ("id", "order", "perPage"):
        place = ("components", "parameters", name)
        for keyword in specification["components"]["parameters"][name]:
            if keyword in {"required", "deprecated"}:
                yield (*place, keyword)
        for keyword in specification["components"]["parameters"][name]["schema"]:
            if keyword != "default":
                yield (*place, "schema", keyword)
    yield ("components", "parameters", "page", "schema", "type")
    yield ("components", "parameters", "order", "schema", "enum", 0)
    yield ("components", "parameters", "order", "schema", "enum", 1)
    yield ("components", "securitySchemes", "basicAuth", "scheme")
    yield ("components", "examples", "fullProduct", "value", "notes")


def _operation_places(specification: Json, documented: Document) -> Iterator[Place]:
    for wanted in documented.operations:
        place: Place = ("paths", wanted.path, wanted.method)
        operation = specification["paths"][wanted.path][wanted.method]
        yield place
        yield (*place, "summary")
        for keyword in ("deprecated", "requestBody"):
            if keyword in operation:
                yield (*place, keyword)
        for number, parameter in enumerate(operation.get("parameters", [])):
            if parameter.get("name") == "q":  # not in the document
                continue
            yield (*place, "parameters", number)
            for keyword in ("type", "items"):
                if "schema" in parameter:
                    yield (*place, "parameters", number, "schema", keyword)
        for status in wanted.answers:
            yield (*place, "responses", status)
            if wanted.answer_type and status.startswith("2"):
                yield (*place, "responses", status, "content")
                yield (*place, "responses", status, "content", JSON_TYPE, "schema", "$ref")
    sort: Place = ("paths", "/products", "get", "parameters", 4)
    yield (*sort, "explode")
    yield (*sort, "example")
    yield ("paths", "/products/{id}", "parameters", 0)


def _without(specification: Json, place: Place) -> Json:
    """The spec without what is at `place`; all that does not lead there is shared."""
    changed = node = dict(specification)
    for key in place[:-1]:
        node[key] = copy.copy(node[key])
        node = node[key]
    del node[place[-1]]
    return changed


def test_whatever_the_document_asks_for_is_missed_when_it_is_taken_out(documented, specification):
    places = [*_documented_places(specification), *_operation_places(specification, documented)]
    assert len(places) > 180
    unnoticed = [
        place for place in places if not differences(documented, _without(specification, place))
    ]
    assert unnoticed == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("components", "schemas", "Product", "properties", "stock_level", "maximum"), 4000000001),
        (("components", "schemas", "NewProduct", "properties", "item_code", "maxLength"), 99),
        (("components", "schemas", "NewProduct", "properties", "name", "nullable"), True),
        (("components", "schemas", "NewProduct", "properties", "notes", "pattern"), "[a-z]*"),
        (("components", "schemas", "NewProduct", "properties", "colour"), {"type": "string"}),
        (
            ("components", "schemas", "ProductChange", "properties", "stock_level", "type"),
            "integer",
        ),
        (("components", "schemas", "Product", "required"), ["id"]),
        (("components", "parameters", "perPage", "schema", "maximum"), 200),
        (("components", "parameters", "id", "schema", "type"), "integer"),
        (("components", "parameters", "order", "schema", "enum"), ["asc", "desc", "none"]),
        (("paths", "/products", "get", "responses", "418"), {"description": "A teapot"}),
        (("paths", "/products", "patch"), {"operationId": "patchAll", "responses": {}}),
        (("paths", "/products", "post", "deprecated"), True),
    ],
)
def test_what_the_spec_says_otherwise_or_adds_unmarked_is_noticed(
    documented, specification, place, value
):
    changed = copy.deepcopy(specification)
    node: Any = changed
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    assert differences(documented, changed) != []


@pytest.mark.parametrize(
    "field", ["archived_at", "created_at", "updated_at", "id", "tax_id", "name"]
)
def test_a_filter_that_the_spec_no_longer_takes_is_missed(documented, specification, field):
    changed = copy.deepcopy(specification)
    parameter = changed["paths"]["/products"]["get"]["parameters"][3]
    assert parameter["name"] == "q[]"
    items = parameter["schema"]["items"]
    items["pattern"] = re.sub(rf"(?<=[(|]){field}(?=[:|)])", "gone", items["pattern"])
    assert differences(documented, changed) == [
        f"get /products: parameter q[]: filter {field} missing"
    ]


def test_examples_of_the_spec_are_valid(spec):
    compiler = SchemaCompiler(spec)
    checked = 0
    for operation in spec.operations.values():
        for raw in operation.raw.get("parameters", []):
            parameter = spec.resolve(raw)
            examples = [one["value"] for one in parameter.get("examples", {}).values()]
            for example in [*examples, *([parameter["example"]] if "example" in parameter else [])]:
                compiler.compile(parameter["schema"]).validate(example)
                checked += 1
        contents = [response.content for response in operation.responses.values()]
        if operation.request_body:
            contents.append(operation.request_body.content)
        for media in (media for content in contents for media in content.values()):
            for example in media.get("examples", {}).values():
                compiler.compile(media["schema"]).validate(spec.resolve(example)["value"])
                checked += 1
    assert checked > 20


def test_every_mark_names_a_basis_and_a_source(specification):
    marks = list(_marks(specification))
    assert len(marks) > 40
    for mark in marks:
        assert set(mark) == {"basis", "source"}
        assert mark["basis"] in {"documented", "observed", "inferred"}
        assert mark["source"]


def _marks(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        if "x-provenance" in node:
            yield node["x-provenance"]
        for value in node.values():
            yield from _marks(value)
    elif isinstance(node, list):
        for value in node:
            yield from _marks(value)


def test_a_stateful_test_can_follow_links_from_every_created_product(spec):
    created = spec.operations["createProduct"].raw["responses"]["201"]["links"]
    followed = {link["operationId"] for link in created.values()}
    assert followed == {
        "getProduct",
        "updateProduct",
        "replaceProduct",
        "archiveProduct",
        "deleteProduct",
    }
    for link in created.values():
        assert link["parameters"] == {"id": "$response.body#/id"}
