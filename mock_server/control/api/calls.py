"""Control of calls that are made for somebody: an operation tried, an exchange sent again."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from functools import partial
from typing import Any

import httpx
from starlette.types import ASGIApp

from mock_server.control.api.points import exchange_of
from mock_server.control.context import ControlContext, ControlRefusal
from mock_server.discovery import Vendor
from mock_server.engine.api import Operations
from mock_server.engine.context import Context
from mock_server.engine.errors import Conflict, Unauthenticated
from mock_server.engine.messages import Reply, Request
from mock_server.engine.replies import encode_json
from mock_server.engine.worker import Steps
from mock_server.in_process import exchange as send
from mock_server.journal.exchange import Exchange
from mock_server.journal.views import exchange_view
from mock_server.openapi.security import SecurityScheme, UnreadableCredential
from mock_server.state.sandbox import Sandbox
from mock_server.usage import suggestion

_UNAUTHORIZED = 401
#: What a header's name and value consist of (RFC 9110, sections 5.1 and 5.5).
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t -~\x80-\xff]*")
#: What the transport writes itself.
_OWN = frozenset({"connection", "content-length", "host", "transfer-encoding"})


def register(operations: Operations, context: ControlContext) -> None:
    """Add the handlers of calls of the APIs."""

    @operations.handles("callOperation", long=True)
    def call(request: Request, _: Context) -> Steps[Reply]:
        sandbox, body = context.sandbox(request), request.body
        if body["api"] not in context.apis:
            raise ControlRefusal(
                {"api": f"is {body['api']!r}; {suggestion(body['api'], context.apis)}"}
            )
        vendor = context.vendor(body["api"])
        made = _built(context.base_url(body["api"], request.origin), body)
        _require_key(sandbox, context)
        if not vendor.spec.security_schemes:
            found = yield _sent(context, sandbox, made)
        else:
            found = yield from _signed(context, sandbox, vendor, made, request.origin)
        return Reply(200, exchange_view(found, vendor.spec))

    @operations.handles("replayExchange", long=True)
    def replay(request: Request, _: Context) -> Steps[Reply]:
        sandbox = context.sandbox(request)
        exchange = exchange_of(sandbox, int(request.path["exchange"]))
        made = httpx.Request(
            exchange.method,
            exchange.url,
            headers={
                name: value for name, value in exchange.request_headers.items() if name not in _OWN
            },
            content=exchange.request_body or None,
            extensions={"target": _target_of(exchange)},
        )
        found = yield _sent(context, sandbox, made)
        return Reply(200, exchange_view(found, context.specs.get(found.api)))


def _built(base_url: str, body: dict[str, Any]) -> httpx.Request:
    content, headers = None, dict(body.get("headers", {}))
    names = {name.lower() for name in headers}
    if "body" in body and "text" in body:
        raise ControlRefusal({"text": "excludes `body`; give one of them"})
    if "text" in body:
        content = body["text"].encode()
    elif "body" in body:
        content = encode_json(body["body"])
        if "content-type" not in names:
            headers["Content-Type"] = "application/json"
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ControlRefusal({"headers": f"has {name!r}, which no request can carry"})
    if names & _OWN:
        raise ControlRefusal({"headers": f"cannot have {', '.join(sorted(names & _OWN))}"})
    try:
        return httpx.Request(
            body["method"].upper(), base_url + body["path"], headers=headers, content=content
        )
    except (httpx.InvalidURL, UnicodeEncodeError, ValueError) as problem:
        raise ControlRefusal({"path": f"makes no request: {problem}"}) from problem


def _require_key(sandbox: Sandbox, context: ControlContext) -> None:
    """Raise Conflict unless the name of a sandbox is the key that opens it."""
    with suppress(Unauthenticated):
        if context.policy.sandbox(sandbox.name).name == sandbox.name:
            return
    raise Conflict("the key of this sandbox is hidden, so no call can be made in it")


def _signed(
    context: ControlContext, sandbox: Sandbox, vendor: Vendor, made: httpx.Request, origin: str
) -> Steps[Exchange]:
    """Send a call with the credential that opens the sandbox.

    Where a token has to be asked for, the newest one that was presented in the sandbox comes
    first, for asking for another may end it.
    """
    schemes = list(vendor.spec.security_schemes.values())
    scheme = next((each for each in schemes if each.location == "header"), schemes[0])
    sign_in = vendor.api.sign_in
    credential = sandbox.name if sign_in is None else _newest(sandbox, vendor, scheme)
    if credential is not None:
        found: Exchange = yield _sent(context, sandbox, _presenting(made, scheme, credential))
        if sign_in is None or found.status != _UNAUTHORIZED:
            return found
    base_url = context.base_url(vendor.api.name, origin)
    transport = _LoopTransport(_app(context), asyncio.get_running_loop())
    with httpx.Client(base_url=base_url, transport=transport) as client:
        credential = yield asyncio.to_thread(partial(sign_in or _never, sandbox.name, client))
    answered: Exchange = yield _sent(context, sandbox, _presenting(made, scheme, credential))
    return answered


def _never(word: str, _: httpx.Client) -> str:
    return word


def _newest(sandbox: Sandbox, vendor: Vendor, scheme: SecurityScheme) -> str | None:
    for exchange in reversed(list(sandbox.journal)):
        if exchange.api == vendor.api.name and exchange.status != _UNAUTHORIZED:
            with suppress(UnreadableCredential):
                found = scheme.read(exchange.request_headers, exchange.query)
                if found is not None:
                    return found.text
    return None


def _presenting(made: httpx.Request, scheme: SecurityScheme, credential: str) -> httpx.Request:
    """The request with a credential, unless it has one of its own."""
    presented = scheme.present(credential)
    headers = made.headers.copy()
    for name, value in presented.headers.items():
        headers.setdefault(name, value)
    url = made.url
    for name, value in presented.query.items():
        url = url if name in url.params else url.copy_add_param(name, value)
    return httpx.Request(made.method, url, headers=headers, content=made.content or None)


async def _sent(context: ControlContext, sandbox: Sandbox, made: httpx.Request) -> Exchange:
    """Send a request to the APIs, and return the exchange that the sandbox's journal has of it.

    Raises Conflict if the journal got none: the request was refused before it reached the sandbox.
    """
    found: list[Exchange] = []
    task = asyncio.current_task()

    def heard(exchange: Exchange) -> None:
        if asyncio.current_task() is task:
            found.append(exchange)

    stop = sandbox.journal.listen(heard)
    try:
        # A fault may break the connection off; the journal has what came of it.
        with suppress(httpx.TransportError):
            await send(_app(context), made)
    finally:
        stop()
    if not found:
        raise Conflict("the request did not reach this sandbox")
    return found[-1]


def _app(context: ControlContext) -> ASGIApp:
    if context.app is None:
        raise Conflict("nothing is served here")
    return context.app


def _target_of(exchange: Exchange) -> bytes:
    query = f"?{exchange.query}" if exchange.query else ""
    return f"{exchange.raw_path}{query}".encode("latin-1", "replace")


class _LoopTransport(httpx.BaseTransport):
    """Lets a thread's client call an application on the loop on which its calls run."""

    def __init__(self, app: ASGIApp, loop: asyncio.AbstractEventLoop) -> None:
        self._app = app
        self._loop = loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the application's answer."""
        return asyncio.run_coroutine_threadsafe(send(self._app, request), self._loop).result()
