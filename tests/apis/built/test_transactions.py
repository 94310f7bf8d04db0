"""Sales and purchases of an item."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from json import loads

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def read(client, path):
    return loads(client.get(path).text, parse_float=Decimal)


@pytest.fixture
def busy(client):
    """The number of an item that was bought once and sold more than once."""
    for number in range(1, 60):
        lines = client.get(f"/api/v3/items/{number}/transactions").json()["transactions"]
        if lines["purchase"] and len(lines["sales"]) > 1:
            return number
    raise AssertionError("no such item")


def test_totals_add_up(client):
    sums = []
    for number in range(1, 61):
        body = read(client, f"/api/v3/items/{number}/transactions")
        lines = body["transactions"]
        assert body["total_sales"] == sum(line["amount"] for line in lines["sales"])
        assert body["total_purchases"] == sum(line["amount"] for line in lines["purchase"])
        assert body["total_margin"] == body["total_sales"] - body["total_purchases"]
        assert (body["from"], body["to"]) == (None, None)
        for line in lines["sales"]:
            assert line["amount"] == line["quantity"] * line["unit_price"] == line["amount_due"]
            assert line["fx_amount"] == line["amount"] * line["rate"]
            assert (line["fx_currency"] == line["base_currency"]) == (line["rate"] == 1)
        for line in lines["purchase"]:
            assert line["amount"] == line["quantity"] * line["unit_price"] == line["fx_amount"]
        sums.append(body["total_sales"])
    assert sum(total > 0 for total in sums) > 20


def test_from_and_to_are_days_that_both_count(client, busy):
    path = f"/api/v3/items/{busy}/transactions"
    everything = read(client, path)["transactions"]
    days = sorted(line["issue_date"] for kind in everything.values() for line in kind)
    first, last = days[0], days[-1]
    assert first < last

    def shown(query):
        body = read(client, f"{path}?{query}")
        found = body["transactions"]
        assert body["total_margin"] == body["total_sales"] - body["total_purchases"]
        return sorted(line["issue_date"] for kind in found.values() for line in kind)

    assert shown(f"from={first}&to={last}") == days
    assert shown(f"from={last}") == [day for day in days if day >= last]
    assert shown(f"to={first}") == [day for day in days if day <= first]
    assert shown(f"from={last}&to={first}") == []
    assert shown("from=&to=") == days
    body = read(client, f"{path}?from={first}")
    assert (body["from"], body["to"]) == (f"{first}T00:00:00.000000Z", None)


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("from=yesterday", {"from": ["The from is not a valid date."]}),
        ("to=2024-02-30", {"to": ["The to is not a valid date."]}),
        (
            "from=x&to=y",
            {"from": ["The from is not a valid date."], "to": ["The to is not a valid date."]},
        ),
    ],
)
def test_what_is_no_day_is_refused(client, query, errors):
    answer = client.get(f"/api/v3/items/1/transactions?{query}")
    assert (answer.status_code, answer.json()["errors"]) == (422, errors)


def test_details_report_the_present_day(client, sandbox, busy):
    body = read(client, f"/api/item/{busy}")
    assert (body["from"], body["to"]) == ("2026-03-02T00:00:00.000000Z",) * 2
    assert body["transactions"] == {"sales": [], "purchase": []}
    sale = read(client, f"/api/v3/items/{busy}/transactions")["transactions"]["sales"][0]
    issued = datetime.fromisoformat(f"{sale['issue_date']}T12:00:00+00:00")
    sandbox.clock.set(issued + timedelta(hours=3))
    body = read(client, f"/api/item/{busy}")
    assert body["from"] == f"{sale['issue_date']}T00:00:00.000000Z"
    assert sale in body["transactions"]["sales"]
    assert body["total_sales"] >= sale["amount"]


DAYS = st.dates(date(2024, 12, 1), date(2026, 2, 1)) | st.none()


@given(number=st.integers(1, 60), first=DAYS, last=DAYS)
@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
def test_any_time_shows_just_what_was_issued_in_it(client, number, first, last):
    path = f"/api/v3/items/{number}/transactions"
    bounds = {"from": first, "to": last}
    query = {name: str(day) for name, day in bounds.items() if day is not None}
    whole = read(client, path)["transactions"]
    body = loads(client.get(path, params=query).text, parse_float=Decimal)
    for kind, lines in whole.items():
        assert body["transactions"][kind] == [
            line
            for line in lines
            if (first is None or str(first) <= line["issue_date"])
            and (last is None or line["issue_date"] <= str(last))
        ]
    sold = sum(line["amount"] for line in body["transactions"]["sales"])
    bought = sum(line["amount"] for line in body["transactions"]["purchase"])
    assert (body["total_sales"], body["total_purchases"]) == (sold, bought)
    assert body["total_margin"] == sold - bought
