"""Words find the exchanges that are as they say, and no word is passed over."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from mock_server.journal.exchange import Exchange
from mock_server.journal.filters import WORDS, InvalidFilter, parse_filter
from mock_server.state.store import Change, State


def made_exchange(number, **properties):
    """An exchange of Cliniko with these properties, and an answer without a body."""
    origin = "http://localhost"
    path = properties.setdefault("path", "/cliniko/v1/products")
    defaults = {
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "api": "cliniko",
        "operation": "listProducts",
        "method": "GET",
        "origin": origin,
        "raw_path": path,
        "base_url": f"{origin}/cliniko/v1",
        "vendor_base": "/v1",
        "query": "",
        "request_headers": {},
        "request_body": b"",
        "status": 200,
        "response_headers": (),
        "response_body": b"",
        "verdict": "answered",
        "before": State(),
        "after": State(),
        "changes": (),
        "reads": (),
        "error": None,
        "violations": (),
        "problem": None,
        "fault": None,
        "sent": True,
    }
    return Exchange(number=number, **{**defaults, **properties})


@pytest.fixture(scope="module")
def find(vendors):
    """A function (words, exchanges) → the numbers of those that are as the words say."""
    specs = {vendor.api.name: vendor.spec for vendor in vendors}
    tables = {"cliniko.products": object(), "cliniko.taxes": object()}

    def numbers(words, exchanges=()):
        return [each.number for each in parse_filter(words, specs, tables).select(exchanges)]

    return numbers


EXCHANGES = [
    made_exchange(1, operation="listProducts", method="GET", path="/cliniko/v1/products"),
    made_exchange(
        2,
        operation="createProduct",
        method="POST",
        path="/cliniko/v1/products",
        status=201,
        request_body=b'{"name": "Cedar Balm"}',
        changes=(Change("cliniko.products", 12, None, object()),),
    ),
    made_exchange(
        3,
        operation="getProduct",
        method="GET",
        path="/cliniko/v1/products/12",
        reads=(("cliniko.products", 12),),
    ),
    made_exchange(
        4,
        operation="createProduct",
        method="POST",
        path="/cliniko/v1/products",
        status=422,
        verdict="refused",
        violations=("body name: is missing",),
        fault="rule-1: status 422",
    ),
]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", [1, 2, 3, 4]),
        ("status:4xx", [4]),
        ("status:201", [2]),
        ("operation:createProduct", [2, 4]),
        ("operation:createProduct status:4xx", [4]),
        ("-operation:createProduct", [1, 3]),
        ("METHOD:get", [1, 3]),
        ("path:/products/*", [3]),
        ("verdict:refused", [4]),
        ("api:cliniko after:1 before:4", [2, 3]),
        ("record:cliniko.products/12", [2, 3]),
        ("changed:cliniko.products/12", [2]),
        ("changed:cliniko.products", [2]),
        ("changed:cliniko.products/1", []),
        ("changed:cliniko.taxes", []),
        ("has:changes", [2]),
        ("has:fault has:violations", [4]),
        ("has:defect", []),
        ('"cedar balm"', [2]),
        ("BALM", [2]),
        ("-balm getproduct", [3]),
    ],
)
def test_an_exchange_is_as_every_word_says(find, words, expected):
    assert find(words, EXCHANGES) == expected


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("stats:4xx", "no word asks for 'stats'; did you mean status?"),
        ("operation:createProdct", "operation: there is no operation 'createProdct'; did you mean"),
        ("api:clinko", "api: there is no API 'clinko'; did you mean cliniko?"),
        ("status:abc", "status: 'abc' is not a status such as 404"),
        ("method:FETCH", "method: there is no method 'FETCH'"),
        ("path:products", "path: 'products' must begin with a slash"),
        ("verdict:refusd", "verdict: there is no verdict 'refusd'; did you mean refused?"),
        ("record:cliniko.product/1", "record: there is no table 'cliniko.product'; did you mean"),
        ("has:change", "has: no exchange has 'change'; did you mean changes?"),
        ("before:now", "before: 'now' is not the number of an exchange"),
        ('"balm', "has no closing quotation mark"),
        ("status:", "'status:'"),
    ],
)
def test_a_word_that_asks_for_what_there_is_not_says_what_was_meant(find, words, message):
    with pytest.raises(InvalidFilter) as refused:
        find(words)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_word_has_an_example_that_its_name_begins():
    assert [text.partition(":")[0] for text in WORDS.values()] == list(WORDS)


@pytest.mark.parametrize("words", ["status:5xx", "changed:cliniko.products/12", "nowhere"])
def test_a_hundred_thousand_exchanges_are_searched_in_a_fifth_of_a_second(find, words):
    bodies = [b"%d" % number * 100 for number in range(100)]
    exchanges = [made_exchange(number, response_body=bodies[number]) for number in range(100)]
    exchanges *= 1000
    began = time.process_time()
    assert find(words, exchanges) == []
    assert time.process_time() - began < 0.2
