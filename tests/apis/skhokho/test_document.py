"""The spec says everything that the vendor's document says."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from mock_server.data import specs_directory
from mock_server.openapi.document import Json, SpecIndex, load_document
from mock_server.openapi.schema import SchemaCompiler
from tests.apis.skhokho.comparing import JSON_BODY, differences
from tests.apis.skhokho.reading import DocumentedOperation, read_operations

CREATE = "createProduct"


@pytest.fixture(scope="module")
def operations(document: Callable[[str], str]) -> list[DocumentedOperation]:
    return read_operations(document("skhokho"))


@pytest.fixture(scope="module")
def described() -> Json:
    return load_document(specs_directory() / "skhokho.yaml")


@pytest.fixture(scope="module")
def spec(described: Json) -> SpecIndex:
    return SpecIndex("skhokho", described)


def test_everything_in_the_document_is_in_the_spec(
    operations: list[DocumentedOperation], described: Json
) -> None:
    assert differences(operations, described) == []


def test_the_document_is_read_whole(operations: list[DocumentedOperation]) -> None:
    assert [(operation.method, operation.path.rsplit("/", 2)[1]) for operation in operations] == [
        ("get", "inventory"),
        ("post", "create"),
        ("get", "{unique_id}"),
        ("put", "update"),
        ("patch", "update"),
        ("get", "action"),
    ]
    bodies = [operation.body for operation in operations if operation.body]
    assert [len(body) for body in bodies] == [18, 18, 18]


def test_operations_beyond_the_document_are_marked_as_inferred(
    operations: list[DocumentedOperation], described: Json, spec: SpecIndex
) -> None:
    documented = {(operation.method, operation.path) for operation in operations}
    extra = [
        operation
        for operation in spec.operations.values()
        if (operation.method, operation.path) not in documented
    ]
    assert [operation.id for operation in extra] == ["getProductImage"]
    for operation in extra:
        path_mark = spec.provenance_of(described["paths"][operation.path])
        assert spec.provenance_of(operation.raw, path_mark).basis == "inferred"


def test_the_statuses_named_by_the_filter_are_those_of_a_product(
    operations: list[DocumentedOperation], described: Json
) -> None:
    sentence = next(
        one.description for one in operations[0].query_parameters if one.name == "status"
    )
    named = sentence.partition("(")[2].rstrip(")").split(", ")
    assert described["components"]["schemas"]["ProductStatus"]["enum"] == named


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (("components", "schemas", "ProductChanges", "properties"), "barcode"),
        (("components", "schemas", "NewProductForm", "properties"), "brand"),
        (("components", "schemas", "ProductChangesMultipart", "properties"), "image"),
        (("components", "schemas", "TextInput200", "x-documented"), "maxLength"),
        (("components", "schemas", "NameInput", "x-documented"), "minLength"),
        (("components", "schemas", "DecimalInput", "x-documented"), "pattern"),
        (("components", "schemas", "NullableDecimalInput", "x-documented"), "nullable"),
        (("components", "schemas", "UnitOfMeasure", "x-enum-labels"), "square_meter"),
        (("components", "schemas", "NewProduct"), "required"),
        (("components", "parameters", "ProductUid"), "required"),
    ],
)
def test_the_comparison_notices_what_is_missing(
    operations: list[DocumentedOperation], described: Json, where: tuple[str, ...], what: str
) -> None:
    without: Any = copy.deepcopy(described)
    node = without
    for key in where:
        node = node[key]
    del node[what]
    assert differences(operations, without) != []


def test_the_comparison_notices_a_credential_of_another_name(
    operations: list[DocumentedOperation], described: Json
) -> None:
    other: Any = copy.deepcopy(described)
    other["components"]["securitySchemes"]["cookieAuth"]["name"] = "session"
    assert differences(operations, other) != []


def test_the_comparison_notices_an_operation_and_a_parameter_that_are_missing(
    operations: list[DocumentedOperation], described: Json
) -> None:
    for operation in operations:
        without = copy.deepcopy(described)
        del without["paths"][operation.path][operation.method]
        assert differences(operations, without) == [f"{operation.method} {operation.path}: missing"]
    for number in range(len(described["paths"][operations[0].path]["get"]["parameters"]) - 1):
        without = copy.deepcopy(described)
        del without["paths"][operations[0].path]["get"]["parameters"][number]
        assert len(differences(operations, without)) == 1


def test_bounds_and_choices_of_the_document_decide_what_the_request_schema_takes(
    operations: list[DocumentedOperation], spec: SpecIndex
) -> None:
    body = spec.operations[CREATE].request_body
    assert body is not None
    accepts = SchemaCompiler(spec).compile(body.content[JSON_BODY]["schema"]).is_valid
    least = {"name": "Tea", "product_type": "buy"}
    assert accepts(least)
    for field in operations[1].body:
        assert accepts({**least, field.name: None}) is field.nullable, field.name
        if field.required:
            assert not accepts({key: least[key] for key in least if key != field.name})
        if (longest := field.bound("max")) is not None:
            assert accepts({**least, field.name: "x" * longest}), field.name
            assert not accepts({**least, field.name: "x" * (longest + 1)}), field.name
        if field.enumerated:
            assert all(accepts({**least, field.name: value}) for value in field.labels)
            assert not accepts({**least, field.name: "none of them"}), field.name
        if field.pattern:
            for value in ("0", "-1.50", "9999999999999.99", ".5", "7."):
                assert accepts({**least, field.name: value}), (field.name, value)
            for value in ("1.234", "12345678901234", "1,5", "ten", "-", "."):
                assert not accepts({**least, field.name: value}), (field.name, value)


#: What Python, and so the framework, cuts off a text; regular expressions know fewer.
SPACES = [chr(code) for code in range(0x3001) if chr(code).isspace()]


def test_a_name_of_spaces_alone_is_none_whatever_spaces_they_are(spec: SpecIndex) -> None:
    body = spec.operations[CREATE].request_body
    assert body is not None
    assert {"\x1e", "\x85", "\u3000"} < {*SPACES}
    for media in body.content.values():
        accepts = SchemaCompiler(spec).compile(media["schema"]).is_valid
        for space in SPACES:
            assert not accepts({"name": space * 2, "product_type": "buy"}), repr(space)
            assert accepts({"name": f"{space}Tea", "product_type": "buy"}), repr(space)


def test_examples_are_valid(described: Json, spec: SpecIndex) -> None:
    compiler = SchemaCompiler(spec)
    checked = 0
    for operation in spec.operations.values():
        contents = [response.content for response in operation.responses.values()]
        if operation.request_body:
            contents.append(operation.request_body.content)
        for content in contents:
            for media in content.values():
                validator = compiler.compile(media["schema"])
                examples = [
                    spec.resolve(one)["value"] for one in media.get("examples", {}).values()
                ]
                for example in [*examples, *([media["example"]] if "example" in media else [])]:
                    validator.validate(example)
                    checked += 1
    assert checked > len(described["components"]["examples"])


def test_every_mark_names_a_basis_and_a_source(described: Json) -> None:
    marks = list(_marks(described))
    assert len(marks) > 30
    for mark in marks:
        assert mark["basis"] in {"documented", "observed", "inferred"}
        assert mark["source"]


def _marks(node: Any) -> list[Json]:
    if isinstance(node, list):
        return [mark for item in node for mark in _marks(item)]
    if not isinstance(node, dict):
        return []
    own = [node["x-provenance"]] if "x-provenance" in node else []
    return own + [mark for item in node.values() for mark in _marks(item)]
