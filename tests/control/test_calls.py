"""Calls that control makes in a sandbox, and exchanges that it sends again or shows as code."""

from __future__ import annotations

import json
import shlex
import subprocess
from types import SimpleNamespace

import pytest

from mock_server.app import build_server
from mock_server.control.client import Control, ControlError
from mock_server.live import LiveServer

READS = {
    "built": "/api/v3/items",
    "cliniko": "/products",
    "exsited": "/api/v3/items",
    "skhokho": "/api/v1.0/organisation/organisation-1/inventory/",
}


def test_a_call_is_signed_in_and_is_an_exchange_like_any_other(control, cliniko):
    sandbox = control.create("test-a", persona="empty")
    made = sandbox.call("cliniko", "POST", "/products", body={"name": "Balm"})
    assert (made["number"], made["operation"], made["response"]["status"]) == (
        1,
        "createProduct",
        201,
    )
    assert cliniko("test-a").get("/products/1").json()["name"] == "Balm"
    refused = sandbox.call("cliniko", "GET", "/products/9?x=1")
    assert (refused["number"], refused["verdict"], refused["response"]["status"]) == (
        3,
        "refused",
        404,
    )


def test_a_call_that_a_fault_breaks_off_is_shown_as_far_as_it_came(control):
    sandbox = control.create("test-a", persona="empty")
    sandbox.add_fault({"effects": [{"kind": "drop"}]})
    dropped = sandbox.call("cliniko", "GET", "/products")
    assert (dropped["sent"], "drop" in dropped["fault"]) == (False, True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"api": "clinko"}, "did you mean cliniko?"),
        ({"path": "products"}, "must begin with a slash"),
        ({"body": 1, "text": "1"}, "excludes `body`"),
        ({"headers": {"Host": "example.com"}}, "cannot have host"),
        ({"headers": {"a\nb": "c"}}, "which no request can carry"),
    ],
)
def test_a_call_that_cannot_be_made_says_why(control, options, message):
    sandbox = control.create("test-a", persona="empty")
    asked = {"api": "cliniko", "method": "GET", "path": "/products", **options}
    with pytest.raises(ControlError, match=message):
        sandbox.call(asked.pop("api"), asked.pop("method"), asked.pop("path"), **asked)
    assert sandbox.look().exchanges == 0


def test_every_api_is_signed_in_to_without_ending_the_token_of_another(vendors):
    server = build_server(vendors=vendors)
    with Control(app=server) as control:
        sandbox = control.create("test-a")
        for vendor in vendors:
            path = READS[vendor.api.name]
            assert sandbox.call(vendor.api.name, "GET", path)["response"]["status"] == 200
        before = sandbox.look().exchanges
        sandbox.call("exsited", "GET", READS["exsited"])
        assert sandbox.look().exchanges == before + 1


def test_an_exchange_is_sent_again_as_it_was(control, cliniko):
    sandbox = control.create("test-a", persona="empty")
    cliniko("test-a").post("/products", json={"name": "Balm"}, headers={"X-Run": "7"})
    again = sandbox.evidence.replay(1)
    assert (again["number"], again["response"]["status"]) == (2, 201)
    first = sandbox.evidence.exchange(1)["request"]
    first["headers"].pop("connection")
    assert again["request"] == first
    with pytest.raises(ControlError, match="exchange"):
        sandbox.evidence.replay(9)


def test_an_exchange_as_curl_and_as_a_test_makes_the_same_call_again(
    shared_server, control, cliniko
):
    sandbox = control.create("test-a", persona="empty")
    body = {"name": 'O\'Balm $HOME "x" \u202e', "price": 12.1, "notes": None}
    cliniko("test-a").post("/products?x=a%20b", json=body, headers={"X-Run": "7"})
    code = sandbox.evidence.code(1)
    with LiveServer(shared_server) as live:
        line = code["curl"].replace("http://mock.test", live.url)
        subprocess.run(shlex.split(line.replace("\\\n", " ")), check=True, capture_output=True)
    first, second = (sandbox.evidence.exchange(number)["request"] for number in (1, 2))
    assert second["body"] == first["body"]
    assert second["url"].partition("?")[2] == first["url"].partition("?")[2]
    assert second["headers"]["x-run"] == "7"
    namespace: dict = {}
    exec(code["pytest"], namespace)
    api = SimpleNamespace(client=lambda: cliniko("test-a"))
    namespace["test_create_product_answers_201"](SimpleNamespace(cliniko=api))
    third = sandbox.evidence.exchange(3)["request"]
    assert json.loads(third["body"]) == body
    assert (third["url"], third["headers"]["x-run"]) == (first["url"], "7")
