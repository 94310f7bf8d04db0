"""Links in answers carry the scheme and host that a trusted proxy reports."""

from __future__ import annotations

import httpx
import pytest

from mock_server.app import build_server
from mock_server.in_process import InProcessTransport
from mock_server.interception.forwarding import TrustedForwarding
from mock_server.settings import Settings


@pytest.fixture(scope="module")
def server():
    return build_server(["cliniko"], Settings(), at_native_path=True)


def self_link(app, headers):
    with httpx.Client(transport=InProcessTransport(app), auth=("test", "")) as client:
        answer = client.get("http://mock.test:8080/v1/products", headers=headers)
    assert answer.status_code == 200
    return answer.json()["links"]["self"].partition("/v1/")[0]


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({}, "http://mock.test:8080"),
        ({"X-Forwarded-Proto": "https"}, "https://mock.test:8080"),
        (
            {"X-Forwarded-Proto": "https, http", "X-Forwarded-Host": "a.test, b.test"},
            "https://a.test",
        ),
        ({"Forwarded": "for=192.0.2.1;proto=https;host=a.test"}, "https://a.test"),
        ({"Forwarded": 'Proto=HTTPS; Host="a.test:8443", for=b'}, "https://a.test:8443"),
        ({"Forwarded": "proto=https", "X-Forwarded-Host": "a.test"}, "https://a.test"),
        ({"Forwarded": "host=a.test", "X-Forwarded-Host": "b.test"}, "http://a.test"),
        ({"X-Forwarded-Proto": "gopher"}, "http://mock.test:8080"),
        ({"X-Forwarded-Host": "no host"}, "http://mock.test:8080"),
        ({"Forwarded": ";;="}, "http://mock.test:8080"),
    ],
)
def test_a_trusted_proxy_says_what_the_caller_has_called(server, headers, origin):
    assert self_link(TrustedForwarding(server), headers) == origin


def test_nobody_is_trusted_unasked(server):
    headers = {"X-Forwarded-Proto": "https", "Forwarded": "proto=https;host=a.test"}
    assert self_link(server, headers) == "http://mock.test:8080"
