"""What grows has a bound: how callers and people see that one was met."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mock_server.app import build_server
from mock_server.control.client import Control, ControlError
from mock_server.settings import Settings


@pytest.fixture
def small(vendors, client_of):
    """A function that serves all APIs with some settings, and makes clients of Cliniko in it."""

    def make(**settings):
        server = build_server(vendors=vendors, settings=Settings(**settings))
        return server, lambda word: client_of(server, "cliniko", auth=(word, ""))

    return make


def test_a_newcomer_is_refused_in_the_vendors_form_while_all_sandboxes_are_in_use(
    small, vendors, client_of
):
    server, cliniko = small(max_sandboxes=1)
    assert cliniko("test-a").get("/products").status_code == 200
    for vendor in vendors:
        name = vendor.api.name
        if name == "exsited":
            continue
        headers = {
            "cliniko": {"Authorization": "Basic dGVzdC1iOg=="},
            "built": {"Authorization": "Bearer test-b"},
            "skhokho": {"Cookie": "sessionid=test-b"},
        }[name]
        client = client_of(server, name, headers=headers)
        refused = client.get(vendor.api.first_call.path)
        assert refused.status_code == 503
        assert refused.headers["x-mock-unavailable"] == (
            "all 1 sandboxes are in use; delete one first"
        )
        assert "x-mock-defect" not in refused.headers
    with Control(app=server) as control:
        origin = control.sandbox("test-a")
        for make in (lambda: control.create("test-b"), lambda: origin.fork("test-b")):
            with pytest.raises(ControlError, match="all 1 sandboxes are in use") as caught:
                make()
            assert caught.value.status == 409
        origin.delete()
    assert cliniko("test-b").get("/products").status_code == 200


def test_a_write_for_which_there_is_no_room_changes_nothing(small):
    server, cliniko = small(max_sandbox_memory=1 << 20, max_body=1 << 20)
    client = cliniko("test.empty-a")
    notes = "x" * 60_000
    statuses = [
        client.post("/products", json={"name": f"p{n}", "notes": notes}).status_code
        for n in range(20)
    ]
    made = statuses.count(201)
    assert 10 < made < 20
    assert statuses == [201] * made + [503] * (20 - made)
    assert client.get("/products").json()["total_entries"] == made
    assert client.delete("/products/1").status_code == 204
    # Evidence made room for records, and says so.
    journal = server.sandbox("test.empty-a").journal
    assert journal.dropped > 0
    with Control(app=server) as control:
        document = control.sandbox("test.empty-a").export()
        products = document["apis"]["cliniko"]["products"]
        more = [{**products[0], "id": 100 + n} for n in range(40)]
        document["apis"]["cliniko"]["products"] = more
        with pytest.raises(ControlError, match="are too large") as caught:
            control.sandbox("test.empty-a").seed(document)
        assert caught.value.status == 422


def test_a_fault_rule_has_a_length(small):
    server, cliniko = small()
    cliniko("test-a").get("/products")
    rule = {"match": {"json": {"name": "x" * 70_000}}, "effects": [{"kind": "lost_update"}]}
    with Control(app=server) as control, pytest.raises(ControlError, match="is too long"):
        control.sandbox("test-a").add_fault(rule)


def test_the_settings_have_a_share_of_the_memory():
    settings = Settings()
    assert settings.max_sandbox_memory > 0
    assert settings.max_memory > 64 << 20
    assert replace(settings, max_memory=1).max_memory == 1
