"""The console in a real browser: what people do with it, who can use it, and what cannot run in it.

One browser and one server serve all of these tests; each has sandboxes of its own.
"""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import axe_playwright_python
import httpx
import pytest

from mock_server.app import build_server
from mock_server.control.client import Control
from mock_server.live import LiveServer
from mock_server.settings import Settings
from tests.console.screenshots import PAGES, QUIET, act_out, chromium

SECONDS = 30
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MOST_CLICKS = 6
TOO_WIDE = """Math.max(document.documentElement.scrollWidth - innerWidth,
    document.getElementById("main").scrollWidth - document.getElementById("main").clientWidth)"""
#: What moved on a page without anybody's doing, as `shifts`.
WATCH_SHIFTS = """window.shifts = [];
    new PerformanceObserver(list => shifts.push(...list.getEntries()
        .filter(each => !each.hadRecentInput)
        .map(each => each.sources.map(part => part.node?.className || part.node?.nodeName))))
        .observe({type: "layout-shift", buffered: true});"""
_numbers = count(1)


@pytest.fixture(scope="module")
def url(vendors):
    with LiveServer(build_server(vendors=vendors)) as server:
        yield server.url


@pytest.fixture(scope="module")
def browser():
    if chromium() is None:
        pytest.skip("the console is not tried in a browser: there is no chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def control(url):
    with Control(url) as control:
        yield control


@pytest.fixture(scope="module")
def shop(browser, control):  # noqa: ARG001 - without a browser nothing is acted out
    act_out(control)
    return control.sandbox("test-shop")


@pytest.fixture
def sandbox(browser, control):  # noqa: ARG001
    """A sandbox of the test's own."""
    return control.create(f"test-own-{next(_numbers)}", persona="empty")


@pytest.fixture
def cliniko(sandbox, url):
    with httpx.Client(base_url=f"{url}/cliniko/v1", auth=(sandbox.name, "")) as client:
        yield client


@pytest.fixture
def console(browser, url):
    """A function (route, **options of a context) → a page, which must report no error."""
    opened, complaints = [], []

    def open_page(route="", **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        opened.append(context)
        context.add_init_script(
            "window.clicks = 0; addEventListener('click', e => { clicks += e.isTrusted; }, true);"
        )
        page = context.new_page()
        page.set_default_timeout(SECONDS * 1000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda line: complaints.append(line.text) if is_complaint(line) else None
        )
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(f"{url}/_mock/console/{route}")
        page.wait_for_selector("main[data-route] h1")
        return page

    yield open_page
    for context in opened:
        context.close()
    assert complaints == []


def is_complaint(line):
    """Say whether a line of the browser's console is an error, but for that of a refused call."""
    return line.type == "error" and not line.text.startswith("Failed to load resource")


def clicks(page):
    return page.evaluate("window.clicks")


def barriers(page):
    """What axe finds on a page as it is now: rule, place and what is wrong."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    report = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        (each["id"], node["target"], node["failureSummary"][:300])
        for each in report["violations"]
        for node in each["nodes"][:3]
    ]


def shown(page, text):
    page.get_by_text(text).first.wait_for()


def test_find_the_call_that_broke_the_stock_and_undo_it(console, sandbox, cliniko):
    number = cliniko.post("/products", json={"name": "Balm", "stock_level": 5}).json()["id"]
    sale = {"product_id": number, "quantity": -4, "adjustment_type": "Item Sold"}
    cliniko.post("/stock_adjustments", json=sale)
    cliniko.get("/products")
    page = console()
    page.get_by_role("link", name=sandbox.name, exact=True).click()
    page.get_by_label("Filter").fill(f"changed:cliniko.products/{number} -operation:createProduct")
    shown(page, "1 of 3 exchanges")
    page.get_by_role("link", name="POST /cliniko/v1/stock_adjustments").click()
    changes = page.locator(".change", has_text=f"cliniko.products {number}")
    assert changes.locator("del").last.inner_text() == "5"
    page.get_by_role("button", name="Rewind to before this").click()
    page.get_by_role("button", name="Rewind", exact=True).click()
    shown(page, "The records are as they were before exchange 2.")
    assert cliniko.get(f"/products/{number}").json()["stock_level"] == 5
    assert clicks(page) <= MOST_CLICKS


def test_make_a_call_fail_next_time_and_see_the_client_try_again(console, sandbox, cliniko):
    cliniko.get("/products")
    page = console(f"#/s/{sandbox.name}/traffic")
    page.get_by_role("link", name="GET /cliniko/v1/products").click()
    page.get_by_role("link", name="Fail next time").click()
    page.get_by_role("button", name="Add the fault").click()
    shown(page, "fired 0 of 1 time")
    page.get_by_role("link", name="Traffic").click()
    shown(page, "Live")
    first = cliniko.get("/products").status_code
    assert (first >= 400, cliniko.get("/products").status_code) == (True, 200)
    page.locator("tbody tr").nth(2).wait_for()
    statuses = page.locator("tbody .status").all_inner_texts()
    assert statuses == ["200", str(first), "200"]
    assert page.locator("tbody .badge.warn").all_inner_texts() == ["fault"]
    assert clicks(page) <= MOST_CLICKS


def test_compare_before_and_after(console, sandbox, cliniko):
    cliniko.post("/products", json={"name": "Balm", "stock_level": 5})
    cliniko.patch("/products/1", json={"stock_level": 4})
    cliniko.patch("/products/1", json={"name": "Oil"})
    page = console(f"#/s/{sandbox.name}/traffic")
    page.get_by_role("link", name="Timeline").click()
    page.get_by_role("button", name="Compare after exchange 1").click()
    page.get_by_role("button", name="Compare after exchange 2").click()
    shown(page, "From after:1 to after:2")
    rows = page.locator(".difference tbody tr").all_inner_texts()
    assert ["stock_level", "5", "4"] in [row.split("\t") for row in rows]
    assert "Oil" not in page.locator(".difference").inner_text()
    assert clicks(page) <= MOST_CLICKS


def test_create_a_product_by_form_and_read_it_by_the_api(console, sandbox, cliniko):
    page = console(f"#/s/{sandbox.name}/traffic")
    page.get_by_role("link", name="Records").click()
    page.locator("a[href$='cliniko.products']").click()
    page.get_by_role("button", name="New record by createProduct").click()
    page.get_by_label("price", exact=True).fill("cheap")
    page.get_by_role("button", name="Create", exact=True).click()
    # What the vendor says of a field stands at the field.
    refused = json.loads(cliniko.post("/products", json={"price": "cheap"}).text)["errors"]
    assert refused["price"][0] in page.locator(".field", has_text="price").first.inner_text() + (
        page.locator(".field .error").first.inner_text()
    )
    page.get_by_label("name (required)").fill("Cedar <b>Balm</b>")
    page.get_by_label("price", exact=True).fill("12.10")
    page.get_by_role("button", name="Create", exact=True).click()
    page.get_by_role("heading", name="Cedar <b>Balm</b>").wait_for()
    assert clicks(page) <= MOST_CLICKS
    made = cliniko.get("/products").json()["products"]
    assert [each["name"] for each in made] == ["Cedar <b>Balm</b>"]
    page.get_by_role("button", name="Edit: updateProduct").click()
    page.get_by_label("name").first.fill("Oil")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Oil", exact=True).wait_for()
    page.get_by_role("button", name="Archive: archiveProduct").click()
    page.get_by_role("button", name="Archive", exact=True).click()
    shown(page, "History (3)")
    assert cliniko.get("/products").json()["products"] == []


def test_export_a_failing_situation_as_a_seed_file(console, sandbox, cliniko, tmp_path):
    cliniko.post("/products", json={"name": "Balm", "stock_level": 5})
    cliniko.patch("/products/1", json={"stock_level": "many"})
    cliniko.patch("/products/1", json={"name": "Oil"})
    page = console()
    page.get_by_role("link", name=sandbox.name, exact=True).click()
    page.locator("tbody tr", has_text="422").get_by_role("link").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Seed file").click()
    path = tmp_path / "seed.json"
    waiting.value.save_as(path)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert [each["name"] for each in document["apis"]["cliniko"]["products"]] == ["Balm"]
    sandbox.seed(document)
    assert cliniko.get("/products/1").json()["name"] == "Balm"
    assert clicks(page) <= MOST_CLICKS


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.usefixtures("shop")
def test_every_page_is_for_everybody_fits_and_fills_without_moving(console, scheme, width):
    page = console(viewport={"width": width, "height": 800}, color_scheme=scheme)
    address = page.url.partition("#")[0]
    found = []
    for name, route in PAGES.items():
        page.goto("about:blank")
        page.goto(address + route)
        page.wait_for_selector(f'main[data-route="{route[2:]}"] h1')
        page.wait_for_load_state("networkidle") if "traffic" not in route else None
        page.wait_for_timeout(100)
        page.evaluate(WATCH_SHIFTS)
        found += [(name, *each) for each in barriers(page)]
        assert page.evaluate(TOO_WIDE) <= 0, f"{name} is too wide"
        found += [(name, "moves", *parts) for parts in page.evaluate("shifts")]
    assert not found, "\n".join(map(str, found))


PLANTED = [
    "<script>window.planted = 1</script>",
    "<img src=x onerror='window.planted = 2'>",
    "{{ 7 * 7 }} ${7 * 7} {% raw %}",
    "javascript:window.planted=3",
    "\u202eright to left\u202c שלום עולם مرحبا",
    "x" * 2000,
]


@pytest.mark.parametrize("width", [390, 1280])
def test_what_records_and_names_have_in_them_is_text_and_moves_nothing(
    console, sandbox, cliniko, width
):
    for text in PLANTED:
        made = {"name": text[:100], "notes": text}
        cliniko.post("/products", json=made).raise_for_status()
    cliniko.get("/products/<script>alert(1)</script>")
    cliniko.get("/products", params={"q": PLANTED[1], "x": "y" * 400})
    page = console(viewport={"width": width, "height": 800})
    routes = ["traffic", "traffic/1", "records/cliniko.products", "timeline"]
    routes += [f"records/cliniko.products/{number}" for number in (1, 4, 6)]
    for route in routes:
        page.goto(page.url.partition("#")[0] + f"#/s/{sandbox.name}/{route}")
        page.wait_for_selector(f'main[data-route="s/{sandbox.name}/{route}"] h1')
        assert page.evaluate(TOO_WIDE) <= 0, route
        assert page.evaluate("document.querySelectorAll('main script, main img').length") == 0
        assert page.evaluate("[...document.links].every(a => !/^javascript:/.test(a.href))")
    assert page.evaluate("window.planted") is None
    page.goto(page.url.partition("#")[0] + f"#/s/{sandbox.name}/records/cliniko.products")
    for text in PLANTED[:4]:
        page.get_by_role("cell", name=text).first.wait_for()


def test_a_first_call_is_seen_arriving_and_nothing_moves(browser, vendors):
    with LiveServer(build_server(vendors=vendors)) as live:
        page = browser.new_page()
        page.goto(live.url)
        page.get_by_text("Waiting for the first call").wait_for()
        assert barriers(page) == []
        line = page.locator(".first pre").inner_text()
        assert line.startswith("curl ")
        assert live.url in line
        httpx.get(f"{live.url}/cliniko/v1/products", auth=("test-new", ""))
        page.get_by_role("link", name="GET /cliniko/v1/products").wait_for()
        page.close()


def test_everything_can_be_reached_and_done_by_keyboard(console, sandbox, cliniko):
    cliniko.get("/products")
    page = console()

    def focused():
        return page.evaluate("document.activeElement.textContent.trim()")

    page.keyboard.press("Tab")
    assert focused() == "Skip to the content"
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused() == sandbox.name:
            break
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Traffic").wait_for()
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused().startswith("GET"):
            break
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Fork here").wait_for()
    page.get_by_role("button", name="Fork here").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name of the new sandbox").wait_for()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    assert focused() == "Fork here"


def test_a_filter_that_is_wrong_says_what_was_meant(console, sandbox, cliniko):
    cliniko.get("/products")
    page = console(f"#/s/{sandbox.name}/traffic")
    page.get_by_label("Filter").fill("operation:listProdcts")
    shown(page, "did you mean listProducts")
    page.get_by_label("Filter").fill("operation:listProducts")
    shown(page, "1 of 1 exchanges")


@pytest.mark.parametrize(
    ("api", "lists", "creates"),
    [
        ("cliniko", "listProducts", "createProduct"),
        ("built", "listItems", "createItem"),
        ("skhokho", "listProducts", "createProduct"),
        ("exsited", "listItems", "createItem"),
    ],
)
def test_who_opens_the_documentation_can_list_and_create(console, api, lists, creates):
    page = console(f"#/apis/{api}/{lists}")
    for operation in (lists, creates):
        page.goto(page.url.partition("#")[0] + f"#/apis/{api}/{operation}")
        page.get_by_role("button", name=f"Try {operation}", exact=True).click()
        page.get_by_role("button", name="Send").click()
        answer = page.locator(".answer")
        answer.wait_for()
        assert answer.locator(".status").inner_text() in {"200", "201"}, answer.inner_text()


def test_every_call_shown_as_python_makes_it(console, url, sandbox, cliniko, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cliniko.post("/products", json={"name": "Balm"})
    page = console()
    snippets = page.evaluate(
        """async name => {
            const api = await import("./static/api.js");
            const tricky = {match: {path: "/a"}, effects: [{kind: "garbage", of: "body"}]};
            const balm = {body: {name: "O'Balm \\"x\\"", notes: null}};
            const at = "2026-03-01T09:00:00+00:00";
            return [
                api.apis(), api.cases("cliniko", "getProduct"),
                api.casesFile("cliniko", ["getProduct"], {kind: "valid", format: "curl"}),
                api.dataFile("cliniko", "products", {count: 2, format: "csv", seed: 3}),
                api.sandboxes(), api.look(name), api.create(`${name}-b`, "empty", 3),
                api.reset(`${name}-b`), api.remove(`${name}-b`),
                api.fork(name, `${name}-c`, {before: 1}),
                api.snapshot(name, "one"), api.restore(name, "one"), api.rewind(name, 1),
                api.exported(name, "after:1"), api.difference(name, "seed", "now"),
                api.actions(name),
                api.search(name, 'status:2xx "a b"'), api.exchange(name, 1), api.explain(name, 1),
                api.code(name, 1), api.replay(name, 1), api.tables(name),
                api.call(name, "cliniko", "POST", "/products", balm),
                api.records(name, "cliniko.products", "bal", "-id", 0, 5),
                api.record(name, "cliniko.products", "1"), api.clock(name),
                ...[{mode: "frozen"}, {mode: "advanced", seconds: 60}, {mode: "running"},
                    {mode: "set", at}, {mode: "real"}].map(each => api.setClock(name, each)),
                api.faults(name), api.addFault(name, tricky), api.pauseFault(name, "rule-1", true),
                api.removeFault(name, "rule-1"), api.limits(name), api.setLimits(name, true, 5),
                api.csrf(name), api.setCsrf(name, false), api.seed(name, {apis: {}}),
            ].map(api.asPython);
        }""",
        sandbox.name,
    )
    assert len(snippets) == 40
    for snippet in snippets:
        assert url in snippet
        exec(compile(snippet, "shown", "exec"), {})
    assert (tmp_path / "cliniko-cases.curl").read_bytes().startswith(b"#!")
    assert len((tmp_path / "cliniko-products.csv").read_bytes().splitlines()) == 3


@pytest.mark.parametrize("width", [390, 1280])
def test_see_the_cases_of_an_operation_send_one_and_take_them_along(console, control, width):
    sandbox = control.create(f"test-cases-{width}")
    empty = control.create(f"test-empty-{width}", persona="empty").name
    page = console("#/apis/cliniko/getProduct", viewport={"width": width, "height": 800})
    page.evaluate(WATCH_SHIFTS)
    page.get_by_role("link", name="Cases of getProduct", exact=True).click()
    rows = page.locator(".cases tbody tr")
    rows.first.wait_for()
    page.get_by_label("Kind of case").select_option("invalid")
    texts = [row.split() for row in rows.all_inner_texts()]
    assert texts
    assert {"invalid"} == {"invalid" if "invalid" in each else each[1] for each in texts}
    case = rows.filter(has_text="another value, no-such-id")
    assert case.locator(".status").inner_text() == "404"
    assert case.locator("code").inner_text().startswith("#/paths/~1products~1{id}/get")
    assert case.locator(".badge").inner_text() in {"documented", "observed", "inferred"}
    case.get_by_role("button").click()
    # Where the records lack what a case needs, it says so.
    for name, answer in (
        (empty, "The case needs what GET /taxes has at /taxes/0/id"),
        (sandbox.name, "The status is as expected"),
    ):
        page.get_by_label("Send cases to the sandbox").select_option(name)
        page.get_by_role("button", name="Send case").click()
        shown(page, answer)
    assert page.locator(".pair .status").all_inner_texts() == ["404", "404"]
    assert page.locator(".detail .as-code").count() >= 1
    assert barriers(page) == []
    assert page.evaluate(TOO_WIDE) <= 0
    (exchange,) = sandbox.evidence.search("path:/cliniko/v1/products/no-such-id")["exchanges"]
    assert (exchange["operation"], exchange["status"]) == ("getProduct", 404)
    files = {}
    for title, form in (("Download the cases", "postman"), ("Download a data set", "csv")):
        part = page.locator("details.operation", has_text=title)
        part.locator("summary").first.click()
        part.get_by_label("Format").select_option(form)
        with page.expect_download() as waiting:
            part.get_by_role("button", name="Download").click()
        files[waiting.value.suggested_filename] = waiting.value.path().read_text(encoding="utf-8")
    assert list(files) == ["cliniko-cases.postman_collection.json", "cliniko-products.csv"]
    collection, rows = files.values()
    assert [each[0] for each in texts if each[0] not in collection] == []
    assert "c0001" not in collection
    assert len(rows.splitlines()) == 101
    assert page.evaluate("shifts") == []


def test_a_case_is_sent_where_a_token_has_to_be_asked_for(console, control):
    sandbox = control.create("test-token")
    page = console("#/cases?api=exsited&operation=getItem&kind=valid")
    page.get_by_label("Send cases to the sandbox").select_option(sandbox.name)
    page.locator(".cases tbody button").first.click()
    page.get_by_role("button", name="Send case").click()
    shown(page, "The status is as expected")
    found = sandbox.evidence.search("operation:getItem status:2xx")["exchanges"]
    assert len(found) == 1


def test_who_logs_in_behind_a_prefix_works_there_until_he_logs_out(browser, vendors):
    server = build_server(vendors=vendors[:2], settings=Settings(token="a token"))

    async def behind_a_prefix(scope, receive, send):
        path = scope.get("path", "")
        if path.startswith("/pre/fix/"):
            scope = {**scope, "path": path.removeprefix("/pre/fix")}
            scope["raw_path"] = scope["raw_path"].removeprefix(b"/pre/fix")
        await server(scope, receive, send)

    with LiveServer(behind_a_prefix) as live:
        page = browser.new_page()
        page.goto(f"{live.url}/pre/fix/")
        for token, shown_then in (("wrong", "The token is wrong."), ("a token", "Waiting for")):
            assert barriers(page) == []
            page.get_by_label("Token").fill(token)
            page.get_by_role("button", name="Log in").click()
            shown(page, shown_then)
            assert "token" not in page.url
        (cookie,) = page.context.cookies()
        assert (cookie["path"], cookie["sameSite"]) == ("/pre/fix/_mock", "Strict")
        page.get_by_role("button", name="Make a first call from here").click()
        page.get_by_role("button", name="Replay").click()
        shown(page, "Sent again")
        page.get_by_role("button", name="Log out").click()
        page.get_by_label("Token").wait_for()
        page.context.close()
