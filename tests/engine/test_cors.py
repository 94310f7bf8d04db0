"""Pages of other origins: what an API, or the server's option, lets them do."""

from __future__ import annotations

import pytest

from mock_server.engine.cors import CorsPolicy
from mock_server.settings import Settings, SettingsError
from tests.engine.toy import KEY, echo_operations, toy_server

PAGE = "http://localhost:3000"
PREFLIGHT = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.fixture
def client(client_of):
    """A function (the server's option, the API's policy) → a client of the toy."""

    def make(cors=None, policy=None):
        server = toy_server(
            {"/x": {"get": {"operationId": "echo"}}},
            echo_operations("echo"),
            settings=Settings(cors=cors),
            cors=policy,
        )
        return client_of(server, "toy")

    return make


def _of_cors(answer):
    return {
        name.removeprefix("access-control-"): value
        for name, value in answer.headers.items()
        if name.startswith("access-control-")
    }


@pytest.mark.parametrize("origin", ["*", PAGE, f"https://a.test,{PAGE}"])
def test_a_preflight_is_answered_for_an_origin_that_is_allowed(client, origin):
    answer = client(origin).options("/x", headers=PREFLIGHT)
    assert (answer.status_code, answer.content) == (204, b"")
    assert _of_cors(answer) == {
        "allow-origin": "*" if origin == "*" else PAGE,
        "allow-methods": "POST",
        "allow-headers": "authorization,content-type",
        "max-age": "0",
    }


@pytest.mark.parametrize(("origin", "allowed"), [("*", "*"), (PAGE, PAGE)])
def test_answers_can_be_read_by_an_origin_that_is_allowed(client, origin, allowed):
    caller = client(origin)
    for headers, status in ((KEY, 200), ({}, 401)):
        answer = caller.get("/x", headers={**headers, "Origin": PAGE})
        assert answer.status_code == status
        assert _of_cors(answer) == {"allow-origin": allowed}
        assert ("Origin" in answer.headers.get("vary", "")) is (allowed != "*")


def test_another_origin_is_told_nothing(client):
    caller = client("https://a.test")
    assert _of_cors(caller.options("/x", headers=PREFLIGHT)) == {}
    assert _of_cors(caller.get("/x", headers={**KEY, "Origin": PAGE})) == {}


def test_without_the_option_it_is_as_the_vendor_has_it(client):
    plain = client().options("/x", headers=PREFLIGHT)
    assert (plain.status_code, _of_cors(plain), plain.headers["allow"]) == (
        204,
        {},
        "GET, OPTIONS, HEAD",
    )
    own = client(policy=CorsPolicy(paths=("/api/",)))
    assert _of_cors(own.options("/x", headers=PREFLIGHT)) == {}
    assert _of_cors(own.options("/api/x", headers=PREFLIGHT))["allow-origin"] == "*"
    over = client(PAGE, CorsPolicy(paths=("/api/",)))
    assert _of_cors(over.options("/x", headers=PREFLIGHT))["allow-origin"] == PAGE


def test_control_is_never_open_to_pages(client):
    answer = client("*").options("http://mock.test/_mock/sandboxes", headers=PREFLIGHT)
    assert _of_cors(answer) == {}
    answer = client("*").get("http://mock.test/_mock/sandboxes", headers={"Origin": PAGE})
    assert _of_cors(answer) == {}


@pytest.mark.parametrize(
    "cors", ["", "localhost:3000", "http://a.test/", "*,", "ftp://a.test", "on"]
)
def test_what_is_no_origin_is_refused_at_start(cors):
    with pytest.raises(SettingsError, match="CORS is for"):
        Settings(cors=cors)
