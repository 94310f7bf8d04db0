"""Credentials that are refused and statuses that are preferred, without any rule."""

from __future__ import annotations

import httpx
import pytest

from mock_server.apis.skhokho import FIRST_ORGANISATION
from mock_server.engine.call import Call
from mock_server.engine.messages import Request
from mock_server.faults.reserved import preferred, reserved_word
from mock_server.in_process import InProcessTransport
from mock_server.live import LiveServer
from mock_server.state.sandbox import SandboxName
from tests.faults.conftest import LISTS, START

IN_A_MINUTE = str(int(START.timestamp()) + 60)
ANSWERS = {
    ("cliniko", "test-expired"): (401, "HTTP Basic: Access denied.\n"),
    ("cliniko", "test-revoked"): (401, "HTTP Basic: Access denied.\n"),
    ("cliniko", "test-forbidden"): (403, {"message": "Access denied"}),
    ("cliniko", "test-limited"): (429, {"message": "Rate limit exceeded"}),
    ("built", "test-expired"): (401, {"message": "Unauthenticated."}),
    ("built", "test-revoked"): (401, {"message": "Unauthenticated."}),
    ("built", "test-forbidden"): (403, {"message": "This action is unauthorized."}),
    ("built", "test-limited"): (429, {"message": "Too Many Attempts."}),
    ("skhokho", "test-expired"): (
        403,
        {"detail": "Authentication credentials were not provided."},
    ),
    ("skhokho", "test-revoked"): (
        403,
        {"detail": "Authentication credentials were not provided."},
    ),
    ("skhokho", "test-forbidden"): (
        403,
        {"detail": "You do not have permission to perform this action."},
    ),
    ("skhokho", "test-limited"): (
        429,
        {"detail": "Request was throttled. Expected available in 60 seconds."},
    ),
    ("exsited", "test-expired"): (401, "expired_token"),
    ("exsited", "test-revoked"): (401, "invalid_token"),
    ("exsited", "test-forbidden"): (403, "access_denied"),
    ("exsited", "test-limited"): (429, "too_many_requests"),
}


@pytest.mark.parametrize(("api", "word"), ANSWERS)
@pytest.mark.parametrize("suffix", ["", "-ci-7"])
def test_a_reserved_credential_is_refused_as_its_vendor_does(call_as, api, word, suffix):
    client = call_as(api, word + suffix)
    answer = client.get(LISTS[api].format(organisation=FIRST_ORGANISATION))
    status, text = ANSWERS[api, word]
    assert answer.status_code == status
    if api == "exsited":
        assert answer.json()["code"] == text
    else:
        assert (answer.json() if isinstance(text, dict) else answer.text) == text


@pytest.mark.parametrize(
    ("api", "headers"),
    [
        ("cliniko", {"x-ratelimit-reset": IN_A_MINUTE}),
        (
            "built",
            {
                "x-ratelimit-limit": "60",
                "x-ratelimit-remaining": "0",
                "x-ratelimit-reset": IN_A_MINUTE,
                "retry-after": "60",
            },
        ),
        ("skhokho", {"retry-after": "60"}),
        ("exsited", {"retry-after": "60"}),
    ],
)
def test_a_limited_credential_gets_the_vendors_headers(call_as, api, headers):
    client = call_as(api, "test-limited")
    answer = client.get(LISTS[api].format(organisation=FIRST_ORGANISATION))
    assert {name: answer.headers[name] for name in headers} == headers


def test_a_revoked_user_of_skhokho_is_inactive(call_as):
    client = call_as("skhokho", "test-revoked")
    del client.headers["Cookie"]
    answer = client.get(
        LISTS["skhokho"].format(organisation=FIRST_ORGANISATION), auth=("test-revoked", "x")
    )
    assert (answer.status_code, answer.json()) == (403, {"detail": "User inactive or deleted."})


def test_every_operation_that_asks_for_a_credential_can_refuse_them(vendors):
    lacking = [
        (operation.id, status)
        for vendor in vendors
        for operation in vendor.spec.operations.values()
        for status in (401, 403, 429)
        if operation.security and status not in operation.responses
    ]
    assert lacking == []


def test_they_change_nothing_and_the_journal_says_why(call_as, world):
    client = call_as("cliniko", "test-forbidden-1")
    assert client.post("/products", json={"name": "x"}).status_code == 403
    sandbox = world.sandbox("test-forbidden-1")
    exchange = sandbox.journal.get(1)
    assert exchange.fault == "reserved credential test-forbidden"
    assert (exchange.error, exchange.verdict) == ("Forbidden", "refused")
    assert sandbox.committed.revision == 0


