"""The paginator pages as Laravel's does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.apis.built.pages import PER_PAGE, page, page_number, window

URL = "https://mock.test/api/v2/items"


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (None, 1),
        ("", 1),
        ("0", 1),
        ("-3", 1),
        ("x", 1),
        ("2.0", 1),
        ("1e2", 1),
        (" 7 ", 7),
        ("+7", 7),
        ("9223372036854775807", 9223372036854775807),
        ("9223372036854775808", 1),
        ("9" * 5000, 1),
    ],
)
def test_what_is_no_page_is_the_first(asked, number):
    assert page_number(asked) == number


@pytest.mark.parametrize(
    ("current", "last", "numbers"),
    [
        (1, 1, "1"),
        (1, 4, "1 2 3 4"),
        (13, 13, "1 2 3 4 5 6 7 8 9 10 11 12 13"),
        (1, 14, "1 2 3 4 5 6 7 8 9 10 ... 13 14"),
        (7, 14, "1 2 3 4 5 6 7 8 9 10 ... 13 14"),
        (8, 14, "1 2 ... 5 6 7 8 9 10 11 12 13 14"),
        (7, 20, "1 2 3 4 5 6 7 8 9 10 ... 19 20"),
        (8, 20, "1 2 ... 5 6 7 8 9 10 11 ... 19 20"),
        (13, 20, "1 2 ... 10 11 12 13 14 15 16 ... 19 20"),
        (14, 20, "1 2 ... 11 12 13 14 15 16 17 18 19 20"),
        (20, 20, "1 2 ... 11 12 13 14 15 16 17 18 19 20"),
        (99, 20, "1 2 ... 11 12 13 14 15 16 17 18 19 20"),
    ],
)
def test_the_window_of_links(current, last, numbers):
    shown = ["..." if number is None else str(number) for number in window(current, last)]
    assert shown == numbers.split()


def test_the_frame_of_the_documents_sample():
    frame = page(range(78), None, URL, lambda row: {"id": row})
    assert frame["links"][0] == {"url": None, "label": "&laquo; Previous", "active": False}
    assert frame["links"][1] == {"url": f"{URL}?page=1", "label": "1", "active": True}
    assert frame["links"][-1] == {"url": f"{URL}?page=2", "label": "Next &raquo;", "active": False}
    assert len(frame["links"]) == 6
    rest = {name: frame[name] for name in frame if name not in {"data", "links"}}
    assert rest == {
        "current_page": 1,
        "first_page_url": f"{URL}?page=1",
        "from": 1,
        "last_page": 4,
        "last_page_url": f"{URL}?page=4",
        "next_page_url": f"{URL}?page=2",
        "path": URL,
        "per_page": 20,
        "prev_page_url": None,
        "to": 20,
        "total": 78,
    }


def test_a_page_past_the_end_is_empty():
    frame = page(range(25), "7", URL, lambda row: {"id": row})
    assert (frame["data"], frame["from"], frame["to"]) == ([], None, None)
    assert (frame["current_page"], frame["last_page"], frame["total"]) == (7, 2, 25)
    assert (frame["next_page_url"], frame["prev_page_url"]) == (None, f"{URL}?page=6")
    assert not any(link["active"] for link in frame["links"])


def test_an_empty_list_has_one_page():
    frame = page([], None, URL, lambda row: {"id": row})
    assert (frame["last_page"], frame["total"], frame["from"]) == (1, 0, None)
    assert [link["label"] for link in frame["links"]] == ["&laquo; Previous", "1", "Next &raquo;"]


@given(st.integers(0, 700), st.integers(1, 40))
def test_every_frame_agrees_with_itself(total, current):
    frame = page(range(total), str(current), URL, lambda row: {"id": row})
    shown = [row["id"] for row in frame["data"]]
    assert shown == list(range(total))[(current - 1) * PER_PAGE : current * PER_PAGE]
    places = (shown[0] + 1, shown[-1] + 1) if shown else (None, None)
    assert (frame["from"], frame["to"]) == places
    assert frame["last_page"] == max(1, (total + PER_PAGE - 1) // PER_PAGE)
    labels = [link["label"] for link in frame["links"][1:-1]]
    assert ("..." in labels) == (frame["last_page"] >= 14)
    numbers = [int(label) for label in labels if label != "..."]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1
    assert numbers[-1] == frame["last_page"]
    active = [link["label"] for link in frame["links"] if link["active"]]
    assert active == ([str(current)] if current <= frame["last_page"] else [])
    assert frame["links"][0]["url"] == frame["prev_page_url"]
    assert frame["links"][-1]["url"] == frame["next_page_url"]


def test_following_the_links_gives_every_item_once(client):
    url, seen = "/api/v3/items", []
    while url:
        answer = client.get(url).json()
        seen += [item["id"] for item in answer["data"]]
        url = answer["next_page_url"]
    assert sorted(seen) == list(range(1, 61))
    assert answer["path"] == "http://mock.test/built/api/v2/items"


def test_links_lead_back_to_the_host_that_was_called(client):
    answer = client.get("/api/v3/items", headers={"Host": "inventory.example:8443"})
    assert answer.json()["path"] == "http://inventory.example:8443/built/api/v2/items"
    history = client.get("/api/v3/items/14/stock-history").json()
    assert history["path"] == "http://mock.test/built/api/v2/item/adjustments/14"
    assert client.get(history["first_page_url"]).json() == history


def test_a_long_list_has_gaps_in_its_links(client):
    large = {"Authorization": "Bearer test.large-built"}
    answer = client.get("/api/v3/items?page=250", headers=large).json()
    labels = [link["label"] for link in answer["links"][1:-1]]
    assert " ".join(labels) == "1 2 ... 247 248 249 250 251 252 253 ... 499 500"
    assert (answer["total"], len(answer["data"])) == (10_000, 20)
