"""An exchange as code that makes its call again: a line of curl, and a test for pytest."""

from __future__ import annotations

import json
import re
from pprint import pformat
from shlex import quote
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mock_server.journal.exchange import Exchange
from mock_server.journal.redaction import (
    is_secret,
    redacted_query,
    redacted_text,
    secret_parameters,
)
from mock_server.openapi.document import SpecIndex
from mock_server.openapi.security import Credential, UnreadableCredential

#: What a client adds by itself, or what says who called and from where.
_DROPPED = frozenset(
    {
        "accept", "accept-encoding", "accept-language", "connection", "content-length", "host",
        "origin", "referer", "user-agent",
    }
)  # fmt: skip
_BROWSER = ("sec-", "x-forwarded-")
#: What stands for a token that has to be asked for first.
_TOKEN = "TOKEN"  # noqa: S105 - a placeholder
_WIDTH = 88


def as_curl(exchange: Exchange, spec: SpecIndex, credential: str | None) -> str:
    """Return a curl command that makes the call again, secrets left out.

    `credential` is what opens the sandbox, None where a token must be asked for first: `$TOKEN`
    then stands for it.
    """
    presented = _presented(exchange, spec, credential)
    headers = {**_headers(exchange, spec), **presented["headers"]}
    url = exchange.base_url + _target(exchange, spec, presented["query"])
    parts = ["curl"]
    if exchange.method != "GET":
        parts.append(f"-X {exchange.method}")
    parts.append(quote(url))
    parts += [f"-H {_quoted(f'{name}: {value}')}" for name, value in headers.items()]
    if exchange.request_body:
        parts.append(_data(exchange))
    return " \\\n  ".join([" ".join(parts[:-1] if len(parts) < 3 else parts[:2]), *parts[2:]])


def as_pytest(exchange: Exchange, spec: SpecIndex) -> str:
    """Return a test for pytest and the fixture `mock_inventory` that makes the call again.

    It expects the status that was answered.
    """
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|\W+", "_", exchange.operation or "call").lower()
    arguments = [repr(exchange.method), repr(_target(exchange, spec, {}))]
    arguments += _content(exchange)
    headers = _headers(exchange, spec)
    if headers.get("content-type") == "application/json" and arguments[-1].startswith("json="):
        del headers["content-type"]
    if headers:
        arguments.insert(2, f"headers={headers!r}")
    call = ",\n            ".join(arguments)
    imports = "from pathlib import Path\n\n\n" if "Path(" in arguments[-1] else ""
    return (
        f"{imports}def test_{name}_answers_{exchange.status}(mock_inventory):\n"
        f"    with mock_inventory.{exchange.api}.client() as client:\n"
        f"        answer = client.request(\n            {call},\n        )\n"
        f"    assert answer.status_code == {exchange.status}\n"
    )


def _headers(exchange: Exchange, spec: SpecIndex) -> dict[str, str]:
    secrets = secret_parameters(spec)
    return {
        name: value
        for name, value in exchange.request_headers.items()
        if name not in _DROPPED
        and name not in secrets
        and not name.startswith(_BROWSER)
        and not is_secret(name)
    }


def _presented(
    exchange: Exchange, spec: SpecIndex, credential: str | None
) -> dict[str, dict[str, str]]:
    """Where the credential was, with the one that opens the sandbox in its place."""
    for scheme in spec.security_schemes.values():
        try:
            found: Credential | None = scheme.read(exchange.request_headers, exchange.query)
        except UnreadableCredential:
            continue
        if found is not None:
            made = scheme.present(credential if credential is not None else f"${_TOKEN}")
            return {"headers": made.headers, "query": made.query}
    return {"headers": {}, "query": {}}


def _target(exchange: Exchange, spec: SpecIndex, credential: dict[str, str]) -> str:
    """The path below the API's base URL, and the query; secrets in it are left out."""
    base = exchange.base_url.removeprefix(exchange.origin)
    path = exchange.raw_path.removeprefix(base)
    secrets = secret_parameters(spec)
    shown = redacted_query(exchange.query, secrets)
    if shown != exchange.query or credential:
        pairs = parse_qsl(exchange.query, keep_blank_values=True)
        kept = [(name, value) for name, value in pairs if not _is_hidden(name, secrets)]
        shown = urlencode([*kept, *credential.items()])
    return f"{path}{'?' if shown else ''}{shown}"


def _is_hidden(name: str, secrets: frozenset[str]) -> bool:
    return name.lower() in secrets or is_secret(name)


def _quoted(text: str) -> str:
    """A word for a shell in which the token is a variable."""
    if f"${_TOKEN}" in text:
        return '"' + re.sub(r'(["\\`])', r"\\\1", text) + '"'
    return quote(text)


def _data(exchange: Exchange) -> str:
    text = _text_of(exchange)
    return "--data-binary @body.bin" if text is None else f"--data-raw {quote(text)}"


def _content(exchange: Exchange) -> list[str]:
    if not exchange.request_body:
        return []
    text = _text_of(exchange)
    if text is None:
        return ["content=Path('body.bin').read_bytes()"]
    if "json" in exchange.request_headers.get("content-type", ""):
        try:
            value: Any = json.loads(text)
        except ValueError:
            return [f"content={text!r}"]
        shown = pformat(value, width=_WIDTH, sort_dicts=False).replace("\n", "\n            ")
        return [f"json={shown}"]
    return [f"content={text!r}.encode()"]


def _text_of(exchange: Exchange) -> str | None:
    """The body without secrets, None if it is no text."""
    try:
        exchange.request_body.decode()
    except UnicodeDecodeError:
        return None
    return redacted_text(exchange.request_body, exchange.request_headers.get("content-type", ""))