@pytest.mark.parametrize("word", ["test-expire", "test-expiredx", "test-1-expired", "test"])
def test_other_words_are_none_of_them(call_as, word):
    assert reserved_word(word) is None
    assert call_as("cliniko", word).get("/products").status_code == 200


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("code=404", "404"),
        ("respond-async, code=404", "404"),
        ("dynamic=true; code=404", "404"),
        ('code="404"', "404"),
        ("Code = 404", "404"),
        ("code=abc", "abc"),
        ("code=", ""),
        ("return=minimal", None),
        ("barcode=404", None),
        ("", None),
    ],
)
def test_what_a_header_prefers(header, asked):
    fault = preferred(header)
    assert (fault and fault.name) == (None if asked is None else f"Prefer: code={asked}")


def test_a_preferred_status_is_given_in_the_vendors_body(cliniko, sandbox):
    answer = cliniko.post("/products", json={"name": "x"}, headers={"Prefer": "code=422"})
    assert answer.status_code == 422
    assert set(answer.json()) == {"message", "errors"}
    answer = cliniko.get("/products", headers={"Prefer": "code=200"})
    assert "products" in answer.json()
    assert sandbox.committed.revision == 0
    assert sandbox.journal.get(1).fault == "Prefer: code=422"


def test_a_status_that_the_operation_does_not_declare_is_a_400_in_one_line(cliniko):
    answer = cliniko.get("/products", headers={"Prefer": "code=418"})
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "Prefer: code=418: listProducts does not answer 418; "
        "it declares 200, 400, 401, 403, 429, 500, 503"
    }
    for wrong in ("abc", "", "4004", "²"):
        answer = cliniko.get("/products", headers={"Prefer": f"code={wrong}".encode()})
        assert answer.status_code == 400
        assert list(answer.json()) == ["error"]


@pytest.mark.parametrize(
    ("api", "status", "text"),
    [
        ("built", 500, '{"message":"Server Error"}'),
        ("built", 503, '{"message":"Service Unavailable"}'),
        ("cliniko", 500, '{"message":"Internal server error"}'),
        ("cliniko", 503, '{"message":"Service unavailable"}'),
        ("skhokho", 500, "\n<!doctype html>\n"),
        ("skhokho", 503, '{"detail":"Service temporarily unavailable, try again later."}'),
        ("exsited", 500, '"code":"internal_error"'),
        ("exsited", 503, '"code":"service_unavailable"'),
    ],
)
def test_a_service_can_fail_in_its_own_words(call_as, api, status, text):
    path = LISTS[api].format(organisation=FIRST_ORGANISATION)
    answer = call_as(api).get(path, headers={"Prefer": f"code={status}"})
    assert answer.status_code == status
    assert text in answer.text


def test_a_header_that_prefers_something_else_is_none_of_ours(cliniko):
    assert cliniko.get("/products", headers={"Prefer": "return=minimal"}).status_code == 200


def test_prefer_needs_a_credential_like_every_call(world):
    base_url = f"http://mock.test{world.base_path('cliniko')}"
    with httpx.Client(transport=InProcessTransport(world), base_url=base_url) as client:
        assert client.get("/products", headers={"Prefer": "code=200"}).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("PUT", "/products", 405)]
)
def test_what_has_no_operation_is_refused_by_routing(call_as, method, path, status):
    client = call_as("cliniko", "test-forbidden")
    assert client.request(method, path, headers={"Prefer": "code=429"}).status_code == status


def test_every_declared_status_of_every_operation_can_be_given(world, vendors):
    """Each is made, checked against the contract, and comes with its own status."""
    sandbox = world.sandboxes.open(SandboxName("test", "typical"))
    wrong = []
    for vendor in vendors:
        for operation in world.applications[vendor.api.name].operations.values():
            for status in vendor.spec.operations[operation.id].responses:
                request = Request("GET", "/x", "", "http://x", {}, operation_id=operation.id)
                try:
                    wire = operation.reply_with(status, Call(operation, request, sandbox))
                except Exception as problem:  # noqa: BLE001 - each one is reported, all at once
                    wrong.append(f"{operation.id} {status}: {problem!r}")
                else:
                    assert wire.status == status
    assert wrong == []


def test_over_a_socket_too(world):
    with LiveServer(world) as server:
        url = f"{server.url}{world.base_path('built')}{LISTS['built']}"
        answer = httpx.get(url, headers={"Authorization": "Bearer test-limited"}, timeout=60)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
        preferred_answer = httpx.get(
            url, headers={"Authorization": "Bearer test", "Prefer": "code=403"}, timeout=60
        )
        assert preferred_answer.status_code == 403
