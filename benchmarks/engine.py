"""What a request costs in this process: the engine against stock Connexion, in one run.

Both serve `specs/cliniko.yaml`, keep 60 products and answer the same bodies; no socket is
involved. The engine validates everything in both directions. Stock Connexion is an `AsyncApp` with
handlers that look up and return ready dictionaries, with response validation or without.

    python -m benchmarks.engine [--rounds N]

Rounds alternate between the servers, so that a noisy machine is noisy for all of them; the figures
are processor time, medians over the rounds. Exits with 1 if a ratio misses its bound.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import json
import statistics
import sys
import time
import warnings
from typing import Any

from benchmarks.steps import scope_for
from mock_server.app import build_server
from mock_server.discovery import load_vendor

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import connexion
    from connexion.resolver import Resolver

#: A get-one must cost at most an eighth, a list of 50 at most a thirtieth of stock's.
BOUNDS = {"get one": 8.0, "list 50": 30.0}


async def call(app: Any, scope: dict, body: bytes = b"") -> tuple[int, bytes]:
    """Call an application once; returns the answer's status and body."""
    status, chunks = 0, []

    async def receive() -> dict:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            chunks.append(message.get("body", b""))

    await app({**scope, "headers": list(scope["headers"])}, receive, send)
    return status, b"".join(chunks)


def stock_app(products: list[dict], *, validate_responses: bool) -> Any:
    """Stock Connexion with the same spec; handlers only look up and return."""
    by_id = {product["id"]: product for product in products}
    page = {
        "products": products[:50],
        "total_entries": len(products),
        "links": {"self": "http://mock.test/v1/products?page=1"},
    }

    # The spec has a text/plain answer (401), so stock wants to be told which type each one is.
    is_json = {"Content-Type": "application/json"}

    async def get_product(**parameters: Any) -> tuple[dict, int, dict]:
        return by_id[parameters["id"]], 200, is_json

    async def list_products(**_: Any) -> tuple[dict, int, dict]:
        return page, 200, is_json

    async def create_product(body: dict) -> tuple[dict, int, dict]:
        product = {**products[0], "id": str(len(by_id) + 1), "name": body["name"]}
        by_id[product["id"]] = product
        return product, 201, {**is_json, "Location": f"/v1/products/{product['id']}"}

    async def unused(**_: Any) -> tuple[str, int]:
        return "", 204

    handlers = {
        "getProduct": get_product,
        "listProducts": list_products,
        "createProduct": create_product,
    }
    document = copy.deepcopy(load_vendor("cliniko").spec.document)
    scheme = document["components"]["securitySchemes"]["basicAuth"]
    scheme["x-basicInfoFunc"] = "benchmarks_engine.anybody"
    app = connexion.AsyncApp("benchmarks_engine")
    app.add_api(
        document,
        base_path="/v1",
        resolver=Resolver(lambda operation_id: handlers.get(operation_id, unused)),
        validate_responses=validate_responses,
    )
    return app


def anybody(username: str, password: str) -> dict:
    """Accept every credential, as stock Connexion's security function."""
    return {"sub": username or password}


async def measure(app: Any, scope: dict, body: bytes, repeats: int) -> float:
    """Microseconds of processor time for each request."""
    started = time.process_time()
    for _ in range(repeats):
        await call(app, scope, body)
    return (time.process_time() - started) / repeats * 1e6


async def run(rounds: int) -> bool:
    """Measure and print every case; returns whether all bounds are met."""
    mock = build_server(["cliniko"])
    ours, prefix = mock, mock.base_path("cliniko")
    listing = scope_for(f"{prefix}/products", b"per_page=100")
    products = json.loads((await call(ours, listing))[1])["products"]
    plain = stock_app(products, validate_responses=False)
    checked = stock_app(products, validate_responses=True)
    new = json.dumps({"name": "Bench", "price": 12.5, "tax_id": "1"}).encode()
    cases: list[tuple[str, str, bytes, str, bytes, int]] = [
        ("get one", "/products/1", b"", "GET", b"", 400),
        ("list 50", "/products", b"", "GET", b"", 25),
        ("create", "/products", b"", "POST", new, 200),
    ]
    met = True
    print(
        f"{'':10}{'engine µs':>12}{'stock µs':>12}{'checked µs':>12}"
        f"{'÷ stock':>10}{'÷ checked':>11}"
    )
    for name, path, query, method, body, repeats in cases:
        apps = (
            (ours, scope_for(prefix + path, query, method, body)),
            (plain, scope_for("/v1" + path, query, method, body)),
            (checked, scope_for("/v1" + path, query, method, body)),
        )
        for app, scope in apps:
            status, content = await call(app, scope, body)
            assert status in {200, 201}, (name, status, content[:300])
        times: list[list[float]] = [[], [], []]
        for _ in range(rounds):
            for index, (app, scope) in enumerate(apps):
                times[index].append(await measure(app, scope, body, repeats))
        engine, stock, stock_checked = map(statistics.median, times)
        print(
            f"{name:10}{engine:12.1f}{stock:12.1f}{stock_checked:12.1f}"
            f"{stock / engine:10.1f}{stock_checked / engine:11.1f}"
        )
        bound = BOUNDS.get(name)
        ratio = stock_checked / engine if name == "list 50" else stock / engine
        if bound is not None and ratio < bound:
            met = False
            print(f"  {name}: {ratio:.1f} is below the bound of {bound}")
    return met


def main() -> int:
    """Run the benchmark; returns 1 if a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    # Connexion imports the security function by a dotted name.
    sys.modules["benchmarks_engine"] = sys.modules["__main__"]
    return 0 if asyncio.run(run(options.rounds)) else 1


if __name__ == "__main__":
    sys.exit(main())
