"""Credentials: the words that open a sandbox, in each form that a vendor may ask for them."""

from __future__ import annotations

import base64

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.app import build_server
from mock_server.engine.api import Operations
from mock_server.engine.credentials import CredentialPolicy
from mock_server.engine.errors import Forbidden, Unauthenticated
from mock_server.engine.messages import Reply
from mock_server.in_process import InProcessTransport
from mock_server.settings import Settings
from mock_server.state.sandbox import SandboxName
from tests.engine.toy import KEY, THINGS, Thing, count, toy_document, toy_server, toy_vendor

SCHEMES = {
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
    "oauth": {"type": "oauth2", "flows": {}},
}


def _operations():
    operations = Operations()

    @operations.handles("add")
    def add(_, context):
        here = {"things": count(context), "sandbox": context.sandbox_name}
        return Reply(200, here)

    return operations


def _paths():
    return {"/add": {"post": {"operationId": "add"}}}


def _seed(transaction, persona, _):
    for _ in range(persona.products):
        transaction.put(THINGS, Thing(transaction.next_id(THINGS)))


@pytest.fixture
def client(client_of):
    """A function (**settings) → a client of a toy that is seeded as its personas say."""

    def make(**settings):
        server = toy_server(_paths(), _operations(), settings=Settings(**settings), seed=_seed)
        return client_of(server, "toy")

    return make


def _add(client, word):
    return client.post("/add", headers={"X-Key": word})


@pytest.mark.parametrize("word", ["test", "test-ci-3", "tester", "test:1", "test" + "x" * 124])
def test_a_word_that_begins_with_test_opens_the_sandbox_of_that_name(client, word):
    answer = _add(client(persona="empty"), word)
    assert answer.json() == {"things": 1, "sandbox": word}


@pytest.mark.parametrize(
    ("word", "seeded"),
    [
        ("test", 60),
        ("test-empty", 60),
        ("test.empty", 0),
        ("test.empty-ci-3", 0),
        ("test.typical", 60),
        ("test.typical-", 60),
    ],
)
def test_a_word_may_choose_its_persona(client, word, seeded):
    assert _add(client(), word).json()["things"] == seeded + 1


def test_the_default_persona_can_be_changed(client):
    assert _add(client(persona="empty"), "test").json()["things"] == 1
    assert _add(client(persona="empty"), "test.typical").json()["things"] == 61


@pytest.mark.parametrize(
    "word",
    [
        "live", "TEST", "Test", "tes", " ", "test.nobody", "test.", "test.Empty", "test.emptyci",
        "te st", "test 1", "test\t", "test" + "x" * 125, "test/1", b"test\xc3\xa9", "test\x7f",
    ],
)  # fmt: skip
def test_every_other_word_is_refused(client, word):
    answer = _add(client(), word)
    assert (answer.status_code, answer.json()) == (401, {"error": "Unauthenticated"})


@pytest.mark.parametrize("word", ["live", "TEST", "sk_live_1", "test.nobody", "test.", "!", "..."])
def test_any_credential_will_do_where_the_server_was_told_so(client, word):
    answer = _add(client(accept_any_credential=True, persona="empty"), word)
    assert answer.json() == {"things": 1, "sandbox": word}


@pytest.mark.parametrize("word", ["", " ", "a b", "a/b", "/", ".", "..", "x" * 129, b"\xc3\xa9"])
def test_even_then_it_must_be_a_word(client, word):
    assert _add(client(accept_any_credential=True), word).status_code == 401


@given(st.text(max_size=140))
def test_a_word_opens_a_sandbox_of_its_own_name_or_none(word):
    policy = CredentialPolicy(frozenset({"empty", "typical"}), "typical")
    try:
        name = policy.sandbox(word)
    except Unauthenticated:
        return
    assert name == SandboxName(word, "empty" if word.startswith("test.empty") else "typical")
    assert word.startswith("test")
    assert word.isascii()
    assert len(word) <= 128


def _basic(text):
    return {"Authorization": "Basic " + base64.b64encode(text).decode()}


def _of(client_of, *schemes):
    document = {
        "components": {"securitySchemes": {name: SCHEMES[name] for name in schemes}},
        "security": [{name: []} for name in schemes],
    }
    seen = []

    def sandbox_key_of(credential):
        seen.append((credential.scheme, credential.kind, credential.value, credential.password))
        return credential.value

    server = toy_server(_paths(), _operations(), document=document, sandbox_key_of=sandbox_key_of)
    return client_of(server, "toy"), seen


