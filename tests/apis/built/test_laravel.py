"""Requests are read as a real Laravel 8 read them, which was asked beside the mock."""

from __future__ import annotations

from datetime import date
from json import dumps
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.openapi import php

NEW = {"name": "New", "type": "product", "unit_price": "5"}
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
ADJUSTMENT = {
    "type": "increase",
    "account_id": 4,
    "item_id": 1,
    "quantity": 1,
    "unit_price": 1,
    "amount": 1,
    "date": "2024-11-12",
    "adjustment_quantity": 1,
}


def parts(fields):
    """A multipart form of texts."""
    head = "--b\r\nContent-Disposition: form-data; name="
    lines = [f'{head}"{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    return "".join([*lines, "--b--\r\n"])


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (dumps(NEW), "application/json"),
        (dumps(NEW), "application/json; charset=iso-8859-1"),
        (dumps(NEW), "text/json"),
        (dumps(NEW), "application/vnd.api+json"),
        (urlencode(NEW), FORM),
        (urlencode(NEW), f"{FORM}; charset=utf-8"),
        (parts(NEW), MULTIPART),
        (parts(NEW).removesuffix("--b--\r\n"), MULTIPART),
    ],
)
def test_json_and_forms_are_read(client, content, media_type):
    answer = client.post("/api/v3/items", content=content, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["unit_price"]) == (200, "5.00")


@pytest.mark.parametrize(
    "media_type", [None, "text/plain", "application/xml", "multipart/form-data"]
)
def test_a_body_of_any_other_type_has_no_fields(client, media_type):
    headers = {} if media_type is None else {"Content-Type": media_type}
    answer = client.post("/api/v3/items", content=dumps(NEW), headers=headers)
    assert (answer.status_code, set(answer.json()["errors"])) == (422, set(NEW))
    assert client.post("/api/v3/items/2/archive", content="x", headers=headers).status_code == 200


def test_a_query_counts_as_input_and_a_body_comes_before_it(client):
    answer = client.post(f"/api/v3/items?{urlencode(NEW)}&name=%20Query%20&quantity=3", json={})
    assert (answer.json()["name"], answer.json()["quantity"]) == ("Query", 3)
    answer = client.post(f"/api/v3/items?{urlencode(NEW)}", json={"name": "Body"})
    assert (answer.status_code, answer.json()["name"]) == (200, "Body")
    answer = client.post(f"/api/v3/items?{urlencode(NEW)}", json={"name": ""})
    assert answer.json()["errors"] == {"name": ["The name field is required."]}


def test_a_forms_names_lead_into_lists(client):
    form = {"product_id": "2", "date": "2024-11-12", "adjustment_quantity": "2"}
    for nth, number in enumerate((1, 3)):
        used = {"id": number, "name": "x", "usedQuantity": ".5", "unit_cost": 1}
        for name, value in {**used, "inventory_accountID": 1}.items():
            form[f"materials[{nth}][{name}]"] = value
    answer = client.post("/api/v3/items/adjust/from-production", data=form)
    assert (answer.status_code, answer.content) == (200, b"")
    listed = client.get("/api/v3/items/2/raw-materials").json()
    assert [each["id"] for each in listed] == [1, 3]
    items = client.post("/api/items/bulk", data={"items": dumps([{"name": " Form "}])}).json()
    assert [each["name"] for each in items] == ["Form"]


def test_names_with_endless_places_are_left_out(client):
    form = {**NEW, "a" + "[b]" * 3000: "x", "[": "x", "quantity[]": "1"}
    answer = client.post("/api/v3/items", data=form)
    assert answer.json()["errors"] == {"quantity": ["The quantity must be a number."]}


def test_fields_past_the_thousandth_are_dropped(client):
    form = "&".join(["a=1"] * 997 + ["name=Past", "type=product", "unit_price=1", "quantity=x"])
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/api/v3/items", content=form, headers=headers)
    assert answer.json()["name"] == "Past"


@pytest.mark.parametrize(
    ("text", "price"),
    [(" 5 ", "5.00"), ("+5", "5.00"), ("5.", "5.00"), (".5", "0.50"), ("1e3", "1000.00"),
     ("-0", "0.00"), ("0005", "5.00"), ("1E-2", "0.01"), ("\t7\n", "7.00"), ("0.5e1", "5.00")],
)  # fmt: skip
def test_numbers_are_taken_as_php_takes_them(client, text, price):
    answer = client.post("/api/v3/items", json={**NEW, "unit_price": text, "quantity": text})
    assert (answer.status_code, answer.json()["unit_price"]) == (200, price)
    entry = {"name": "Imported", "unit_cost": text}
    made = client.post("/api/items/bulk", json={"items": dumps([entry])}).json()
    assert f"{made[0]['unit_price']:.2f}" == price


@pytest.mark.parametrize(
    "text", ["1e", "0x1A", "1,5", "\u0661", "1 2", "--1", ".", "five", "1_000"]
)
def test_what_is_no_number_to_php_is_refused(client, text):
    answer = client.post("/api/v3/items", json={**NEW, "unit_price": text})
    assert answer.json()["errors"] == {"unit_price": ["The unit price must be a number."]}


@pytest.mark.parametrize(
    ("number", "status"),
    [(" 1 ", 200), ("+1", 200), ("-1", 302), ("0", 302), (1.0, 200), (-1, 302)],
)
def test_ids_are_whole_numbers_as_php_takes_them(client, number, status):
    answer = client.post("/api/v3/items/adjust", json={**ADJUSTMENT, "item_id": number})
    assert answer.status_code == status


