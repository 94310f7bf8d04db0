"""What cannot be served is refused at start-up, in one clear message."""

from __future__ import annotations

import copy

import pytest

from mock_server.app import build_server
from mock_server.engine.api import ErrorTable, Operations
from mock_server.engine.errors import NEUTRAL_ERRORS, Conflict, RecordNotFound
from mock_server.engine.messages import Reply, Request
from mock_server.openapi.document import SpecError
from tests.engine.toy import echo, echo_operations, parameter, toy_document, toy_vendor


def _message(document, operations=None):
    with pytest.raises(SpecError) as caught:
        build_server(vendors=[toy_vendor(document, operations or echo_operations("read"))])
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.fixture
def document():
    """A sound document with one operation, `read`."""
    paths = {"/x/{id}": {"get": {"operationId": "read"}}}
    paths["/x/{id}"]["get"]["parameters"] = [parameter("id", "path", {"type": "string"})]
    return copy.deepcopy(toy_document(paths))


@pytest.fixture
def operation(document):
    """The document's one operation."""
    return document["paths"]["/x/{id}"]["get"]


def test_a_sound_document_is_served(document):
    server = build_server(vendors=[toy_vendor(document, echo_operations("read"))])
    assert list(server.applications["toy"].operations) == ["read"]


def test_every_mismatch_of_handlers_and_operations_is_in_one_message(document):
    document["paths"]["/y"] = {
        "get": {"operationId": "list", "responses": {}},
        "post": {"operationId": "create", "responses": {}},
    }
    message = _message(document, echo_operations("read", "craete", "remove"))
    assert message == (
        "toy: operation list has no handler; operation create has no handler; "
        "handler craete has no operation in the spec; handler remove has no operation in the spec"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"openapi": "3.1.0"}, "openapi 3.1.0: only OpenAPI 3.0 is supported"),
        ({"openapi": None, "swagger": "2.0"}, "only OpenAPI 3.0 is supported"),
        ({"info": {}}, "toy: 'title' is a required property"),
        ({"paths": []}, "not an OpenAPI document"),
        ({"servers": [{"url": "https://{shard}.test"}]}, "not an OpenAPI document: KeyError"),
        ({"security": []}, "read: no security scheme, and nothing names a sandbox"),
        ({"security": [{}]}, "each alternative must name exactly one scheme"),
        ({"security": [{"key": [], "other": []}]}, "must name exactly one scheme"),
        ({"security": [{"other": []}]}, "security scheme 'other' is not declared"),
    ],
)
def test_a_document_that_the_engine_cannot_run_is_refused(document, change, message):
    assert message in _message({**document, **change})


@pytest.mark.parametrize(
    ("scheme", "refused"),
    [
        ({"type": "http", "scheme": "digest"}, True),
        ({"type": "openIdConnect", "openIdConnectUrl": "https://a.test"}, True),
        ({"type": "http", "scheme": "Basic"}, False),
        ({"type": "http", "scheme": "bearer"}, False),
        ({"type": "oauth2", "flows": {}}, False),
    ],
)
def test_only_security_schemes_that_can_be_read_are_taken(document, scheme, refused):
    document["components"]["securitySchemes"]["key"] = scheme
    if refused:
        assert _message(document) == "security scheme 'key' is not supported"
    else:
        build_server(vendors=[toy_vendor(document, echo_operations("read"))])


