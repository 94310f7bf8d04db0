"""Effects on records: what is seen, what stays, and when."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from mock_server.apis.cliniko.models import PRODUCTS
from mock_server.apis.skhokho import FIRST_ORGANISATION
from mock_server.faults.rules import rules_of
from tests.faults.conftest import LISTS

NEW = {"name": "Gauze"}


def name_of(client, number=1):
    return client.get(f"/products/{number}").json()["name"]


def test_answered_but_not_done(cliniko, add, sandbox):
    cliniko.get("/products")
    before = sandbox.state
    add("false_success", match={"method": "POST"}, times=1)
    answer = cliniko.post("/products", json=NEW)
    assert (answer.status_code, answer.json()["name"]) == (201, "Gauze")
    assert sandbox.state is before
    assert sandbox.journal.get(sandbox.journal.last).changes == ()
    assert cliniko.get(f"/products/{answer.json()['id']}").status_code == 404
    assert cliniko.post("/products", json=NEW).json()["id"] == answer.json()["id"]


def test_answered_but_not_done_still_refuses_what_is_wrong(cliniko, add):
    add("false_success")
    assert cliniko.post("/products", json={}).status_code == 422


def test_a_status_that_comes_after_the_work_was_done(cliniko, add):
    add({"kind": "status", "status": 429, "done": True}, match={"method": "PATCH"})
    assert cliniko.patch("/products/1", json=NEW).status_code == 429
    assert name_of(cliniko) == "Gauze"
    add({"kind": "status", "status": 429}, match={"method": "DELETE"})
    assert cliniko.delete("/products/1").status_code == 429
    assert name_of(cliniko) == "Gauze"


def test_a_stale_read_of_so_many_changes_ago(cliniko, add):
    for text in ("first", "second", "third"):
        cliniko.patch("/products/1", json={"name": text})
    add("stale_read", times=1)
    assert name_of(cliniko) == "second"
    assert name_of(cliniko) == "third"
    add({"kind": "stale_read", "commits": 2}, times=1)
    assert name_of(cliniko) == "first"
    add({"kind": "stale_read", "commits": 99}, times=1)
    assert name_of(cliniko) not in {"first", "second", "third"}


def test_a_stale_read_of_so_long_ago(cliniko, add, sandbox):
    original = name_of(cliniko)
    sandbox.clock.advance(timedelta(seconds=10))
    cliniko.patch("/products/1", json={"name": "first"})
    sandbox.clock.advance(timedelta(seconds=10))
    cliniko.patch("/products/1", json={"name": "second"})
    add({"kind": "stale_read", "seconds": 5}, times=1)
    assert name_of(cliniko) == "first"
    add({"kind": "stale_read", "seconds": 15}, times=1)
    assert name_of(cliniko) == original
    sandbox.clock.advance(timedelta(seconds=6))
    add({"kind": "stale_read", "seconds": 5}, times=1)
    assert name_of(cliniko) == "second"


def test_a_stale_read_changes_nothing_and_leaves_writes_alone(cliniko, add, sandbox):
    cliniko.patch("/products/1", json={"name": "first"})
    add("stale_read")
    state = sandbox.state
    cliniko.get("/products")
    assert sandbox.state is state
    assert cliniko.patch("/products/1", json={"name": "second"}).json()["name"] == "second"


@pytest.mark.parametrize("seconds", [0, 3600])
def test_a_stale_read_reaches_no_further_back_than_the_first_use_of_an_api(call_as, add, seconds):
    cliniko = call_as("cliniko")
    cliniko.patch("/products/1", json=NEW)
    add({"kind": "stale_read"} | ({"seconds": seconds} if seconds else {"commits": 1}))
    assert call_as("built").get(LISTS["built"]).json()["data"]


def test_a_token_is_good_even_if_the_records_are_old(call_as, add):
    exsited = call_as("exsited")
    add("stale_read")
    assert exsited.get(LISTS["exsited"]).status_code == 200


def test_a_created_record_shows_only_after_a_while(cliniko, add, sandbox):
    entries = cliniko.get("/products").json()["total_entries"]
    add({"kind": "late_create", "seconds": 30}, match={"method": "POST"}, times=1)
    number = cliniko.post("/products", json=NEW).json()["id"]
    assert cliniko.get(f"/products/{number}").status_code == 404
    assert cliniko.get("/products").json()["total_entries"] == entries
    assert "do not show yet" in sandbox.journal.get(sandbox.journal.last).fault
    sandbox.clock.advance(timedelta(seconds=29))
    assert cliniko.get(f"/products/{number}").status_code == 404
    sandbox.clock.advance(timedelta(seconds=1))
    assert cliniko.get(f"/products/{number}").json()["name"] == "Gauze"
    assert cliniko.get("/products").json()["total_entries"] == entries + 1
    assert sandbox.journal.get(sandbox.journal.last).fault is None


def test_a_record_that_does_not_show_yet_can_be_changed_and_others_show(cliniko, add):
    add({"kind": "late_create", "seconds": 30}, times=1)
    hidden = cliniko.post("/products", json=NEW).json()["id"]
    shown = cliniko.post("/products", json={"name": "Tape"}).json()["id"]
    assert cliniko.patch(f"/products/{hidden}", json={"name": "Lint"}).json()["name"] == "Lint"
    assert cliniko.get(f"/products/{hidden}").status_code == 404
    assert name_of(cliniko, shown) == "Tape"


def test_what_is_hidden_shows_when_the_rules_are_cleared(cliniko, add, sandbox):
    add({"kind": "late_create", "seconds": 30}, times=1)
    number = cliniko.post("/products", json=NEW).json()["id"]
    rules_of(sandbox).clear()
    assert name_of(cliniko, number) == "Gauze"


def test_hiding_survives_that_the_record_goes_away(cliniko, add, sandbox):
    cliniko.get("/products")
    sandbox.snapshot("before")
    add({"kind": "late_create", "seconds": 30}, times=1)
    cliniko.post("/products", json=NEW)
    sandbox.restore("before")
    assert cliniko.get("/products").status_code == 200


def test_a_lost_update_was_done_and_is_gone_at_once(cliniko, add, sandbox):
    original = name_of(cliniko)
    add("lost_update", match={"method": "PATCH"}, times=1)
    assert cliniko.patch("/products/1", json=NEW).json()["name"] == "Gauze"
    assert sandbox.journal.get(sandbox.journal.last).changes == ()
    assert name_of(cliniko) == original
    assert sandbox.committed.revision == 2


def test_a_lost_update_can_be_lost_later(cliniko, add, sandbox):
    original = name_of(cliniko)
    add({"kind": "lost_update", "seconds": 60}, match={"method": "PATCH"}, times=1)
    cliniko.patch("/products/1", json=NEW)
    assert name_of(cliniko) == "Gauze"
    sandbox.clock.advance(timedelta(seconds=60))
    assert name_of(cliniko) == original
    last = sandbox.journal.get(sandbox.journal.last)
    assert last.before is last.after


def test_an_update_after_the_lost_one_is_left_alone(cliniko, add, sandbox):
    add({"kind": "lost_update", "seconds": 60}, match={"method": "PATCH"}, times=1)
    cliniko.patch("/products/1", json=NEW)
    cliniko.patch("/products/1", json={"name": "Lint"})
    sandbox.clock.advance(timedelta(seconds=60))
    assert name_of(cliniko) == "Lint"


@pytest.fixture
def losing(cliniko, add):
    """The name of a product whose update will be lost in a minute, as it was before."""
    original = name_of(cliniko)
    add({"kind": "lost_update", "seconds": 60}, match={"method": "PATCH"}, times=1)
    cliniko.patch("/products/1", json=NEW)
    return original


def shown(state):
    return state.collection(PRODUCTS).get(1).name


def test_whoever_looks_at_a_sandbox_sees_that_an_update_was_lost(losing, sandbox):
    assert shown(sandbox.state) == "Gauze"
    sandbox.clock.advance(timedelta(seconds=60))
    assert shown(sandbox.snapshot("after")) == losing
    assert shown(sandbox.fork("test-fork").state) == losing
    assert sandbox.committed.revision == 2


@pytest.mark.usefixtures("losing")
def test_an_update_that_was_lost_before_going_back_is_not_lost_again(sandbox):
    sandbox.snapshot("updated")
    sandbox.clock.advance(timedelta(seconds=60))
    sandbox.restore("updated")
    assert shown(sandbox.state) == "Gauze"


def test_an_update_that_was_lost_stays_so_when_the_rules_are_cleared(losing, sandbox):
    sandbox.clock.advance(timedelta(seconds=60))
    rules_of(sandbox).clear()
    assert shown(sandbox.state) == losing


@pytest.mark.usefixtures("losing")
def test_an_update_that_is_not_lost_yet_stays_when_the_rules_are_cleared(sandbox):
    rules_of(sandbox).clear()
    sandbox.clock.advance(timedelta(seconds=60))
    assert shown(sandbox.state) == "Gauze"


@pytest.mark.usefixtures("losing")
def test_nothing_is_left_for_later_when_a_sandbox_is_reset(sandbox):
    sandbox.reset()
    sandbox.clock.advance(timedelta(seconds=60))
    assert sandbox.state.revision == 0


PAGED = {
    "cliniko": ([{"page": 1, "per_page": 5}, {"page": 2, "per_page": 5}], "products", "id"),
    "built": ([{"page": 1}, {"page": 2}], "data", "id"),
    "exsited": ([{"limit": 5, "offset": 0}, {"limit": 5, "offset": 5}], "items", "id"),
    "skhokho": ([{"page": 1}, {"page": 2}], "results", "unique_id"),
}


@pytest.mark.parametrize("api", PAGED)
@pytest.mark.parametrize("by", [1, 2])
def test_a_shifting_list_hides_records_or_shows_them_twice(call_as, add, sandbox, api, by):
    client = call_as(api)
    path = LISTS[api].format(organisation=FIRST_ORGANISATION)
    parameters, key, name = PAGED[api]

    def read():
        bodies = [client.get(path, params=each).json() for each in parameters]
        return [[item[name] for item in body[key]] for body in bodies]

    first, second = read()
    add({"kind": "shifting_list", "by": by})
    shifted = read()
    assert shifted[0] == first
    assert shifted[1][: len(second) - by] == second[by:]
    rules_of(sandbox).clear()
    add({"kind": "shifting_list", "by": by, "how": "appear"})
    shifted = read()
    assert shifted[0] == first[by:] + second[:by]
    assert shifted[1] == second
    assert set(shifted[0]) & set(shifted[1]) == set(second[:by])
    rules_of(sandbox).clear()
    assert read() == [first, second]


def test_a_shifting_list_leaves_other_reads_and_the_records_alone(cliniko, add, sandbox):
    cliniko.get("/products")
    state = sandbox.state
    add("shifting_list")
    assert cliniko.get("/products/1").status_code == 200
    cliniko.get("/products", params={"per_page": 5})
    cliniko.get("/products", params={"per_page": 5, "page": 2})
    assert sandbox.state is state


def test_effects_on_records_and_on_the_line_act_at_once(cliniko, add):
    cliniko.patch("/products/1", json={"name": "first"})
    cliniko.patch("/products/1", json={"name": "second"})
    add("stale_read", {"kind": "latency", "seconds": 3}, match={"operation": "getProduct"})
    assert name_of(cliniko) == "first"
    with pytest.raises(httpx.ReadTimeout):
        cliniko.get("/products/1", timeout=1)