@pytest.mark.parametrize(
    "text",
    ["2024-11-12 08:00:00", "11/12/2024", "2024/11/12", "20241112", "12 Nov 2024", " 2024-11-12 ",
     "2024-11-12T08:00:00Z", "2024-11-12T00:00:00.000000Z", "12-11-2024", "12.11.2024",
     "November 12th, 2024", "Tue, 12 Nov 2024 08:00:00 +0000", "Tue Nov 12 2024 08:00:00 GMT+0000",
     "2024-11-12 8:30 pm", "20241112T080000", "2024-11-12 08:00 Africa/Accra", "24-11-12",
     "@1731398400", "2024W462", "2024-Nov-12", "2024-11-11 24:00"],
)  # fmt: skip
def test_dates_are_taken_as_strtotime_takes_them(client, text):
    answer = client.post("/api/v3/items/adjust", json={**ADJUSTMENT, "date": text})
    assert (answer.status_code, answer.json()["date"]) == (200, "2024-11-12")
    shown = client.get("/api/v3/items/1/transactions", params={"from": text, "to": text}).json()
    assert shown["from"] == shown["to"] == "2024-11-12T00:00:00.000000Z"


def test_the_bounds_of_an_answer_can_be_sent_back(client):
    asked = {"from": "2024-01-01", "to": "2030-01-01"}
    first = client.get("/api/v3/items/1/transactions", params=asked).json()
    again = {"from": first["from"], "to": first["to"]}
    assert client.get("/api/v3/items/1/transactions", params=again).json() == first


@pytest.mark.parametrize(
    "text",
    ["0000-01-01", "-001-01-01", "0000-12-31T00:00:00Z", "2024-02-30", "2023-02-29", "2024-13-01",
     "2024-00-10", "31/12/2024", "tomorrow", "12 Nov", "2024", "08:00", "2024-11-12x", "x",
     "2024-11-12 25:00", "2024-11-12 08:00 Nowhere/City", "9999-12-31 24:00", "\uff12024-11-12"],
)  # fmt: skip
def test_what_names_no_day_is_refused(client, state, text):
    before = state()
    for name in ("from", "to"):
        refused = client.get("/api/v3/items/1/transactions", params={name: text})
        expected = {name: [f"The {name} is not a valid date."]}
        assert (refused.status_code, refused.json()["errors"]) == (422, expected)
    refused = client.post("/api/v3/items/adjust", json={**ADJUSTMENT, "date": text})
    assert refused.json()["errors"] == {"date": ["The date is not a valid date."]}
    assert state() is before


@given(st.text(st.sampled_from("0123456789-/:. TZ+eE\tNov,@W"), max_size=20))
def test_what_a_format_lets_pass_is_what_the_code_reads(text):
    found = php.day(text)
    assert found is None or found.year >= 1
    number, whole = php.number(text), php.whole(text)
    assert whole is None or number == whole


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_in_its_usual_spellings(day):
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %B %Y", "%Y-%m-%dT%H:%M:%SZ", "%Y%m%d"):
        assert php.day(day.strftime(form)) == day


@pytest.mark.parametrize("value", [True, False, 0, 1, "0", "1", " 1 ", None, ""])
def test_flags_are_laravels(client, value):
    made = client.post("/api/v3/items", json={**NEW, "taxed": value}).json()
    assert made["taxed"] is (str(value).strip() in {"True", "1"})


def test_every_text_is_trimmed_and_empty_text_is_nothing(client):
    fields = {"name": " A ", "type": " product ", "description": "\t \n", "code": "\0 C1\x0b"}
    made = client.post("/api/v3/items", json={**NEW, **fields, "category_id": " "}).json()
    assert (made["name"], made["type"], made["description"], made["code"]) == (
        "A",
        "product",
        "",
        "C1",
    )


@pytest.mark.parametrize("value", [[], {}])
def test_an_empty_object_is_an_empty_list(client, value):
    answer = client.post("/api/v3/items", json={**NEW, "unit_price": value})
    assert answer.json()["errors"] == {"unit_price": ["The unit price field is required."]}
    answer = client.post("/api/v3/items", json={**NEW, "selling_price": value})
    assert answer.json()["errors"] == {"selling_price": ["The selling price must be a number."]}
    assert client.post("/api/items/bulk", json={"items": dumps(value)}).json() == []


def test_an_object_that_counts_from_zero_is_a_list(client):
    used = {"id": 1, "name": "x", "usedQuantity": 1, "unit_cost": 1, "inventory_accountID": 1}
    body = {"product_id": 2, "date": "2024-11-12", "adjustment_quantity": 1}
    body["materials"] = {"0": used, "1": used}
    assert client.post("/api/v3/items/adjust/from-production", json=body).status_code == 200


@pytest.mark.parametrize(
    ("page", "number"),
    [("2", 2), (" 2 ", 2), ("+2", 2), ("02", 1), ("0", 1), ("-1", 1), ("2.0", 1), ("two", 1),
     ("", 1),     (str(2**63), 1)],
)  # fmt: skip
def test_pages_are_whole_numbers_as_php_takes_them(client, page, number):
    assert client.get("/api/v3/items", params={"page": page}).json()["current_page"] == number


@pytest.mark.parametrize("query", ["utm=%E9", "page=%FF", "page=%00", "a=%ED%A0%80"])
def test_a_query_that_is_no_utf8_is_no_error(client, query):
    assert client.get(f"/api/v3/items?{query}").json()["current_page"] == 1


def test_any_page_may_call_as_laravels_own_settings_have_it(client):
    headers = {"Origin": "http://a.test", "Access-Control-Request-Method": "POST"}
    answer = client.options("/api/v3/items", headers=headers)
    allowed = answer.headers["access-control-allow-origin"]
    assert (answer.status_code, allowed) == (204, "*")
    assert client.get("/api/v3/items").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.get("/printallpitems").headers