@pytest.mark.parametrize(
    ("added", "message"),
    [
        (parameter("q", "query", {"type": "object"}), "object parameters are not supported"),
        (
            parameter("q", "query", {"type": "object"}, style="deepObject"),
            "object parameters are not supported",
        ),
        (parameter("q", "path", {}, style="matrix"), "style 'matrix' is unknown"),
        (parameter("q", "path", {}, style="label"), "style 'label' is unknown"),
        (
            {"name": "q", "in": "query", "content": {"application/json": {}}},
            "parameter 'q' has no schema",
        ),
        (parameter("q", "query", {"format": "colour"}), "Unknown format: 'colour'"),
        (parameter("q", "query", {"pattern": "("}), "regex"),
        (parameter("q", "query", {"type": "text"}), "parameter q:"),
        ({"$ref": "#/components/parameters/none"}, "#/components/parameters/none leads nowhere"),
        ({"$ref": "other.yaml#/q"}, "only references within the document are followed"),
        (parameter("q", "query", {"$ref": "#/components/schemas/None"}), "leads nowhere"),
        (
            parameter("q", "query", {"items": {"$ref": "#/components/schemas/None"}}),
            "'/components/schemas/None' does not exist",
        ),
    ],
)
def test_a_parameter_that_the_engine_cannot_read_is_refused(document, operation, added, message):
    operation["parameters"].append(added)
    assert message in _message(document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"operationId": None}, "GET /x/{id} has no operationId"),
        ({"responses": {"default": {"description": "any"}}}, "response 'default': name each"),
        ({"responses": {"4XX": {"description": "any"}}}, "response '4XX': name each"),
        ({"responses": {"200": {"$ref": "#/components/responses/None"}}}, "leads nowhere"),
        ({"requestBody": {"content": {}}}, "must name its media types"),
        ({"requestBody": {"content": {"image/*": {}}}}, "must name its media types"),
        ({"requestBody": {"$ref": "#/components/requestBodies/None"}}, "leads nowhere"),
        (
            {"requestBody": {"content": {"application/json": {"schema": {"type": "text"}}}}},
            "body application/json:",
        ),
    ],
)
def test_an_operation_that_the_engine_cannot_run_is_refused(document, operation, change, message):
    operation.update(change)
    if operation["operationId"] is None:
        del operation["operationId"]
    assert message in _message(document)


def test_an_operation_id_stands_once(document, operation):
    document["paths"]["/y"] = {"get": operation}
    assert _message(document) == "operationId 'read' occurs twice"


def test_path_items_by_reference_are_refused(document):
    document["paths"]["/y"] = {"$ref": "#/components/pathItems/y"}
    assert _message(document) == "/y: path items by reference are not supported"


@pytest.mark.parametrize("name", ["RouteNotFound", "MethodNotAllowed"])
def test_the_answers_outside_of_any_operation_must_be_declared(document, name):
    del document["components"]["responses"][name]
    assert _message(document) == f"#/components/responses/{name} leads nowhere"


def test_a_reference_in_a_circle_is_refused(document, operation):
    circle = {
        "a": {"$ref": "#/components/parameters/b"},
        "b": {"$ref": "#/components/parameters/a"},
    }
    document["components"]["parameters"] = circle
    operation["parameters"].append({"$ref": "#/components/parameters/a"})
    assert "refers to itself" in _message(document)


def test_an_error_table_answers_for_every_neutral_error():
    renderers = {error: lambda _, __: Reply(400) for error in NEUTRAL_ERRORS}
    del renderers[Conflict], renderers[RecordNotFound]
    with pytest.raises(ValueError, match="the error table lacks RecordNotFound, Conflict"):
        ErrorTable(renderers)


def test_an_error_of_a_vendors_own_is_worded_as_the_nearest_one_in_the_table():
    class SoldOut(Conflict):
        pass

    class ReallySoldOut(SoldOut):
        pass

    renderers = {error: lambda _, __: Reply(400) for error in NEUTRAL_ERRORS}
    request = Request("GET", "/", "", "http://mock.test", {})
    assert ErrorTable(renderers).render(SoldOut("rule"), request).status == 400
    renderers[SoldOut] = lambda _, __: Reply(409)
    assert ErrorTable(renderers).render(ReallySoldOut("rule"), request).status == 409
    assert ErrorTable(renderers).render(Conflict("rule"), request).status == 400


def test_an_operation_has_one_handler():
    operations = Operations()
    operations.handles("read")(echo)
    with pytest.raises(ValueError, match="read is handled twice"):
        operations.handles("list", "read")(echo)
