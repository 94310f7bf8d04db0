"""Nothing gets past the guard that a profile does not allow."""

from __future__ import annotations

import json

import pytest

from contract_tests.target.guard import unambiguous
from contract_tests.target.profiles import FULL, READ_ONLY, WRITES
from tests.contract_tests.target.guard.guarding import Policy, refused


@pytest.mark.parametrize("account", ["first", "other"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path",
    ["/mine/things", "/mine/things?q%5B%5D=a&q[]=b", "/mine/things/7", "/mine/things/%C3%A9"],
)
def test_read_only_lets_safe_operations_through(behind, service, account, method, path):
    target, guard = behind(READ_ONLY)
    with target.client(account) as client:
        assert client.request(method, path).status_code == 200
    assert service.got == [(method, b"")]
    assert (guard.sent, guard.refusals) == (1, [])


@pytest.mark.parametrize(
    ("method", "path", "why"),
    [
        ("POST", "/mine/things", "add is not marked as safe"),
        ("DELETE", "/mine/things/7", "remove is not marked as safe"),
        ("GET", "/mine/things/7/act", "act is not marked as safe"),
        ("PUT", "/mine/things", "no declared operation"),
        ("OPTIONS", "/mine/things", "no declared operation"),
        ("TRACE", "/mine/things", "no declared operation"),
        ("GET", "/mine/thing", "no declared operation"),
        ("GET", "/mine/things/", "no declared operation"),
        ("GET", "/", "no declared operation"),
        ("GET", "http://testserver/v2/mine/things", "not below the target's URL"),
        ("GET", "http://testserver/v11/mine/things", "not below the target's URL"),
        ("GET", "/mine/things/new", "no declared operation"),
        ("GET", "/mine/things/%6eew", "no declared operation"),
        ("GET", "/mine/things/7%2Fact", "more than one segment"),
        ("GET", "/mine/things/7%252Fact", "more than one segment"),
        ("GET", "/mine/things/7%5Cact", "more than one segment"),
        ("GET", "/mine/things/%2e%2e", "more than one segment"),
        ("GET", "/mine/things/7;act", "more than one segment"),
        ("GET", "/yours/things", "org is 'yours' and not the target's own"),
        ("GET", "/mine/things?action=remove", "'action' is no parameter of list"),
        ("GET", "/mine/things?bid=me:pw", "'bid' is no parameter of list"),
    ],
)
def test_read_only_sends_nothing_else(behind, service, method, path, why):
    target, guard = behind(READ_ONLY)
    with target.client() as client:
        assert why in refused(guard, client, method, path)
    assert service.got == []
    assert guard.sent == 0


def test_what_may_change_the_method_is_refused_too(behind, service):
    target, guard = behind(READ_ONLY)
    with target.client() as client:
        for name in ("X-HTTP-Method-Override", "x-method-override", "X-HTTP-Method"):
            assert "another method" in refused(
                guard, client, "GET", "/mine/things", headers={name: "DELETE"}
            )
        assert "has no body" in refused(guard, client, "GET", "/mine/things", content=b"{}")
    assert service.got == []


@pytest.mark.parametrize(
    ("scheme", "credential", "wrong"),
    [
        ("basic", "me:pw", {"auth": ("me", "other")}),
        ("basic", "me", {"auth": ("me", "pw")}),
        ("bearer", "token", {"headers": {"Authorization": "Bearer nokent"}}),
        ("bearer", "token", {"headers": {"Authorization": "Basic token"}}),
        ("bearer", "token", {"headers": {"Authorization": "token"}}),
        ("header", "key", {"headers": {"X-Key": "key2"}}),
        ("cookie", "key", {"headers": {"Cookie": "session=yek"}}),
    ],
)
def test_nobody_else_is_heard(behind, service, scheme, credential, wrong):
    target, guard = behind(READ_ONLY, scheme, credential)
    with target.client() as client:
        assert client.get("/mine/things").status_code == 200
    with target.client(None) as client:
        assert "no credential" in refused(guard, client, "GET", "/mine/things")
        assert "none of the target's" in refused(guard, client, "GET", "/mine/things", **wrong)
        assert "none of the target's" in refused(guard, client, "GET", "/public", **wrong)
        assert client.get("/public").status_code == 200
    assert len(service.got) == 2


def test_a_credential_may_stand_in_the_query_where_the_operation_takes_it(behind, service):
    target, guard = behind(READ_ONLY)
    with target.client(None) as client:
        assert client.get("/printed", params={"bid": "me:pw"}).status_code == 200
        assert "none of" in refused(guard, client, "GET", "/printed", params={"bid": "them"})
    with target.client("other") as client:
        assert "two accounts" in refused(guard, client, "GET", "/printed", params={"bid": "me:pw"})
    assert len(service.got) == 1


def test_full_lets_everything_through(behind, service):
    target, guard = behind(FULL)
    with target.client(None) as client:
        client.request("TRACE", "/no/where?x=1", headers={"X-HTTP-Method": "DELETE"})
        client.request("POST", "/mine/things", content=b"{")
    assert service.got == [("TRACE", b""), ("POST", b"{")]
    assert (guard.sent, guard.refusals) == (2, [])


def test_writes_asks_the_policy_and_tells_it_what_came_of_it(behind, service):
    policy = Policy()
    target, _ = behind(WRITES, policy=policy)
    with target.client("other") as client:
        client.post("/mine/things", json={"name": "ct-1"})
        client.get("/mine/things/7/act")
        client.get("/mine/things")
    assert policy.heard == [
        ("add", {"org": "mine"}, (), {"name": "ct-1"}, "other"),
        "sends add",
        ("add", 200, b'{"id": 7}'),
        ("act", {"org": "mine", "id": "7"}, (), None, "other"),
        "sends act",
        ("act", 200, b'{"id": 7}'),
    ]
    assert [json.loads(body) for _, body in service.got if body] == [{"name": "ct-1"}]


def test_what_the_policy_refuses_is_not_sent(behind, service):
    policy = Policy(refusal="not ours")
    target, guard = behind(WRITES, policy=policy)
    with target.client() as client:
        assert "not ours" in refused(guard, client, "DELETE", "/mine/things/7")
        assert "body cannot be read" in refused(guard, client, "POST", "/mine/things", content=b"x")
        headers = {"Content-Type": "application/json"}
        assert "not what its type says" in refused(
            guard, client, "POST", "/mine/things", content=b"x", headers=headers
        )
    assert service.got == []
    assert len(policy.heard) == 1


def test_without_a_policy_nothing_is_written(behind, service):
    target, guard = behind(WRITES)
    with target.client() as client:
        assert "nothing says which" in refused(guard, client, "DELETE", "/mine/things/7")
    assert service.got == []


@pytest.mark.parametrize(
    ("segment", "safe"),
    [("a b", "a b"), ("é.", "é."), ("...", "..."), ("..", "-"), ("a/b", "a-b"), ("\x00", "-")],
)
def test_a_segment_can_be_made_unambiguous(segment, safe):
    assert unambiguous(segment) == safe
