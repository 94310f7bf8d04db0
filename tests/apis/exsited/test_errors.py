"""Every refusal has the one body that readers of both versions understand."""

from __future__ import annotations

import pytest

from tests.apis.exsited.organisation import STANDARD, refusal

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"",
        b"null",
        b"[]",
        b'"text"',
        b'{"items": {"name": "\\ud800", "type": "STANDARD"}}',
        b'{"items": {"name": "\\u0000", "type": "STANDARD"}}',
        b'{"items": {"name": "\xff", "type": "STANDARD"}}',
        b'{"items": ' * 100 + b"1" + b"}" * 100,
        b'{"items": {"name": "x", "type": "STANDARD", "sale": {"sale_price": 1e999}}}',
        b'{"items": {"name": "x", "type": "STANDARD", "sale": {"sale_price": NaN}}}',
        b'{"items": null}',
        b'{"items": []}',
        b'{"items": {"name": "x", "type": "STANDARD", "sale": null}}',
        b'{"items": {"name": "x", "type": "STANDARD", "codes": {}}}',
        b'{"items": {"name": "x", "type": "STANDARD", "currencies": [null]}}',
    ],
)
def test_what_cannot_be_read_or_used_is_a_bad_request(empty, content):
    answer = empty.client.post("/api/v3/items", content=content, headers=JSON)
    assert refusal(answer)[0] == 400
    assert empty.get("/items")["items"] == []


def test_other_media_types_are_refused(empty):
    answer = empty.client.post("/api/v3/items", data={"items": "x"})
    assert refusal(answer)[:2] == (415, "unsupported_media_type")


def test_a_body_has_a_limit(empty):
    answer = empty.send("/items", {"items": {**STANDARD, "unknown": "x" * (1 << 20)}})
    assert refusal(answer)[:2] == (413, "payload_too_large")


@pytest.mark.parametrize(
    "path", ["/", "/api/v3", "/api/v4/nothing", "/api/v3/items/A/B", "/api/v3//items"]
)
def test_unknown_paths_are_not_found(empty, path):
    assert refusal(empty.client.get(path))[:2] == (404, "resource_not_found")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/api/v3/items", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("PUT", "/api/v3/items/A/sale", {"GET", "HEAD", "POST", "PATCH", "OPTIONS"}),
        ("GET", "/api/v1/oauth2/token", {"POST", "OPTIONS"}),
    ],
)
def test_other_methods_are_not_allowed(empty, method, path, allow):
    answer = empty.client.request(method, path)
    assert refusal(answer)[:2] == (405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) == allow


def test_unknown_attributes_are_ignored(empty):
    item = empty.item(colour="red", sale={"unknown": {"deep": 10**300}})
    assert "colour" not in item


def test_the_same_failing_request_gets_the_same_answer(empty):
    answers = {empty.send("/items", {"items": {}}).content for _ in range(2)}
    assert len(answers) == 1
    assert empty.send("/items", {"item": {}}).json()["request_id"] not in str(answers)


def test_a_bad_choice_is_answered_with_the_choices(empty):
    answer = empty.send("/items", {"items": {**STANDARD, "sale": {"enabled": "yes"}}})
    [entry] = answer.json()["errors"]
    assert entry["message"] == "Invalid value for items.sale.enabled; it must be one of true, false"
