"""Take the screenshots of the console for the documentation: `make screenshots`.

    python -m tests.console.screenshots [FOLDER]

Every page is taken in a small shop in which something has happened, 1,280 pixels wide and light;
with a folder, also dark and 390 pixels wide, to look at.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from mock_server.app import build_server
from mock_server.control.client import Control
from mock_server.live import LiveServer
from mock_server.settings import Settings
from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "images" / "console"
#: What keeps a browser from calling anybody.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGES = {
    "sandboxes": "#/sandboxes",
    "traffic": "#/s/test-shop/traffic",
    "exchange": "#/s/test-shop/traffic/5",
    "tables": "#/s/test-shop/records",
    "records": "#/s/test-shop/records/cliniko.products",
    "record": "#/s/test-shop/records/cliniko.products/61",
    "timeline": "#/s/test-shop/timeline",
    "faults": "#/s/test-shop/faults",
    "apis": "#/apis",
    "documentation": "#/apis/cliniko/createProduct",
    "cases": "#/cases",
}


def chromium() -> str | None:
    """Return the path of the browser, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def act_out(control: Control) -> None:
    """Let a shop be open in which products are made and sold, some calls fail, and time passes."""
    shop = control.create("test-shop", seed=7)
    shop.freeze(datetime(2026, 3, 2, 9, tzinfo=UTC))
    balm = {"name": "Cedar Balm", "price": 12.1, "price_includes_tax": True, "stock_level": 5}
    sale = {"product_id": "61", "quantity": -2, "adjustment_type": "Item Sold"}
    shop.call("cliniko", "GET", "/products")
    shop.call("cliniko", "POST", "/products", body=balm)
    shop.snapshot("stocked")
    shop.advance(95)
    shop.call("cliniko", "POST", "/products", body={"price": "cheap"})
    shop.call("cliniko", "GET", "/products/999")
    shop.call("cliniko", "POST", "/stock_adjustments", body=sale)
    shop.add_fault(
        {
            "match": {"operation": "updateProduct"},
            "effects": [{"kind": "lost_update"}],
            "times": 1,
        }
    )
    shop.add_fault({"effects": [{"kind": "drop"}], "match": {"method": "DELETE"}})
    shop.advance(30)
    shop.call("cliniko", "PATCH", "/products/61", body={"price": 13.2, "name": "Cedar Balm 50 ml"})
    shop.call("cliniko", "GET", "/products/61")
    shop.call("built", "GET", "/api/v3/items")
    shop.call("cliniko", "GET", "/bookings")
    control.create("test-ci-1", persona="empty")
    shop.fork("test-shop-copy", snapshot="stocked")


def taken(page: Page, url: str) -> Iterator[tuple[str, bytes]]:
    """Yield each page by its name, as an image."""
    for name, route in PAGES.items():
        page.goto("about:blank")
        page.goto(f"{url}/_mock/console/{route}")
        page.wait_for_selector("main[data-route] h1")
        if name == "cases":
            page.wait_for_selector(".cases")
        page.wait_for_timeout(400)
        yield name, page.screenshot()


def keep(image: bytes, path: Path) -> None:
    """Write an image with as few colours as its pages have, which makes it small."""
    few = Image.open(io.BytesIO(image)).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE)
    few.save(path, optimize=True)


def main() -> None:
    """Take them all."""
    settings = Settings(clock=datetime(2026, 3, 2, 9, tzinfo=UTC))
    server = build_server(settings=settings)
    looks = [("", 1280, 800, "light")]
    folder = FOLDER
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        looks += [("-dark", 1280, 800, "dark"), ("-narrow", 390, 844, "light")]
        looks += [("-narrow-dark", 390, 844, "dark")]
    folder.mkdir(parents=True, exist_ok=True)
    with LiveServer(server) as live, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=QUIET)
        for mark, width, height, scheme in looks:
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page.on("console", lambda message: print(message.type, message.text, message.location))
            page.on("pageerror", lambda error: print("ERROR", error, error.stack))
            if mark == "":
                page.goto(f"{live.url}/")
                page.wait_for_selector("main[data-route] h1")
                keep(page.screenshot(), folder / "first-use.png")
                with Control(live.url) as control:
                    act_out(control)
            for name, image in taken(page, live.url):
                keep(image, folder / f"{name}{mark}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
