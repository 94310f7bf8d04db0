"""Which of two paths that match is asked: the framework behind a vendor decides."""

from __future__ import annotations

import pytest

from mock_server.engine.api import Operations
from mock_server.engine.messages import Reply
from tests.engine.toy import KEY, toy_server


def _paths() -> dict[str, dict[str, dict[str, object]]]:
    one = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "/things/{id}/": {
            "get": {"operationId": "read", "parameters": [one]},
            "put": {"operationId": "write", "parameters": [one]},
        },
        "/things/new/": {"post": {"operationId": "create"}},
    }


@pytest.fixture(params=[True, False], ids=["Django", "Rails"])
def hides(request):
    return request.param


@pytest.fixture
def client(hides, client_of):
    operations = Operations()

    @operations.handles("read", "write", "create")
    def answer(request, _):
        return Reply(200, {"operation": request.operation_id})

    server = toy_server(_paths(), operations, fixed_paths_first=hides, trailing_slash="append")
    return client_of(server, "toy", headers=KEY)


def test_a_written_out_path_hides_the_other_for_every_method_or_for_its_own(client, hides):
    assert client.post("/things/new/").json() == {"operation": "create"}
    refused = client.get("/things/new/")
    if hides:
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST, OPTIONS")
        assert client.options("/things/new/").headers["allow"] == "POST, OPTIONS"
    else:
        assert refused.json() == {"operation": "read"}
        assert client.options("/things/new/").headers["allow"] == "GET, PUT, POST, OPTIONS, HEAD"


def test_every_other_path_is_as_it_was(client):
    assert client.get("/things/1/").json() == {"operation": "read"}
    assert client.put("/things/newer/").json() == {"operation": "write"}
    refused = client.post("/things/1/")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, PUT, OPTIONS, HEAD")


def test_a_redirect_keeps_the_path_and_the_query_readable(client):
    moved = client.get("/things/zoë 1?q=ö")
    assert moved.status_code == 301
    assert moved.headers["location"] == "/toy/things/zo%C3%AB%201/?q=%C3%B6"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_missing_slash_is_a_redirect_whatever_the_method(client, method):
    moved = client.request(method, "/things/1")
    assert (moved.status_code, moved.headers["location"]) == (301, "/toy/things/1/")
    assert client.request(method, "/nothing/1").status_code == 404
