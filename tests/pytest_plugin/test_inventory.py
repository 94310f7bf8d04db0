"""What a test can do with its mocks."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from mock_server.control.client import Control
from mock_server.discovery import api_names, load_vendor
from mock_server.engine.credentials import Credential
from mock_server.faults.reserved import reserved_word
from mock_server.faults.rules import InvalidRule
from mock_server.pytest_plugin.home import sandbox_name
from mock_server.pytest_plugin.inventory import (
    Effect,
    MockInventory,
    Query,
    UnknownName,
    Unmet,
)

NEW = {"name": "Balm", "stock_level": 5, "tax_id": "1"}


def total(inventory):
    with inventory.cliniko.client() as client:
        return client.get("/products").json()["total_entries"]


def test_one_sandbox_in_process_and_on_a_socket(mocks):
    inventory = mocks()
    before = total(inventory)
    api = inventory.cliniko
    made = httpx.post(f"{api.live_url}/products", json=NEW, headers=api.headers)
    assert made.status_code == 201
    assert total(inventory) == before + 1
    assert api.live_url.startswith(inventory.live_url)
    assert [exchange.operation for exchange in inventory.journal] == [
        "listProducts",
        "createProduct",
        "listProducts",
    ]


def test_clients_of_both_kinds_and_any_thread_may_call_in_process(mocks):
    inventory = mocks()

    async def both():
        async with inventory.cliniko.async_client() as client:
            answers = await asyncio.gather(*(client.get("/products/1") for _ in range(5)))
        # A synchronous client works even where a loop is running.
        return [*answers, inventory.cliniko.client().get("/products/1")]

    answers = asyncio.run(both())
    with ThreadPoolExecutor(8) as threads, inventory.cliniko.client() as client:
        answers += threads.map(lambda _: client.get("/products/1"), range(40))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_what_needs_a_token_signs_in_and_the_first_time_is_no_call_of_the_test(mocks):
    inventory = mocks()
    with inventory.exsited.client() as client:
        assert client.get("/api/v3/items").status_code == 200
    inventory.verify_calls(exactly=1)
    inventory.verify_effects(exclusive=True)


def test_another_apis_first_call_changes_nothing(mocks):
    inventory = mocks()
    assert total(inventory)
    url, stale = inventory.exsited.base_url, {"Authorization": f"Bearer {inventory.name}~stale"}
    with httpx.Client(transport=inventory.transport, base_url=url, headers=stale) as client:
        assert client.get("/api/v3/items").status_code == 401
    assert inventory.changes == ()
    inventory.verify_effects(exclusive=True)


def test_snapshots_rewinding_and_resetting(mocks):
    inventory = mocks()
    before = total(inventory)
    with inventory.cliniko.client() as client:
        client.post("/products", json=NEW)
        inventory.snapshot("one")
        client.post("/products", json=NEW)
        assert total(inventory) == before + 2
        inventory.restore("one")
        assert total(inventory) == before + 1
        inventory.rewind(2)
        assert total(inventory) == before
        client.post("/products", json=NEW)
    inventory.clock.advance(timedelta(days=1))
    inventory.reset()
    assert inventory.journal == ()
    assert inventory.changes == ()
    assert inventory.clock.offset == timedelta()
    assert total(inventory) == before
    with pytest.raises(ValueError, match="there is no snapshot 'two'; there are one"):
        inventory.restore("two")


def test_a_reset_brings_the_seed_files_records_back(mocks, tmp_path):
    file = tmp_path / "shop.yaml"
    file.write_text("apis: {cliniko: {products: []}}\n")
    inventory = mocks(seed_file=file)
    with inventory.cliniko.client() as client:
        client.post("/products", json={"name": "Balm"})
    assert total(inventory) == 1
    inventory.reset()
    assert total(inventory) == 0


def test_the_clock_drives_what_is_written(mocks):
    inventory = mocks(clock=datetime(2026, 3, 1, tzinfo=UTC))
    inventory.clock.advance(timedelta(hours=1))
    with inventory.cliniko.client() as client:
        assert client.post("/products", json=NEW).json()["created_at"] == "2026-03-01T01:00:00Z"


def test_rate_limits_can_be_switched_on(mocks):
    inventory = mocks(clock=datetime(2026, 3, 1, tzinfo=UTC))
    inventory.rate_limits()
    with inventory.cliniko.client() as client:
        statuses = [client.get("/products/1").status_code for _ in range(201)]
        inventory.clock.advance(timedelta(minutes=1))
        statuses.append(client.get("/products/1").status_code)
    assert statuses == [200] * 200 + [429, 200]


def test_rate_limits_can_be_made_small(mocks):
    inventory = mocks(clock=datetime(2026, 3, 1, tzinfo=UTC))
    inventory.rate_limits(requests=2)
    with inventory.cliniko.client() as client:
        statuses = [client.get("/products/1").status_code for _ in range(3)]
        inventory.rate_limits(False)
        statuses.append(client.get("/products/1").status_code)
    assert statuses == [200, 200, 429, 200]


def test_the_apis_that_type_checkers_know_are_all_there_are():
    tree = ast.parse(inspect.getsource(MockInventory))
    declared = {
        each.target.id
        for each in ast.walk(tree)
        if isinstance(each, ast.AnnAssign) and ast.unparse(each.annotation) == "ApiAccess"
    }
    assert declared == set(api_names())


def test_another_account_has_records_of_its_own(mocks):
    inventory = mocks()
    other = inventory.account("other")
    assert inventory.account("other") is other
    before = total(inventory)
    with other.cliniko.client() as client:
        client.post("/products", json=NEW).raise_for_status()
    assert (total(inventory), total(other)) == (before, before + 1)
    other.verify_calls(operation="createProduct", exactly=1)
    inventory.verify_calls(operation="createProduct", exactly=0)
    other.expect_calls(operation="deleteProduct")
    (problem,) = inventory.problems()
    assert problem.startswith("account other: expected a call with operation='deleteProduct'")
    assert "account other: sandbox test.typical-" in inventory.summary()


def test_a_key_of_another_sandbox_is_reported_at_the_end_and_its_sandbox_is_gone(home, mocks):
    inventory = mocks("test_strays")
    with httpx.Client(
        transport=inventory.transport, base_url=inventory.cliniko.base_url, auth=("test-x", "")
    ) as client:
        client.post("/products", json=NEW).raise_for_status()
    (problem,) = home.end(inventory)
    assert "a call came with the key 'test-x', which opens another sandbox" in problem
    assert home.server.sandbox("test-x") is None


def test_a_fork_begins_with_the_records_as_they_are_and_goes_its_own_way(mocks):
    inventory = mocks()
    with inventory.cliniko.client() as client:
        client.post("/products", json=NEW).raise_for_status()
    before, fork = total(inventory), inventory.fork("later")
    with fork.cliniko.client() as client:
        client.post("/products", json=NEW).raise_for_status()
    assert (total(inventory), total(fork)) == (before, before + 1)
    fork.reset()
    assert total(fork) == before
    assert fork.changes == ()
    with pytest.raises(ValueError, match="there is an account 'later' already"):
        inventory.fork("later")


def test_the_difference_of_two_points(mocks):
    inventory = mocks()
    with inventory.cliniko.client() as client:
        made = client.post("/products", json=NEW).json()
        inventory.snapshot("made")
        client.delete(f"/products/{made['id']}")
    (created,) = inventory.difference("seed", "snapshot:made")
    assert (created.table, str(created.key)) == ("cliniko.products", made["id"])
    assert inventory.difference("before:1", "after:1") == (created,)
    assert len(inventory.difference("snapshot:made")) == 1
    for point, problem in [
        ("noon", "none of seed, now"),
        ("snapshot:x", "there is no snapshot 'x'"),
        ("before:9", "there is no such exchange"),
    ]:
        with pytest.raises(ValueError, match=problem):
            inventory.difference(point)


def test_a_seen_exchange_is_short_and_shows_no_credential(mocks):
    inventory = mocks()
    with inventory.cliniko.client() as client:
        made = client.post("/products", json=NEW)
    (seen,) = inventory.journal
    assert repr(seen).startswith("<#1 POST http://mock.test/cliniko/v1/products 201")
    assert seen.json() == made.json()
    assert seen.request_json() == NEW
    assert seen.request_headers["Authorization"] == "[redacted]"
    assert seen.response_headers["content-type"] == made.headers["content-type"]
    assert inventory.calls(operation="createProduct") == [seen]
    assert len(repr(inventory)) < 200
    assert inventory.name in repr(inventory)


def test_records_can_be_exported(mocks):
    inventory = mocks(persona="empty")
    with inventory.cliniko.client() as client:
        client.post("/products", json={"name": "Balm"}).raise_for_status()
    (product,) = inventory.export(["cliniko"])["apis"]["cliniko"]["products"]
    assert product["name"] == "Balm"


def test_a_call_of_a_program_beside_the_test_can_be_waited_for(mocks):
    inventory = mocks()
    caller = threading.Thread(target=lambda: total(inventory))
    caller.start()
    assert inventory.wait_for(operation="listProducts", timeout=30).status == 200
    caller.join()
    assert inventory.wait_for(operation="listProducts", timeout=0).number == 1
    with pytest.raises(Unmet, match="no call with operation='getProduct' came within 0 seconds"):
        inventory.wait_for(operation="getProduct", timeout=0)


def test_common_faults_have_methods_of_their_own(mocks):
    inventory = mocks()
    rule = inventory.faults.status(429, operation="getProduct", times=1)
    inventory.faults.latency(0.01, method="GET")
    with inventory.cliniko.client() as client:
        statuses = [client.get("/products/1").status_code for _ in range(2)]
    assert statuses == [429, 200]
    assert inventory.faults.fired(rule) == 1


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda it: it.verify_calls(operation="createProdct", exactly=0), "did you mean createPro"),
        (lambda it: it.calls(api="clinko"), "did you mean cliniko?"),
        (lambda it: it.expect_calls(path="products", exactly=0), "must begin with a slash"),
        (lambda it: it.verify_order(Query(verdict="nonsense")), "there is no verdict 'nonsense'"),
        (
            lambda it: it.verify_effects(Effect("cliniko.product", 1)),
            "did you mean cliniko.prod",
        ),
        (
            lambda it: it.expect_effects(Effect("cliniko.products", 1, field="x")),
            "no field of",
        ),
        (lambda it: it.wait_for(method="PSOT"), "did you mean POST?"),
    ],
)
def test_a_question_about_what_is_not_there_is_an_error(mocks, ask, message):
    with pytest.raises(UnknownName, match=re.escape(message)):
        ask(mocks())


def test_calls_and_effects_are_verified_at_once(mocks):
    inventory = mocks()
    with inventory.cliniko.client() as client:
        number = int(client.post("/products", json=NEW).json()["id"])
        sale = {"product_id": str(number), "quantity": -2, "adjustment_type": "Item Sold"}
        client.post("/stock_adjustments", json=sale)
    (adjusted,) = inventory.calls(operation="createStockAdjustment", json={"quantity": -2})
    sold = Effect("cliniko.products", number, field="stock_level", before=5, after=3, times=1)
    inventory.verify_effects(sold, since=adjusted.number - 1)
    inventory.verify_order(Query(operation="createProduct"), Query(method="POST"))
    with pytest.raises(Unmet, match="expected nothing else to change"):
        inventory.verify_effects(sold, exclusive=True, since=adjusted.number - 1)
    with pytest.raises(Unmet, match="exactly 1 call with method='POST'; there were 2\n  #1 POST"):
        inventory.verify_calls(method="POST", exactly=1)
    assert inventory.explain(adjusted.number)["kept"] is True


def test_faults_are_added_counted_and_taken_away(mocks):
    inventory = mocks()
    rule = inventory.faults.add(
        {"match": {"operation": "getProduct"}, "effects": [{"kind": "status", "status": 404}]}
    )
    with inventory.cliniko.client() as client:
        assert client.get("/products/1").status_code == 404
        assert inventory.faults.fired(rule) == 1
        assert list(inventory.faults) == [rule]
        inventory.faults.remove(rule)
        assert client.get("/products/1").status_code == 200
        inventory.faults.add({"effects": [{"kind": "drop"}]})
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/products/1")
        inventory.faults.clear()
        inventory.faults.add({"effects": [{"kind": "latency", "seconds": 3000}], "times": 1})
        with pytest.raises(httpx.ReadTimeout):
            client.get("/products/1")
        assert client.get("/products/1").status_code == 200
    with pytest.raises(InvalidRule, match="/effects/0/kind"):
        inventory.faults.add({"effects": [{"kind": "earthquake"}]})


def test_faults_reach_the_socket(mocks):
    inventory = mocks()
    inventory.faults.add({"effects": [{"kind": "drop"}], "times": 1})
    api = inventory.cliniko
    with httpx.Client(base_url=api.live_url, headers=api.headers) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/products/1")
        assert client.get("/products/1").status_code == 200


def test_control_reaches_the_same_sandbox(mocks):
    inventory = mocks()
    total(inventory)
    with Control(inventory.live_url) as control:
        evidence = control.sandbox(inventory.name).evidence
        assert evidence.wait_for({"operation": "listProducts"}, timeout=5)["number"] == 1


def test_two_tests_do_not_meet(mocks):
    one, two = mocks("test_one.py::test_it"), mocks("test_two.py::test_it")
    assert one.name != two.name
    with one.cliniko.client() as client:
        client.post("/products", json=NEW)
    assert two.journal == ()
    assert total(two) == total(one) - 1


def test_an_attribute_that_is_no_api_is_told_so(mocks):
    with pytest.raises(AttributeError, match="mock_inventory has no 'shopify'; there are clin"):
        _ = mocks().shopify


@pytest.mark.parametrize(
    "node_id",
    [
        "test_a.py::test_expired",
        "test_a.py::test_limited[à la carte; drop=1]",
        "test_a.py::TestIt::test_au1",
        "test_a.py::test_",
        "test_a.py::test_" + "x" * 300,
    ],
)
def test_a_sandboxs_name_is_a_credential_of_every_api(node_id):
    name = sandbox_name(node_id, "typical")
    assert name == sandbox_name(node_id, "typical")
    assert re.fullmatch(r"test\.typical-[a-z0-9-]{1,100}", name)
    assert reserved_word(name) is None
    for api in ("built", "cliniko", "skhokho"):
        assert load_vendor(api).api.sandbox_key_of(Credential("", "bearer", name)) == name


def test_what_a_test_does_never_falls_into_a_call(mocks):
    """Clients in process and on a socket write while the test goes back and forth."""
    inventory = mocks()
    inventory.snapshot("start")
    api = inventory.cliniko

    def write(number):
        url, options = (api.base_url, {"transport": inventory.transport})
        if number % 2:
            url, options = (api.live_url, {})
        with httpx.Client(base_url=url, headers=api.headers, **options) as client:
            return [client.post("/products", json=NEW).status_code for _ in range(10)]

    with ThreadPoolExecutor(8) as threads:
        written = [threads.submit(write, number) for number in range(8)]
        while not all(each.done() for each in written):
            inventory.restore("start")
            inventory.calls(status=201)
    assert {status for each in written for status in each.result()} == {201}
    inventory.verify_calls(operation="createProduct", exactly=80)
    inventory.verify_calls(verdict="blocked", exactly=0)
