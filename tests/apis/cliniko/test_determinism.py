"""The same seed, the same clock and the same requests give the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mock_server.settings import Settings

NOON = datetime(2026, 3, 4, 12, 0, 0, 123_456, tzinfo=UTC)
CALLS = [
    ("GET", "/products", None),
    ("GET", "/products?sort=name:desc&per_page=9&page=3&q[]=archived_at:*", None),
    ("POST", "/products", {"name": "Oil", "price": 9.95, "tax_id": "3"}),
    ("POST", "/products", {"name": "", "tax_id": "x", "stock_level": "many"}),
    ("POST", "/products", {"name": "Tea", "product_supplier_name": "Pellborough Import"}),
    ("PATCH", "/products/61", {"stock_level": 3, "price_includes_tax": True}),
    ("PUT", "/products/62", {"product_supplier_name": "Wexcombe & Sons"}),
    (
        "POST",
        "/stock_adjustments",
        {"product_id": "61", "quantity": 4, "adjustment_type": "Returned"},
    ),
    ("GET", "/stock_adjustments?sort=id:desc&per_page=4", None),
    ("GET", "/product_suppliers?q[]=name:~wex", None),
    ("DELETE", "/products/1", None),
    ("POST", "/products/2/archive", None),
    ("GET", "/products/1?q[]=archived_at:*", None),
    ("GET", "/products/1", None),
    ("PUT", "/products", {}),
    ("GET", "/products?q[]=archived_at:?", None),
]


def transcript(server, client_of, key="test"):
    """Every answer to the calls, to the byte, with the clock moved on between them."""
    client = client_of(server, "cliniko", auth=(key, ""))
    answers = []
    for method, path, body in CALLS:
        answer = (
            client.request(method, path, json=body)
            if body is not None
            else client.request(method, path)
        )
        answers.append((answer.status_code, sorted(answer.headers.raw), answer.content))
        if server.sandbox(key) is not None:
            server.sandbox(key).clock.advance(timedelta(seconds=7))
    return answers


def test_two_servers_answer_the_same_calls_with_the_same_bytes(serve, client_of):
    first, second = (transcript(serve("cliniko", seed=42, clock=NOON), client_of) for _ in "ab")
    assert first == second
    assert {status for status, _, _ in first} == {200, 201, 204, 404, 405, 422}


def test_two_sandboxes_of_one_server_are_alike_as_well(serve, client_of):
    server = serve("cliniko", clock=NOON)
    first = transcript(server, client_of, "test-1")
    assert transcript(server, client_of, "test-2") == first


def test_what_other_sandboxes_do_in_between_makes_no_difference(serve, client_of):
    alone = transcript(serve("cliniko", clock=NOON), client_of)
    server = serve("cliniko", clock=NOON)
    other = client_of(server, "cliniko", auth=("test.empty-other", ""))
    for _ in range(5):
        other.post("/products", json={"name": "Noise", "product_supplier_name": "Noise"})
    assert transcript(server, client_of) == alone


@pytest.mark.parametrize("change", [{"seed": 43}, {"clock": NOON + timedelta(hours=1)}])
def test_another_seed_or_another_time_gives_other_answers(serve, client_of, change):
    options = {"seed": 42, "clock": NOON}
    assert Settings(**options) != Settings(**{**options, **change})
    first = transcript(serve("cliniko", **options), client_of)
    assert transcript(serve("cliniko", **{**options, **change}), client_of) != first
