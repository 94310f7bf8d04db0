"""Targets: how each kind of credential is presented, and what cannot be reached."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract_tests.target.mock import mock_target, signed_in
from contract_tests.target.service import url_target
from contract_tests.target.target import Target, Unreachable
from mock_server.app import build_server
from mock_server.discovery import api_names
from mock_server.engine.messages import Reply
from mock_server.in_process import InProcessTransport
from mock_server.settings import Settings
from tests.engine.toy import echo_operations, toy_document, toy_vendor

SCHEMES = [
    ({"type": "apiKey", "in": "header", "name": "X-Key"}, "test-1"),
    ({"type": "apiKey", "in": "query", "name": "key"}, "test-1"),
    ({"type": "apiKey", "in": "cookie", "name": "key"}, "test-1"),
    ({"type": "http", "scheme": "basic"}, "test-1:"),
    ({"type": "http", "scheme": "bearer"}, "test-1"),
    ({"type": "oauth2", "flows": {}}, "test-1"),
]


def _vendor(scheme, **options):
    operations = echo_operations()
    operations.handles("who")(lambda _, context: Reply(200, context.sandbox_name))
    document = toy_document(
        {"/who": {"get": {"operationId": "who"}}},
        components={"securitySchemes": {"own": scheme}},
        security=[{"own": []}],
    )
    return toy_vendor(document, operations, **options)


@pytest.mark.parametrize(("scheme", "credential"), SCHEMES)
def test_a_client_signs_in_as_the_spec_says(scheme, credential):
    vendor = _vendor(scheme)
    transport = InProcessTransport(build_server(vendors=[vendor]))
    assert signed_in(vendor, "http://testserver/toy", "test-1", transport) == credential
    target = Target(vendor, "http://testserver/toy", credential, transport)
    assert (target.scheme_name, target.scheme.id) == ("own", "own")
    with target.client() as client:
        assert client.get("/who").json() == "test-1"


@pytest.mark.parametrize(("scheme", "credential"), SCHEMES)
def test_a_client_signs_in_as_another_account_or_as_nobody(scheme, credential):
    vendor = _vendor(scheme)
    other = credential.replace("1", "2")
    transport = InProcessTransport(build_server(vendors=[vendor]))
    target = Target(vendor, "http://testserver/toy", credential, transport, other)
    with target.client("other") as client:
        assert client.get("/who").json() == "test-2"
    with target.client(None) as client:
        assert client.get("/who").status_code == 401


def test_a_target_may_have_one_account_alone():
    target = replace(mock_target("cliniko"), other_credential=None)
    with pytest.raises(LookupError, match="no other account"):
        target.client("other")


@pytest.mark.parametrize("api", api_names())
def test_both_accounts_of_a_mock_are_open_and_apart(api):
    target = mock_target(api, "test-x")
    path = next(
        each.path.format(**target.parameters)
        for each in target.vendor.spec.operations.values()
        if each.method == "get" and each.path.count("{") == len(target.parameters)
    )
    with target.client() as first, target.client("other") as other, target.client(None) as nobody:
        assert first.get(path).status_code == 200
        assert other.get(path).status_code == 200
        assert nobody.get(path).status_code in {401, 403}
    assert sorted(target.transport.app.sandboxes.names()) == ["test-x", "test-x-other"]


def test_what_says_whose_records_are_meant_comes_from_the_first_call():
    assert mock_target("skhokho").parameters == {"org_uid": "organisation-1"}
    assert mock_target("cliniko").parameters == {}


def test_a_vendor_may_ask_for_more_than_a_word():
    vendor = _vendor(
        {"type": "http", "scheme": "bearer"},
        sandbox_key_of=lambda credential: credential.value.removeprefix("token-for-"),
        sign_in=lambda word, client: f"token-for-{word}-{client.get('/who').status_code}",
    )
    transport = InProcessTransport(build_server(vendors=[vendor]))
    assert signed_in(vendor, "http://testserver/toy", "test", transport) == "token-for-test-401"


def test_a_mock_target_is_fresh_and_takes_settings():
    one, other = (mock_target("cliniko", settings=Settings(persona="empty")) for _ in range(2))
    with one.client() as here, other.client() as there:
        here.post("/products", json={"name": "Hand Balm"})
        assert here.get("/products").json()["total_entries"] == 1
        assert there.get("/products").json()["total_entries"] == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://no.such.host.invalid", "nonsense"])
def test_a_service_that_does_not_answer_is_named_in_one_line(url):
    with pytest.raises(Unreachable, match=f"^{url} does not answer: ") as caught:
        url_target("cliniko", url, "test:")
    assert "\n" not in str(caught.value)
