"""The documentation pages in a real browser: what is filled in can be sent, to the mock alone."""

from __future__ import annotations

import shutil
from urllib.parse import urlsplit

import pytest

from mock_server.app import build_server
from mock_server.live import LiveServer

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
SECONDS = 60

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")


@pytest.fixture(scope="module")
def url(vendors):
    with LiveServer(build_server(vendors=vendors)) as server:
        yield server.url


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Chromium's own sandbox needs rights that containers do not give.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Documentation:
    """One API's page, as a person uses it."""

    def __init__(self, page, url):
        self.page, self.called, self.complaints = page, set(), []
        page.set_default_timeout(SECONDS * 1000)
        page.on("request", lambda request: self.called.add(urlsplit(request.url).netloc))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.complaints.append(line.text))
        page.goto(url)
        page.wait_for_selector(".opblock")

    def try_out(self, operation):
        """Open an operation, send what is filled in, and return the answer."""
        block = self.page.locator(f"[id$=-{operation}].opblock")
        block.locator(".opblock-summary-control").click()
        block.locator(".try-out__btn").click()
        with self.page.expect_response(lambda answer: "/docs" not in answer.url) as answer:
            block.locator(".execute").click()
        shown = block.locator(".live-responses-table .response-col_status").nth(1)
        assert shown.inner_text().startswith(str(answer.value.status))
        return answer.value

    def authorize(self, token):
        """Type a token into the dialog of the page's button."""
        self.page.locator(".scheme-container button.authorize").click()
        dialog = self.page.locator(".modal-ux")
        dialog.locator("input").first.fill(token)
        dialog.locator("button[type=submit]").first.click()
        dialog.locator(".btn-done").click()


@pytest.fixture
def documentation(chromium, url):
    opened = []

    def open_page(api):
        page = chromium.new_page()
        opened.append(Documentation(page, f"{url}/{api}/docs"))
        return opened[-1]

    yield open_page
    for each in opened:
        each.page.close()
        assert each.called == {urlsplit(url).netloc}
        assert each.complaints == []


@pytest.mark.parametrize(
    ("api", "lists", "creates"),
    [
        ("cliniko", "listProducts", "createProduct"),
        ("built", "listItems", "createItem"),
        ("skhokho", "listProducts", "createProduct"),
    ],
)
def test_who_opens_a_page_can_list_and_create_at_once(documentation, url, api, lists, creates):
    page = documentation(api)
    servers = page.page.locator(".servers option").all_inner_texts()
    assert [each.startswith(url) for each in servers] == [True]
    listed = page.try_out(lists)
    assert listed.status == 200
    assert any(isinstance(value, list) and value for value in listed.json().values())
    assert page.try_out(creates).status in {200, 201}


def test_who_asks_for_a_token_and_types_it_can_go_on(documentation):
    page = documentation("exsited")
    assert page.try_out("listItems").status == 401
    page.complaints.clear()
    token = page.try_out("issueToken").json()["access_token"]
    page.authorize(token)
    listed = page.page.locator("[id$=-listItems].opblock")
    with page.page.expect_response(lambda answer: "/docs" not in answer.url) as answer:
        listed.locator(".execute").click()
    assert answer.value.status == 200
    assert page.try_out("createItem").status == 201
