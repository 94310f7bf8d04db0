"""What was sent and nothing has is named by the journal, `explain` and the lines of calls."""

from __future__ import annotations

import httpx
import pytest

from mock_server.app import build_server
from mock_server.control.client import Control
from mock_server.in_process import InProcessTransport
from mock_server.journal.views import line_of


@pytest.fixture(scope="module")
def server():
    return build_server()


@pytest.fixture
def reported(server):
    """A function that makes a call and returns its view and its explanation."""
    transport = InProcessTransport(server)

    def reported(api, method, path, key, **options):
        with (
            httpx.Client(transport=transport, base_url="http://localhost") as client,
            Control(app=server) as control,
        ):
            client.request(method, f"{server.base_path(api)}{path}", **options)
            evidence = control.sandbox(key).evidence
            number = evidence.exchanges()[-1]["number"]
            view = evidence.exchange(number)
            return view, evidence.explain(view["number"])

    return reported


@pytest.mark.parametrize(
    ("query", "ignored"),
    [
        ("per_page=2&page=1", []),
        ("sorted=name", ["query sorted"]),
        ("a=1&a=2&%C3%A9=&q%5b%5d=name:~a", ["query a", "query é"]),
    ],
)
def test_query_parameters_that_no_operation_has(reported, query, ignored):
    view, said = reported(
        "cliniko", "GET", f"/products?{query}", "test-ignored", auth=("test-ignored", "")
    )
    assert view["response"]["status"] == 200
    assert view["ignored"] == said["ignored"] == ignored
    assert all(each in line_of(view) for each in ignored)
    assert said["summary"].endswith("ignored") == bool(ignored)


def test_properties_of_a_body_that_no_operation_has(reported):
    body = {"name": "Oil", "stok_level": 3, "colour": {"a": 1}}
    view, said = reported(
        "cliniko", "POST", "/products", "test-ignored-2", auth=("test-ignored-2", ""), json=body
    )
    assert view["ignored"] == ["body stok_level", "body colour"]
    assert said["summary"] == (
        "createProduct was answered 201; body stok_level, body colour were ignored"
    )


def test_a_body_that_is_no_json_has_nothing_to_ignore(reported):
    view, _ = reported(
        "cliniko",
        "POST",
        "/products?x",
        "test-ignored-3",
        auth=("test-ignored-3", ""),
        content=b"{",
        headers={"Content-Type": "application/json"},
    )
    assert view["ignored"] == ["query x"]