@pytest.mark.parametrize(
    ("scheme", "headers", "query", "credential"),
    [
        ("basic", _basic(b"test:secret"), "", ("basic", "test", "secret")),
        ("basic", _basic(b"test:"), "", ("basic", "test", "")),
        ("basic", _basic(b"test"), "", ("basic", "test", "")),
        ("basic", _basic(b"test:a:b"), "", ("basic", "test", "a:b")),
        ("basic", {"Authorization": "basic dGVzdDo="}, "", ("basic", "test", "")),
        ("bearer", {"Authorization": "Bearer test"}, "", ("bearer", "test", None)),
        ("bearer", {"Authorization": "bearer  test "}, "", ("bearer", "test", None)),
        ("oauth", {"Authorization": "Bearer test"}, "", ("bearer", "test", None)),
        ("header", {"x-kEY": "test"}, "", ("apiKey", "test", None)),
        ("query", {}, "?key=no&key=test", ("apiKey", "test", None)),
        ("cookie", {"Cookie": "a=b; session=test"}, "", ("apiKey", "test", None)),
    ],
)
def test_each_scheme_is_read_from_its_own_place(client_of, scheme, headers, query, credential):
    client, seen = _of(client_of, scheme)
    assert client.post(f"/add{query}", headers=headers).status_code == 200
    assert {*seen} == {(scheme, *credential)}


@pytest.mark.parametrize(
    ("scheme", "headers"),
    [
        ("basic", {}),
        ("basic", {"Authorization": ""}),
        ("basic", {"Authorization": "Basic"}),
        ("basic", {"Authorization": "Basic !!!"}),
        ("basic", {"Authorization": "Basic dGVzdDo"}),
        ("basic", {"Authorization": "Basic dGVz!dDo="}),
        ("basic", {"Authorization": "Bearer test"}),
        ("basic", _basic(b"\xff:")),
        ("basic", _basic(b":secret")),
        ("bearer", {"Authorization": "Bearer"}),
        ("bearer", {"Authorization": "test"}),
        ("bearer", {"Authorization": "Basic test"}),
        ("header", {"X-Key": ""}),
        ("header", {"Authorization": "Bearer test"}),
        ("query", {"key": "test"}),
        ("cookie", {"Cookie": "session"}),
        ("cookie", {"Cookie": "Session=test"}),
    ],
)
def test_what_is_not_in_the_schemes_form_is_refused(client_of, scheme, headers):
    client, _ = _of(client_of, scheme)
    assert client.post("/add", headers=headers).status_code == 401


def test_of_several_schemes_the_first_one_presented_counts(client_of):
    client, seen = _of(client_of, "header", "bearer")
    client.post("/add", headers={"Authorization": "Bearer test-b"})
    client.post("/add", headers={"Authorization": "Bearer test-b", "X-Key": "test-h"})
    assert list(dict.fromkeys(scheme for scheme, *_ in seen)) == ["bearer", "header"]


def test_a_credential_without_the_vendors_form_is_refused(client_of):
    server = toy_server(_paths(), _operations(), sandbox_key_of=lambda _: None)
    assert client_of(server, "toy").post("/add", headers=KEY).status_code == 401
    assert len(server.sandboxes) == 0


def test_a_refused_credential_opens_no_sandbox(client_of):
    server = toy_server(_paths(), _operations())
    assert _add(client_of(server, "toy"), "live").status_code == 401
    assert len(server.sandboxes) == 0


def test_a_vendor_may_refuse_for_what_the_state_says(client_of):
    def admit(credential, context):
        if context.state.count(THINGS):
            raise Forbidden(f"{credential.value} has had enough")

    server = toy_server(_paths(), _operations(), admit=admit)
    client = client_of(server, "toy", headers=KEY)
    assert [client.post("/add").status_code for _ in range(2)] == [200, 403]
    assert _add(client, "test-2").status_code == 200


@pytest.fixture
def pair():
    """A client of a server of two APIs, `one` and `two`, which number things together."""
    vendors = [
        toy_vendor(toy_document(_paths()), _operations(), name=name) for name in ("one", "two")
    ]
    server = build_server(vendors=vendors)
    with httpx.Client(transport=InProcessTransport(server), base_url="http://mock.test") as client:
        yield client


def test_the_same_word_opens_the_same_sandbox_in_every_api(pair):
    def add(api, word):
        return pair.post(f"/{api}/add", headers={"X-Key": word}).json()["things"]

    assert [add("one", "test"), add("two", "test"), add("one", "test")] == [1, 2, 3]
    assert [add("two", "test-2"), add("one", "test-2")] == [1, 2]
