"""Evidence: what is shown, found, verified and explained of a sandbox's past."""

from __future__ import annotations

import json

import httpx
import pytest

from mock_server.journal.explain import explain, used_parts
from mock_server.journal.har import har
from mock_server.journal.journal import EvidenceDropped
from mock_server.journal.search import Query, contains, find_calls
from mock_server.journal.verify import (
    CallExpectation,
    EffectsExpectation,
    ExpectedEffect,
    Unmet,
    verify_calls,
    verify_effects,
    verify_order,
)
from mock_server.journal.views import exchange_view, line


@pytest.fixture
def shop(serve, client_of):
    """A Cliniko account in which one product was made, sold from, and asked for wrongly."""
    server = serve("cliniko")
    client = client_of(server, "cliniko", auth=("test-evidence", ""))
    made = client.post("/products", json={"name": "Balm", "stock_level": 5, "tax_id": "1"})
    number = made.json()["id"]
    sale = {"product_id": number, "quantity": -2, "adjustment_type": "Item Sold"}
    client.post("/stock_adjustments", json=sale)
    client.get("/products/999999")
    client.post("/products", json={"name": ""})
    return server, client, int(number)


def sandbox_of(shop):
    sandbox = shop[0].sandbox("test-evidence")
    assert sandbox is not None
    return sandbox


def test_every_exchange_is_in_the_journal_with_what_it_changed(shop):
    exchanges = list(sandbox_of(shop).journal)
    assert [exchange.operation for exchange in exchanges] == [
        "createProduct",
        "createStockAdjustment",
        "getProduct",
        "createProduct",
    ]
    assert [exchange.verdict for exchange in exchanges] == [
        "answered",
        "answered",
        "refused",
        "refused",
    ]
    assert [len(exchange.changes) for exchange in exchanges] == [1, 2, 0, 0]
    assert exchanges[3].violations
    assert exchanges[2].error == "RecordNotFound"


def test_what_is_shown_has_no_credential(shop):
    view = json.dumps([exchange_view(exchange) for exchange in sandbox_of(shop).journal])
    assert "Basic " not in view
    assert "[redacted]" in view


def test_a_token_in_a_body_is_not_shown(serve, client_of):
    server = serve("exsited")
    client = client_of(server, "exsited")
    body = {
        "grant_type": "client_credentials",
        "client_id": "test-secret",
        "client_secret": "hush",
        "redirect_uri": "https://example.com/",
    }
    token = client.post("/api/v1/oauth2/token", json=body).json()["access_token"]
    (exchange,) = server.sandbox("test-secret").journal
    shown = json.dumps(exchange_view(exchange)) + json.dumps(har([exchange], {}))
    assert token not in shown
    assert "hush" not in shown


def test_what_opens_no_sandbox_is_with_the_unattributed(serve, client_of):
    server = serve("cliniko")
    client_of(server, "cliniko", auth=("nobody", "")).get("/products")
    (exchange,) = server.sandboxes.unattributed.journal
    assert (exchange.status, exchange.error) == (401, "Unauthenticated")


def test_an_unknown_path_is_in_the_journal_of_whoever_asked(shop):
    shop[1].get("/nothing")
    *_, last = sandbox_of(shop).journal
    assert (last.operation, last.status, last.error) == (None, 404, "RouteNotFound")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (Query(), 4),
        (Query(operation="createProduct"), 2),
        (Query(method="post", status=201), 2),
        (Query(status="4xx"), 2),
        (Query(path="/products/*"), 1),
        (Query(api="built"), 0),
        (Query(verdict="refused"), 2),
        (Query(json={"quantity": -2}), 1),
        (Query(json={"quantity": -3}), 0),
        (Query(body_contains="Balm"), 1),
    ],
)
def test_exchanges_are_found_by_what_they_are_like(shop, query, count):
    assert len(find_calls(sandbox_of(shop).journal, query)) == count


def test_a_json_value_contains_what_it_has_at_the_same_place():
    assert contains({"a": [1, {"b": 2, "c": 3}]}, {"a": [1, {"b": 2}]})
    assert not contains({"a": [1, 2]}, {"a": [1]})
    assert not contains({"a": True}, {"a": 1})
    assert not contains([], {})


def test_calls_are_counted(shop):
    journal = sandbox_of(shop).journal
    verify_calls(journal, [CallExpectation(Query(operation="createProduct"), exactly=2)])
    verify_calls(journal, [CallExpectation(Query(operation="createProduct"), at_most=2)])
    verify_calls(journal, [CallExpectation(Query(operation="deleteProduct"), exactly=0)])
    with pytest.raises(Unmet, match="expected exactly 1 call with operation='createProduct'"):
        verify_calls(journal, [CallExpectation(Query(operation="createProduct"), exactly=1)])
    with pytest.raises(Unmet, match="there were 0"):
        verify_calls(journal, [CallExpectation(Query(operation="deleteProduct"))])


def test_calls_are_verified_in_order(shop):
    journal = sandbox_of(shop).journal
    made, sold = Query(operation="createProduct"), Query(operation="createStockAdjustment")
    verify_order(journal, [made, sold, made])
    with pytest.raises(Unmet, match="number 2 of 2 in order"):
        verify_order(journal, [sold, sold])


