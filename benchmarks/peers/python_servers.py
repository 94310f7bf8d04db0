"""The servers of this comparison that are written in Python, each run in a process of its own.

    python -m benchmarks.peers.python_servers KIND PORT DATA

KIND is `starlette` (bare routes that return ready JSON), `flaskapp`, `flaskapp-validated`,
`asyncapp` or `asyncapp-validated` (stock Connexion with Cliniko's document, whose handlers look up
ready dictionaries). DATA is a JSON file with the products.
"""

from __future__ import annotations

import copy
import itertools
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import orjson
import uvicorn

_BASE = "/v1"
_JSON = {"Content-Type": "application/json"}


class Catalogue:
    """The products, and what each request of the work shows of them."""

    def __init__(self, products: list[dict[str, Any]]) -> None:
        self.by_id = {each["id"]: each for each in products}
        self._products = products
        self._by_name = sorted(products, key=lambda each: each["name"], reverse=True)
        self._next = itertools.count(1_000_000)

    def page(self, query: dict[str, Any]) -> dict[str, Any]:
        """Return a page of the list: all, sorted by name, or those below an identifier."""
        found, size = self._products, int(query.get("per_page", 50))
        if "sort" in query:
            found = self._by_name
        if "q[]" in query:
            most = int(str(query["q[]"]).rpartition("<")[2])
            found = [each for each in found if int(each["id"]) < most]
        first = (int(query.get("page", 1)) - 1) * size
        return {
            "products": found[first : first + size],
            "total_entries": len(found),
            "links": {"self": "http://127.0.0.1/v1/products"},
        }

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        """Add a product like the first one, with another name."""
        made = {**self._products[0], "id": str(next(self._next)), "name": body["name"]}
        self.by_id[made["id"]] = made
        return made


def starlette_app(catalogue: Catalogue) -> Any:
    """Bare routes; nothing is validated, and answers that never change are encoded once."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    ready = {number: orjson.dumps(each) for number, each in catalogue.by_id.items()}

    async def show(request: Request) -> Response:
        return Response(ready[request.path_params["id"]], media_type="application/json")

    async def listed(request: Request) -> Response:
        page = catalogue.page(dict(request.query_params))
        return Response(orjson.dumps(page), media_type="application/json")

    async def create(request: Request) -> Response:
        made = catalogue.create(orjson.loads(await request.body()))
        return Response(orjson.dumps(made), 201, media_type="application/json")

    return Starlette(
        routes=[
            Route(f"{_BASE}/products/{{id}}", show),
            Route(f"{_BASE}/products", listed),
            Route(f"{_BASE}/products", create, methods=["POST"]),
        ]
    )


def connexion_app(catalogue: Catalogue, *, asynchronous: bool, validated: bool) -> Any:
    """Stock Connexion; its handlers only look up and return."""
    from mock_server.discovery import load_vendor

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import connexion
        from connexion.resolver import Resolver

    def query_of(given: dict[str, Any]) -> dict[str, Any]:
        query = {name: value for name, value in given.items() if value is not None}
        for name in ("q[]", "q"):
            if isinstance(query.get(name), list):
                query["q[]"] = query[name][0]
        return query

    def show(**given: Any) -> tuple[Any, int, dict[str, str]]:
        return catalogue.by_id[str(given["id"])], 200, _JSON

    def listed(**given: Any) -> tuple[Any, int, dict[str, str]]:
        return catalogue.page(query_of(given)), 200, _JSON

    def create(body: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
        return catalogue.create(body), 201, _JSON

    def unused(**_: Any) -> tuple[str, int]:
        return "", 204

    async def show_async(**given: Any) -> tuple[Any, int, dict[str, str]]:
        return show(**given)

    async def listed_async(**given: Any) -> tuple[Any, int, dict[str, str]]:
        return listed(**given)

    async def create_async(body: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
        return create(body)

    handlers: dict[str, Any] = {
        "getProduct": show_async if asynchronous else show,
        "listProducts": listed_async if asynchronous else listed,
        "createProduct": create_async if asynchronous else create,
    }
    document = copy.deepcopy(load_vendor("cliniko").spec.document)
    scheme = document["components"]["securitySchemes"]["basicAuth"]
    scheme["x-basicInfoFunc"] = f"{__name__}.anybody"
    # Connexion imports the security function by a dotted name.
    sys.modules.setdefault(__name__, sys.modules["__main__"])
    app = (connexion.AsyncApp if asynchronous else connexion.FlaskApp)("benchmarks_peers")
    app.add_api(
        document,
        base_path=_BASE,
        resolver=Resolver(lambda operation_id: handlers.get(operation_id, unused)),
        validate_responses=validated,
    )
    return app


def anybody(username: str, password: str) -> dict[str, str]:
    """Accept every credential, as stock Connexion's security function."""
    return {"sub": username or password}


def main() -> None:
    """Serve one of the applications until the process is ended."""
    kind, port, data = sys.argv[1:]
    catalogue = Catalogue(json.loads(Path(data).read_text(encoding="utf-8")))
    app = (
        starlette_app(catalogue)
        if kind == "starlette"
        else connexion_app(
            catalogue,
            asynchronous=kind.startswith("asyncapp"),
            validated=kind.endswith("validated"),
        )
    )
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
