"""CSRF tokens where a sandbox asks for them, held to the real framework."""

from __future__ import annotations

import httpx
import pytest
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied

from mock_server.app import build_server
from mock_server.in_process import InProcessTransport
from mock_server.settings import Settings
from tests.apis.skhokho import judge

SECRET = "a1B2" * 8
HOST = "127.0.0.1:8080"
CREATE = "/api/v1.0/organisation/organisation-1/inventory/create/"
PRODUCT = {"name": "Rooibos", "product_type": "buy"}


def masked(secret, mask="Zz09" * 8):
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    moved = (letters.index(a) + letters.index(b) for a, b in zip(secret, mask, strict=True))
    return mask + "".join(letters[each % len(letters)] for each in moved)


@pytest.fixture(scope="module")
def server():
    return build_server(["skhokho"], Settings(csrf="on"))


@pytest.fixture
def client(server):
    transport = InProcessTransport(server)
    with httpx.Client(transport=transport, base_url=f"http://{HOST}/skhokho") as found:
        yield found


def of_the_framework(method, url, headers, **sent):
    """What the framework's session authentication says of a request, None if it lets it pass."""
    with httpx.Client() as maker:
        request = maker.build_request(method, url, headers=headers, **sent)
    request.read()
    found = judge.RequestFactory().generic(
        method,
        request.url.path,
        request.content,
        content_type=request.headers.get("content-type", ""),
        secure=request.url.scheme == "https",
        headers={k: v for k, v in request.headers.items() if not k.startswith("content-")},
    )
    try:
        SessionAuthentication().enforce_csrf(found)
    except PermissionDenied as refusal:
        return str(refusal.detail)
    return None


def headers_of(cookie=None, **others):
    cookies = "sessionid=test-csrf" + ("" if cookie is None else f"; csrftoken={cookie}")
    return {"cookie": cookies, **{name.replace("_", "-"): v for name, v in others.items()}}


CASES = {
    "no cookie": {},
    "a cookie alone": {"cookie": SECRET},
    "a short cookie": {"cookie": "abc", "x_csrftoken": "abc"},
    "a cookie with a dash": {"cookie": "-" * 32, "x_csrftoken": SECRET},
    "an empty cookie": {"cookie": "", "x_csrftoken": SECRET},
    "an empty header": {"cookie": SECRET, "x_csrftoken": ""},
    "a short header": {"cookie": SECRET, "x_csrftoken": SECRET[:31]},
    "a header with a dash": {"cookie": SECRET, "x_csrftoken": "-" * 32},
    "another token": {"cookie": SECRET, "x_csrftoken": SECRET[::-1]},
    "the same token": {"cookie": SECRET, "x_csrftoken": SECRET},
    "the masked token": {"cookie": SECRET, "x_csrftoken": masked(SECRET)},
    "both masked": {"cookie": masked(SECRET), "x_csrftoken": masked(SECRET, SECRET)},
    "another one masked": {"cookie": SECRET, "x_csrftoken": masked(SECRET[::-1])},
    "a foreign origin": {"cookie": SECRET, "x_csrftoken": SECRET, "origin": "http://else.where"},
    "its own origin": {"cookie": SECRET, "x_csrftoken": SECRET, "origin": f"http://{HOST}"},
    "another scheme": {"cookie": SECRET, "x_csrftoken": SECRET, "origin": f"https://{HOST}"},
    "no origin": {"cookie": SECRET, "x_csrftoken": SECRET, "origin": "null"},
    "any referer": {"cookie": SECRET, "x_csrftoken": SECRET, "referer": "http://else.where/"},
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_session_writes_with_the_tokens_that_the_framework_takes(client, case, method):
    made = client.post(CREATE, json=PRODUCT, auth=("test-csrf", "")).json()
    path = CREATE if method == "POST" else CREATE.replace("create", f"{made['unique_id']}/update")
    headers = headers_of(**case)
    answer = client.request(method, path, json=PRODUCT, headers=headers)
    problem = of_the_framework(method, f"http://{HOST}{path}", headers, json=PRODUCT)
    if problem is None:
        assert answer.status_code == (201 if method == "POST" else 200)
    else:
        assert (answer.status_code, answer.json()) == (403, {"detail": problem})


@pytest.mark.parametrize("referer", [
    None, "", "nothing", "//host", "http://[", f"http://{HOST}/a", f"https://{HOST}/a?b",
    "https://else.where/", f"https://{HOST}", "https://",
])  # fmt: skip
def test_over_tls_a_write_comes_from_the_host_it_goes_to(client, referer):
    headers = headers_of(SECRET, x_csrftoken=SECRET)
    headers |= {} if referer is None else {"referer": referer}
    url = f"https://{HOST}/skhokho{CREATE}"
    answer = client.post(url, json=PRODUCT, headers=headers)
    problem = of_the_framework("POST", url, headers, json=PRODUCT)
    seen = None if answer.status_code == 201 else answer.json()["detail"]
    assert seen == problem


@pytest.mark.parametrize("token", [SECRET, SECRET[::-1], "", "x"])
@pytest.mark.parametrize("files", [None, {"image": ("a.png", b"x", "image/png")}])
def test_the_token_of_a_form_goes_before_the_headers(client, token, files):
    headers = headers_of(SECRET, x_csrftoken=SECRET)
    form = {**PRODUCT, "csrfmiddlewaretoken": token}
    answer = client.post(CREATE, data=form, files=files, headers=headers)
    problem = of_the_framework("POST", f"http://{HOST}{CREATE}", headers, data=form, files=files)
    if problem is None:
        assert answer.status_code == (201 if files is None else 400)
    else:
        assert (answer.status_code, answer.json()) == (403, {"detail": problem})


def test_reads_need_no_token_and_neither_does_the_action(client):
    made = client.post(CREATE, json=PRODUCT, auth=("test-csrf", "")).json()
    path = CREATE.replace("create", made["unique_id"])
    assert client.get(path, headers=headers_of()).status_code == 200
    acted = client.get(f"{path}action/?action=deactivate", headers=headers_of())
    assert acted.json()["status"] == "inactive"


def test_basic_needs_no_token(client):
    assert client.post(CREATE, json=PRODUCT, auth=("test-csrf", "")).status_code == 201


def test_what_is_refused_changes_nothing(client):
    path = CREATE.replace("create/", "")
    before = client.get(path, headers=headers_of()).json()["count"]
    assert client.post(CREATE, json=PRODUCT, headers=headers_of()).status_code == 403
    assert client.get(path, headers=headers_of()).json()["count"] == before


def test_a_refused_credential_is_not_asked_for_a_token(client):
    answer = client.post(CREATE, json=PRODUCT, headers={"cookie": "sessionid=nobody"})
    assert answer.json() == {"detail": "Authentication credentials were not provided."}


def test_a_token_is_asked_for_where_it_is_switched_on_alone():
    server = build_server(["skhokho"], Settings(csrf="test-b"))
    transport = InProcessTransport(server)
    with httpx.Client(transport=transport, base_url=f"http://{HOST}/skhokho") as client:
        statuses = [
            client.post(CREATE, json=PRODUCT, headers={"cookie": f"sessionid={word}"}).status_code
            for word in ("test-a", "test-b")
        ]
    assert statuses == [201, 403]
