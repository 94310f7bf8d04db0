"""Records one by one, what control did to them, and how a past state is exported."""

from __future__ import annotations

import pytest

from mock_server.control.client import ControlError


@pytest.fixture
def shop(control, cliniko):
    """A sandbox in which one product was made, sold and forgotten."""
    sandbox = control.create("test-a", persona="empty")
    client = cliniko("test-a")
    tax = client.post("/taxes", json={"name": "GST", "rate": 10}).json()["id"]
    for name in ("Balm", "balsam", "Oil"):
        client.post("/products", json={"name": name, "tax_id": tax, "stock_level": 5})
    sale = {"product_id": "1", "quantity": -2, "adjustment_type": "Item Sold"}
    client.post("/stock_adjustments", json=sale).raise_for_status()
    return sandbox


def test_tables_have_their_records_and_the_operations_that_change_them(shop):
    tables = {each["name"]: each for each in shop.records.tables()}
    assert tables["cliniko.products"]["records"] == 3
    done = {each["does"]: each["operation"] for each in tables["cliniko.products"]["operations"]}
    assert done["create"] == "createProduct"
    assert {"update", "archives"} <= done.keys()


def test_records_are_searched_sorted_and_paged(shop):
    found = shop.records.page("cliniko.products", "BAL", sort="-id", limit=1)
    assert (found["total"], [each["key"] for each in found["records"]]) == (2, [2])
    found = shop.records.page("cliniko.products", "BAL", sort="-id", offset=1)
    assert [each["record"]["name"] for each in found["records"]] == ["Balm"]
    with pytest.raises(ControlError, match="did you mean name"):
        shop.records.page("cliniko.products", sort="nme")
    with pytest.raises(ControlError, match=r"did you mean cliniko\.products"):
        shop.records.page("cliniko.product")


def test_a_record_has_its_history_what_it_names_and_what_names_it(shop):
    found = shop.records.get("cliniko.products", 1)
    assert [each["operation"] for each in found["history"]] == [
        "createStockAdjustment",
        "createProduct",
    ]
    assert found["history"][0]["changes"][0]["fields"]["stock_level"] == {"before": 5, "after": 3}
    assert {"place": "tax_id", "table": "cliniko.taxes", "key": 1} in found["references"]
    assert [each["table"] for each in found["referred_by"]] == ["cliniko.stock_adjustments"]
    assert found["shown"]["name"] == "Balm"
    assert {
        "does": "archives",
        "operation": "archiveProduct",
        "path": {"id": "1"},
        "query": {},
    } in (found["operations"])
    with pytest.raises(ControlError, match=r"record of cliniko\.products"):
        shop.records.get("cliniko.products", 9)


def test_a_record_that_was_removed_is_found_by_its_history(shop, cliniko):
    cliniko("test-a").delete("/taxes/1").raise_for_status()
    found = shop.records.get("cliniko.taxes", 1)
    assert found["record"] is None
    assert [each["changes"][0]["change"] for each in found["history"]] == ["removed", "created"]


def test_what_was_before_an_exchange_is_exported(shop):
    before, now = shop.export(at="before:5"), shop.export()
    levels = [
        {each["name"]: each["stock_level"] for each in document["apis"]["cliniko"]["products"]}
        for document in (before, now)
    ]
    assert [each["Balm"] for each in levels] == [5, 3]


def test_a_sandbox_has_its_number_of_records_and_its_last_call(shop, control):
    view = shop.look()
    assert view.records == sum(each["records"] for each in shop.records.tables())
    assert view.last_call["operation"] == "createStockAdjustment"
    assert control.create("test-b").look().last_call is None


def test_what_control_did_is_listed_in_its_order_until_a_reset(shop):
    shop.snapshot("one")
    shop.freeze()
    rule = shop.add_fault({"effects": [{"kind": "status", "status": 503}], "times": 1})
    shop.pause_fault(rule)
    shop.remove_fault(rule)
    shop.clear_faults()
    shop.fork("test-b")
    shop.restore("one")
    shop.rewind(5)
    shop.seed(shop.export())
    actions = shop.actions()
    assert [each["kind"] for each in actions] == [
        "snapshot", "clock", "fault", "fault", "fault", "fault", "fork", "state", "state", "seed",
    ]  # fmt: skip
    assert [each["number"] for each in actions] == list(range(1, 11))
    assert {each["after"] for each in actions} == {5}
    shop.reset()
    assert shop.actions() == []


def test_a_paused_rule_meets_no_call_until_it_is_resumed(shop, cliniko):
    rule = shop.add_fault({"effects": [{"kind": "status", "status": 429}], "times": 1})
    assert shop.pause_fault(rule)["paused"]
    assert cliniko("test-a").get("/products").status_code == 200
    assert not shop.pause_fault(rule, paused=False)["paused"]
    assert [cliniko("test-a").get("/products").status_code for _ in range(2)] == [429, 200]
    with pytest.raises(ControlError, match="fault rule"):
        shop.pause_fault("rule-9")


def test_exchanges_are_searched_by_words_the_newest_first(shop):
    found = shop.evidence.search("changed:cliniko.products")
    assert (found["total"], [each["number"] for each in found["exchanges"]]) == (4, [5, 4, 3, 2])
    assert [each["number"] for each in shop.evidence.search(limit=2)["exchanges"]] == [5, 4]
    assert found["exchanges"][0]["changes"][-1]["change"] == "updated"
    with pytest.raises(ControlError, match="did you mean createProduct"):
        shop.evidence.search("operation:createProdct")


def test_the_apis_say_where_they_are_and_what_is_covered(control):
    (api,) = control.apis()
    assert (api["name"], api["path"]) == ("cliniko", "/cliniko/v1")
    assert api["first_call"].endswith(f"{api['base_url']}/products")
    assert api["coverage"]["operations"] == 25
    assert api["credentials"][0]["value"].startswith("Basic ")
