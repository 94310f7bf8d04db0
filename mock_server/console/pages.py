"""The routes beside the APIs: the console, each API's spec and documentation, and the health check.

No mocked request goes through here.
"""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.console.served import served_document
from mock_server.discovery import Vendor
from mock_server.engine.replies import encode_json
from mock_server.openapi.document import Json

#: Everything of ours beside the APIs is below this path, which no vendor uses.
PREFIX = "/_mock"
#: Says why a page is not for the caller of an ASGI scope: LOGIN if he has to log in, else one line;
#: None if it is for him.
PageGuard = Callable[[Scope], str | None]
LOGIN = "login"
#: But for the health check, which tools look for here.
HEALTH = "/healthz"
_Endpoint = Callable[[Request], Awaitable[Response]]


def first_call_line(vendor: Vendor, base_url: str) -> str:
    """Return a curl line that works right after the start."""
    call = vendor.api.first_call
    return shlex.join(["curl", *call.arguments, f"{base_url}{call.path}"])


def console_routes(
    vendors: list[Vendor], mounts: Mapping[str, str], guard: PageGuard, *, token: bool
) -> list[BaseRoute]:
    """Return the routes of the console, the health check, and the front page if no API is there.

    `token` says whether control asks for one. Redirects are relative, for a proxy in front may have
    a prefix of its own.
    """

    @cache
    def console() -> ASGIApp:
        if find_spec("flask") is None or find_spec("a2wsgi") is None:
            return _without_pages(vendors, mounts)
        # Flask takes long to import, and most servers are never asked for a page.
        from a2wsgi import WSGIMiddleware

        from mock_server.console.site import console_site

        # a2wsgi declares WSGI and ASGI in types of its own, which differ in name only.
        pages: Any = console_site(vendors, mounts, token=token)
        return cast("ASGIApp", WSGIMiddleware(pages))

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        below = scope["path"].removeprefix(scope["root_path"])
        refusal = None if below.startswith("/static/") else guard(scope)
        if refusal == LOGIN:
            path = f"{scope['root_path']}/login"
            scope = {**scope, "path": path, "raw_path": path.encode()}
        elif refusal is not None:
            await PlainTextResponse(f"{refusal}\n", status_code=403)(scope, receive, send)
            return
        await console()(scope, receive, send)

    routes: list[BaseRoute] = [
        Route(f"{PREFIX}/console", _redirect_to("console/")),
        Mount(f"{PREFIX}/console", site),
        Route(HEALTH, _healthy),
    ]
    if "" not in mounts.values():
        routes.append(Route("/", _redirect_to(f"{PREFIX[1:]}/console/")))
    return routes


def _without_pages(vendors: list[Vendor], mounts: Mapping[str, str]) -> ASGIApp:
    """Answer in place of the console where what renders it is not installed."""

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        url = Request(scope).url
        origin = f"{url.scheme}://{url.netloc}"
        lines = ["For the pages of this server: pip install 'inventory-mock-server[console]'"]
        for vendor in vendors:
            mount = mounts[vendor.api.name]
            base_url = origin + mount + vendor.spec.base_path
            lines += [
                "",
                vendor.spec.title,
                f"  base URL  {base_url}",
                f"  document  {origin}{mount}/openapi.json",
                f"  try       {first_call_line(vendor, base_url)}",
            ]
        is_front = scope["path"].removeprefix(scope["root_path"]) in {"/", "/login"}
        answer = PlainTextResponse("\n".join([*lines, ""]), 200 if is_front else 501)
        await answer(scope, receive, send)

    return site


def api_routes(vendor: Vendor, mount: str) -> list[Route]:
    """Return the routes of one API's `openapi.json` and `docs`, below its mount."""
    above = "../" if mount else ""
    docs = f"{above}{PREFIX[1:]}/console/#/apis/{vendor.api.name}"
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
        Route(f"{PREFIX}/docs", _redirect_to("console/#/apis/control")),
    ]


async def _healthy(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


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
