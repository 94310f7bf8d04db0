"""A key chooses the sandbox; what follows its last dash, if it is a shard, does not."""

from __future__ import annotations

import pytest


@pytest.fixture
def server(serve):
    return serve("cliniko")


@pytest.fixture
def as_user(server, client_of):
    """A function from a key to a client that presents it."""
    return lambda key, password="": client_of(server, "cliniko", auth=(key, password))


def names(client):
    return [
        row["name"]
        for row in client.get("/products", params={"sort": "id:desc"}).json()["products"]
    ]


@pytest.mark.parametrize("shard", ["au1", "au2", "uk1", "us10", "eu1"])
def test_a_key_with_a_shard_opens_the_sandbox_of_the_key(as_user, server, shard):
    as_user("test-ci-3").post("/products", json={"name": "Seen by both"})
    assert names(as_user(f"test-ci-3-{shard}"))[0] == "Seen by both"
    assert server.sandboxes.names() == ["test-ci-3"]


@pytest.mark.parametrize(
    "other", ["test-ci", "test-ci-3-", "test-ci-3-a1", "test-ci-3-AU1", "test"]
)
def test_another_key_opens_another_sandbox(as_user, server, other):
    as_user("test-ci-3").post("/products", json={"name": "Private"})
    assert "Private" not in names(as_user(other))
    assert set(server.sandboxes.names()) == {"test-ci-3", other}


def test_the_password_does_not_matter(as_user):
    as_user("test").post("/products", json={"name": "Mine"})
    assert names(as_user("test", "secret:x"))[0] == "Mine"


@pytest.mark.parametrize(
    ("key", "total"), [("test.empty", 0), ("test.empty-a-au1", 0), ("test.typical-b", 60)]
)
def test_a_key_can_choose_the_persona(as_user, key, total):
    page = as_user(key).get("/products", params={"q[]": "archived_at:*"}).json()
    assert page["total_entries"] == total


def test_any_word_is_taken_if_the_server_says_so(serve, client_of):
    server = serve("cliniko", accept_any_credential=True)
    client = client_of(server, "cliniko", auth=("MS0xLWtleQ-au1", ""))
    assert client.get("/products").status_code == 200
    assert server.sandboxes.names() == ["MS0xLWtleQ"]
    assert client_of(server, "cliniko").get("/products").status_code == 401
