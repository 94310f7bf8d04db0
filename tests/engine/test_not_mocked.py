"""What a vendor serves and the mock does not is refused as such, never as the vendor's 404."""

from __future__ import annotations

import pytest

from mock_server.engine.errors import NotMocked
from mock_server.engine.messages import Reply
from mock_server.journal.views import line
from mock_server.openapi.document import SpecError
from tests.engine.toy import KEY, echo_operations, toy_server

LISTED = {
    "x-not-mocked": {"/orders": ["get", "post"], "/orders/{id}": ["get"], "/things": ["delete"]}
}


def _server(document, **options):
    paths = {"/things": {"get": {"operationId": "list"}}}
    return toy_server(paths, echo_operations("list"), document=document, **options)


@pytest.fixture(scope="module")
def server():
    def render(error, _):
        return Reply(501, {"error": str(error)})

    return _server(LISTED, renderers={NotMocked: render})


@pytest.fixture
def client(client_of, server):
    return client_of(server, "toy", headers=KEY)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/orders"), ("POST", "/orders"), ("GET", "/orders/7"), ("DELETE", "/things")],
)
def test_a_listed_path_answers_501_in_the_vendors_envelope(client, method, path):
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["x-mock-not-mocked"]) == (501, "true")
    said = f"{method} {path} is a part of the API that the mock does not serve"
    assert answer.json() == {"error": said}


def test_a_head_is_refused_like_its_get(client):
    answer = client.head("/orders")
    assert (answer.status_code, answer.content) == (501, b"")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PUT", "/orders", 404), ("GET", "/orders/7/x", 404), ("PUT", "/things", 405)],
)
def test_what_is_not_listed_stays_the_vendors_refusal(client, method, path, status):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert "x-mock-not-mocked" not in answer.headers


def test_a_listed_path_with_parameters_leaves_what_is_served_alone():
    spec = _server(
        {"x-not-mocked": {"/{any}": ["get", "put"], "/{any}/{id}": ["get"], "/a/{id}": ["get"]}},
        renderers={NotMocked: lambda error, _: Reply(501, {"error": str(error)})},
    ).control_context.specs["toy"]
    found = [
        spec.find_not_mocked(*call)
        for call in (("GET", "/things"), ("PUT", "/things"), ("GET", "/a/1"), ("HEAD", "/b/1"))
    ]
    assert found == [None, "/{any}", "/a/{id}", "/{any}/{id}"]


def test_the_journal_marks_the_call(client, server):
    client.get("/things")
    client.get("/orders")
    last = list(server.sandbox(KEY["X-Key"]).journal)[-1]
    assert (last.status, last.error) == (501, "NotMocked")
    assert line(last).endswith("/orders 501 (not mocked)")


def test_the_list_of_apis_shows_it(client_of, server):
    (api,) = client_of(server, "toy").get("http://mock.test/_mock/apis").json()["apis"]
    assert "GET /orders/{id}" in api["not_mocked"]


@pytest.mark.parametrize(
    ("listed", "complaint"),
    [
        (["/orders"], "not a mapping"),
        ({"orders": ["get"]}, "not a path with a list"),
        ({"/orders": []}, "not a path with a list"),
        ({"/orders": ["fetch"]}, "'fetch' is no method"),
        ({"/things": ["get"]}, "GET /things is mocked"),
    ],
)
def test_a_list_that_cannot_be_meant_stops_the_start(listed, complaint):
    with pytest.raises(SpecError, match=complaint):
        _server({"x-not-mocked": listed})


def test_an_error_table_must_have_words_for_it():
    with pytest.raises(SpecError, match="does not render NotMocked"):
        _server(LISTED)