def test_effects_are_verified_from_the_first_to_the_last_state(shop):
    sandbox, number = sandbox_of(shop), shop[2]
    sold = ExpectedEffect(
        "cliniko.products", number, field="stock_level", before=5, after=3, times=1
    )
    verify_effects(sandbox, EffectsExpectation([sold]), since=1)
    made = ExpectedEffect("cliniko.products", number, change="created")
    adjusted = ExpectedEffect(
        "cliniko.stock_adjustments", _last(sandbox, "cliniko.stock_adjustments"), change="created"
    )
    verify_effects(sandbox, EffectsExpectation([made, adjusted], exclusive=True))
    verify_effects(sandbox, EffectsExpectation([sold, adjusted], exclusive=True), since=1)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"after": 4}, "it went from 5 to 3"),
        ({"times": 2}, "1 exchanges did it"),
        ({"key": 1}, "it did not change"),
        ({"change": "removed"}, "it was updated"),
        ({"field": "name"}, "only "),
    ],
)
def test_an_effect_that_was_not_so_is_told_as_it_was(shop, changed, complaint):
    sandbox, number = sandbox_of(shop), shop[2]
    known = {
        "table": "cliniko.products",
        "key": number,
        "field": "stock_level",
        "before": 5,
        "after": 3,
    }
    with pytest.raises(Unmet, match=complaint):
        verify_effects(
            sandbox, EffectsExpectation([ExpectedEffect(**{**known, **changed})]), since=1
        )


def test_an_exclusive_expectation_sees_what_else_changed(shop):
    sandbox, number = sandbox_of(shop), shop[2]
    sold = ExpectedEffect("cliniko.products", number, field="stock_level", before=5, after=3)
    with pytest.raises(Unmet, match=r"nothing else to change, but: cliniko\.stock_adjustments"):
        verify_effects(sandbox, EffectsExpectation([sold], exclusive=True), since=1)


def test_a_question_about_dropped_evidence_is_refused(shop):
    sandbox = sandbox_of(shop)
    sandbox.journal.limit = 1
    shop[1].get("/products")
    assert len(sandbox.journal) == 1
    with pytest.raises(EvidenceDropped):
        verify_calls(sandbox.journal, [CallExpectation(Query(), at_most=100)])
    with pytest.raises(EvidenceDropped):
        verify_effects(sandbox, EffectsExpectation(exclusive=True))
    verify_calls(sandbox.journal, [CallExpectation(Query(), exactly=1)], since=4)


@pytest.mark.parametrize(
    "asked",
    [
        {"headers": {"x-trace": "t" * 20_000}, "url": "/taxes"},
        {"params": {"q[]": "name:~" + "n" * 20_000}, "url": "/products"},
        {"json": {"name": "n" * 20_000}, "url": "/products", "method": "POST"},
    ],
)
def test_a_journal_counts_all_that_may_be_long_in_a_request(shop, asked):
    journal = sandbox_of(shop).journal
    journal.limit = 100_000
    for _ in range(12):
        shop[1].request(**{"method": "GET", **asked})
    assert 2 <= len(journal) <= 5
    assert journal.size <= journal.limit


def test_what_a_program_sends_over_and_over_is_held_once(shop):
    for _ in range(2):
        shop[1].get("/products")
    one, other = list(sandbox_of(shop).journal)[-2:]
    assert one.request_headers is other.request_headers
    assert one.response_headers[0] is other.response_headers[0]


def test_headers_that_come_twice_are_one(shop):
    request = shop[1].build_request("GET", "/products")
    pairs = [("x-a", "1"), ("X-A", "2"), ("cookie", "a=1"), ("cookie", "b=2")]
    request.headers = httpx.Headers([*request.headers.raw, *pairs])
    shop[1].send(request)
    headers = list(sandbox_of(shop).journal)[-1].request_headers
    assert (headers["x-a"], headers["cookie"]) == ("1, 2", "a=1; b=2")


def test_a_har_has_an_entry_for_each_exchange(shop):
    document = har(sandbox_of(shop).journal, {})
    assert document["log"]["version"] == "1.2"
    entries = document["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [201, 201, 404, 422]
    assert entries[0]["request"]["postData"]["mimeType"] == "application/json"
    assert entries[0]["request"]["url"].endswith("/cliniko/v1/products")


def test_a_refusal_is_explained_with_its_violations_and_sources(shop):
    server = shop[0]
    spec = server.vendors[0].spec
    exchange = sandbox_of(shop).journal.get(4)
    said = explain(exchange, spec)
    assert said["summary"].startswith("createProduct was refused with 422 (InvalidRequest) for ")
    assert said["operation"]["path"] == "/products"
    marks = {each["part"]: each["basis"] for each in said["provenance"]}
    assert marks["operation createProduct"] == "documented"
    assert marks["property name"] == "inferred"
    assert marks["answer 422"] == "documented"


def test_an_answer_is_explained_with_what_was_read_and_written(shop):
    said = explain(sandbox_of(shop).journal.get(2), shop[0].vendors[0].spec)
    assert {"table": "cliniko.products", "key": shop[2]} in said["read"]
    assert {change["change"] for change in said["changed"]} == {"created", "updated"}
    assert said["kept"] is True


def test_what_a_call_used_is_what_it_sent_and_got(shop):
    spec = shop[0].vendors[0].spec
    used = used_parts(sandbox_of(shop).journal.get(3), spec)
    assert {part.provenance.basis for part in used} == {"documented", "inferred"}


def test_an_exchange_in_one_line_says_what_was_special(shop):
    lines = [line(exchange) for exchange in sandbox_of(shop).journal]
    assert lines[0].endswith("/cliniko/v1/products 201 (1 changes)")
    assert lines[2].endswith("404 (refused)")


def _last(sandbox, table):
    return max(key for key, _ in sandbox.state.collections[table].items())
