"""List, look, create, reset, delete; and sandboxes named by header."""

from __future__ import annotations

import pytest

from mock_server.control.client import ControlError


def test_a_sandbox_opens_with_its_first_call_and_is_listed(control, cliniko):
    assert control.sandboxes() == []
    cliniko("test-a").get("/products")
    (view,) = control.sandboxes()
    assert (view.name, view.persona, view.apis) == ("test-a", "typical", ("cliniko",))
    assert view.exchanges == 1
    assert control.sandbox("test-a").look().apis == view.apis


def test_a_header_names_the_sandbox_of_programs_that_cannot_change_their_key(control, cliniko):
    cliniko("test-fixed").get("/products", headers={"X-Mock-Sandbox": "test-chosen"})
    assert [view.name for view in control.sandboxes()] == ["test-chosen"]


@pytest.mark.parametrize("headers", [{}, {"X-Mock-Sandbox": "test/a"}])
def test_a_name_that_control_could_not_address_opens_nothing(control, cliniko, headers):
    word = "test" if headers else "test/a"
    refused = cliniko(word).get("/products", headers=headers)
    assert (refused.status_code, refused.text) == (401, "HTTP Basic: Access denied.\n")
    assert control.sandboxes() == []


@pytest.mark.parametrize("name", ["test:?#%&", "test%2Fa", "test-..", "test~!$'()*+,;=@[]"])
def test_every_name_that_opens_a_sandbox_can_be_addressed(control, cliniko, name):
    cliniko("test").get("/products", headers={"X-Mock-Sandbox": name})
    assert control.sandbox(name).look().name == name


def test_create_takes_a_persona_and_a_seed(control, cliniko):
    made = control.create("test-b", persona="empty", seed=7)
    assert (made.look().persona, made.look().seed) == ("empty", 7)
    assert cliniko("test-b").get("/products").json()["total_entries"] == 0


def test_the_name_says_the_persona_if_nothing_else_does(control):
    assert control.create("test.empty-c").look().persona == "empty"


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        ({"name": "other"}, 422, "name must begin with `test`, such as test-shop"),
        (
            {"name": "test.nobody"},
            422,
            "persona is 'nobody'; there are empty, huge, large, long_ids, messy, shared, typical",
        ),
        (
            {"name": "test.larg-a"},
            422,
            "did you mean large?",
        ),
        (
            {"name": "test-x", "persona": "nobody"},
            422,
            "is 'nobody'; there are empty, huge, large, long_ids, messy, shared, typical",
        ),
        ({"name": "test-there"}, 409, "there is a sandbox 'test-there' already"),
    ],
)
def test_a_sandbox_that_cannot_be_created_is_refused_in_one_line(control, arguments, status, text):
    control.create("test-there")
    with pytest.raises(ControlError) as caught:
        control.create(**arguments)
    assert caught.value.status == status
    assert text in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_reset_brings_back_the_first_state_and_keeps_the_snapshots(control, cliniko):
    sandbox, client = control.create("test-r", persona="empty"), cliniko("test-r")
    client.post("/products", json={"name": "Balm"})
    sandbox.snapshot("one")
    sandbox.freeze()
    sandbox.rate_limits(True)
    sandbox.add_fault({"effects": [{"kind": "status", "status": 429}]})
    view = sandbox.reset()
    assert (view.clock.mode, view.exchanges, view.faults) == ("real", 0, 0)
    assert view.snapshots == ("one",)
    assert client.get("/products").json()["total_entries"] == 0
    sandbox.restore("one")
    assert client.get("/products").json()["total_entries"] == 1


def test_delete_forgets_everything(control, cliniko):
    sandbox = control.create("test-d", persona="empty")
    sandbox.delete()
    assert control.sandboxes() == []
    with pytest.raises(ControlError, match="there is no open sandbox 'test-d'"):
        sandbox.look()
    # The word opens a fresh one, as its name says.
    assert cliniko("test-d").get("/products").json()["total_entries"] > 0


def test_control_is_no_exchange_and_no_vendor(server, control):
    unattributed = server.sandboxes.unattributed.journal.last
    sandbox = control.create("test-e")
    sandbox.clock()
    assert sandbox.look().exchanges == 0
    assert server.sandboxes.unattributed.journal.last == unattributed
    assert "control" not in server.mounts


def test_the_documents_and_the_pages_are_served(server, client_of):
    client = client_of(server, "cliniko")
    document = client.get("http://localhost/_mock/openapi.json").json()
    assert document["servers"][0]["url"] == "http://localhost/_mock"
    page = client.get("http://localhost/_mock/docs", follow_redirects=True)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
