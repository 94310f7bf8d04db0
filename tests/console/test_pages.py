"""What the console's page is made of, and who gets it."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

import mock_server.console
from mock_server.app import build_server
from mock_server.in_process import InProcessTransport
from mock_server.settings import Settings

FOLDER = Path(mock_server.console.__file__).parent
TOKEN = "a token"
MOST_BYTES = 150_000


def client_of(vendors, token=None, host="localhost"):
    server = build_server(vendors=vendors[:1], settings=Settings(token=token))
    return httpx.Client(transport=InProcessTransport(server), base_url=f"http://{host}")


@pytest.fixture(scope="module")
def open_to_all(vendors):
    with client_of(vendors) as client:
        yield client


@pytest.fixture(scope="module")
def guarded(vendors):
    with client_of(vendors, TOKEN) as client:
        yield client


def test_the_whole_console_is_small_and_loads_nothing_from_elsewhere():
    files = [path for part in ("static", "templates") for path in (FOLDER / part).iterdir()]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"https?://[^\s\"'`)]+", text)) <= {"http://www.w3.org/2000/svg"}
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", text)


def test_the_page_has_no_inline_code_and_its_policy_allows_none(open_to_all):
    page = open_to_all.get("/", follow_redirects=True)
    assert page.status_code == 200
    assert not re.search(r"<script>|<style|\son\w+=|\sstyle=|javascript:", page.text)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert page.headers["x-frame-options"] == "DENY"
    for asset in re.findall(r'(?:src|href)="(static/[^"]+)"', page.text):
        answer = open_to_all.get(f"/_mock/console/{asset}")
        assert (answer.status_code, len(answer.content) > 100) == (200, True)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "_mock/console/"),
        ("/_mock/console", "console/"),
        ("/built/docs", "../_mock/console/#/apis/built"),
        ("/_mock/docs", "console/#/apis/control"),
    ],
)
def test_redirects_hold_behind_whatever_prefix_a_proxy_has(open_to_all, path, target):
    assert open_to_all.get(path).headers["location"] == target


def test_the_page_of_a_server_without_a_token_is_for_names_of_this_machine(vendors):
    with client_of(vendors, host="evil.example") as client:
        page = client.get("/_mock/console/")
    assert (page.status_code, "token" in page.text) == (403, True)


def test_a_server_with_a_token_asks_for_it_and_keeps_it_out_of_urls(guarded):
    page = guarded.get("/_mock/console/")
    assert 'action="../login"' in page.text
    assert 'method="post"' in page.text
    refused = guarded.post("/_mock/login", data={"token": "wrong"})
    assert (refused.status_code, refused.headers["location"]) == (303, "console/?refused")
    assert "set-cookie" not in refused.headers
    assert "The token is wrong." in guarded.get("/_mock/console/?refused").text


@pytest.fixture(scope="module")
def session(guarded):
    """The header that a browser sends once its user has logged in."""
    answer = guarded.post("/_mock/login", data={"token": TOKEN})
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    guarded.cookies.clear()
    assert (cookie["samesite"], cookie["httponly"], cookie["path"]) == ("strict", True, "")
    assert TOKEN not in cookie.value
    return {"Cookie": f"{cookie.key}={cookie.value}"}


def test_a_session_opens_the_page_and_control_until_it_is_ended(guarded, session):
    assert "Log out" in guarded.get("/_mock/console/", headers=session).text
    assert guarded.get("/_mock/sandboxes", headers=session).status_code == 200
    ended = guarded.post("/_mock/logout", headers=session)
    assert "Max-Age=0" in ended.headers["set-cookie"]


@pytest.mark.parametrize(
    "foreign",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_session_is_of_no_use_to_pages_of_others(guarded, session, foreign):
    headers = {**session, **foreign}
    assert guarded.post("/_mock/sandboxes", headers=headers, json={}).status_code == 403
    assert guarded.post("/_mock/login", headers=foreign, data={"token": TOKEN}).status_code == 403
    assert "set-cookie" not in guarded.post("/_mock/logout", headers=headers).headers


@pytest.mark.parametrize("cookie", ["", "x", "\xe9", TOKEN.replace(" ", "")])
def test_a_made_up_session_opens_nothing(guarded, cookie):
    headers = {"Cookie": f"mock_server_console={cookie}".encode("latin-1")}
    assert guarded.get("/_mock/sandboxes", headers=headers).status_code == 401
    assert "Log out" not in guarded.get("/_mock/console/", headers=headers).text


def test_where_control_is_closed_the_page_says_where_the_apis_are(open_to_all):
    page = open_to_all.get("/_mock/console/", headers={"X-Forwarded-For": "192.0.2.1"})
    assert "http://localhost/built" in page.text
    assert "curl" in page.text
