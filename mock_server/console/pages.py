"""The console's pages, rendered by Flask, and each API's spec and documentation.

No mocked request goes through here.
"""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import swagger_ui_bundle
from a2wsgi import WSGIMiddleware
from flask import Flask, abort, render_template, send_from_directory
from flask import request as page_request
from flask.typing import ResponseReturnValue
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from mock_server.discovery import Vendor
from mock_server.engine.replies import encode_json
from mock_server.openapi.document import Json

#: Everything of ours beside the APIs stands below this path, which no vendor uses.
PREFIX = "/_mock"
_Endpoint = Callable[[Request], Awaitable[Response]]


def first_call_line(vendor: Vendor, base_url: str) -> str:
    """Return a curl line that works right after the start."""
    call = vendor.api.first_call
    return shlex.join(["curl", *call.arguments, f"{base_url}{call.path}"])


def served_document(vendor: Vendor, base_url: str) -> Json:
    """Return the spec with this server as its first server, the vendor's own after it."""
    document = vendor.spec.document
    servers = [{"url": base_url, "description": "this mock"}, *document.get("servers", [])]
    return {**document, "servers": servers}


def console_routes(vendors: list[Vendor], mounts: Mapping[str, str]) -> list[BaseRoute]:
    """Return the routes of the console, and of the front page if no API stands there."""
    # a2wsgi declares WSGI and ASGI in types of its own, which differ from others' in name only.
    console = cast("ASGIApp", WSGIMiddleware(cast("Any", _console(vendors, mounts))))
    routes: list[BaseRoute] = [Mount(f"{PREFIX}/console", console)]
    if "" not in mounts.values():
        routes.append(Route("/", _redirect_to(f"{PREFIX}/console/")))
    return routes


def api_routes(vendor: Vendor, mount: str) -> list[Route]:
    """Return the routes of one API's `openapi.json` and `docs`, below its mount."""
    docs = f"{PREFIX}/console/docs/{vendor.api.name}"
    return [
        Route("/openapi.json", _spec_endpoint(vendor, mount)),
        Route("/docs", _redirect_to(docs)),
    ]


def control_routes(document: Json) -> list[BaseRoute]:
    """Return the routes of the control API's `openapi.json` and `docs`."""

    async def spec(request: Request) -> Response:
        url = f"{request.url.scheme}://{request.url.netloc}{PREFIX}"
        served = {**document, "servers": [{"url": url, "description": "this server"}]}
        return Response(encode_json(served), media_type="application/json")

    return [
        Route(f"{PREFIX}/openapi.json", spec),
        Route(f"{PREFIX}/docs", _redirect_to(f"{PREFIX}/console/docs/control")),
    ]


def _spec_endpoint(vendor: Vendor, mount: str) -> _Endpoint:
    async def endpoint(request: Request) -> Response:
        origin = f"{request.url.scheme}://{request.url.netloc}"
        document = served_document(vendor, origin + mount + vendor.spec.base_path)
        return Response(encode_json(document), media_type="application/json")

    return endpoint


def _redirect_to(path: str) -> _Endpoint:
    async def endpoint(_: Request) -> Response:
        return RedirectResponse(path)

    return endpoint


def _console(vendors: list[Vendor], mounts: Mapping[str, str]) -> Flask:
    app = Flask("mock_server.console")
    by_name = {vendor.api.name: vendor for vendor in vendors}
    described = {
        name: (vendor.spec.title, f"{mounts[name]}/openapi.json")
        for name, vendor in by_name.items()
    }
    described["control"] = ("Control", f"{PREFIX}/openapi.json")

    @app.get("/")
    def index() -> ResponseReturnValue:
        origin = page_request.host_url.rstrip("/")
        rows = []
        for name, vendor in by_name.items():
            base_url = origin + mounts[name] + vendor.spec.base_path
            rows.append(
                {
                    "title": vendor.spec.title,
                    "base_url": base_url,
                    "docs": f"docs/{name}",
                    "spec": f"{mounts[name]}/openapi.json",
                    "operations": len(vendor.spec.operations),
                    "not_mocked": vendor.spec.not_mocked,
                    "first_call": first_call_line(vendor, base_url),
                }
            )
        return render_template("index.html", rows=rows)

    @app.get("/docs/<name>")
    def docs(name: str) -> ResponseReturnValue:
        if name not in described:
            abort(404)
        title, spec = described[name]
        return render_template(
            "docs.html",
            title=title,
            spec=spec,
            assets=f"{page_request.script_root}/assets",
        )

    @app.get("/assets/<path:name>")
    def assets(name: str) -> ResponseReturnValue:
        return send_from_directory(swagger_ui_bundle.swagger_ui_path, name)

    return app
