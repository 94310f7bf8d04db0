"""A sequence as a shell script of curl calls that fails while the fault is there."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from shlex import quote as quoted
from typing import Any
from urllib.parse import quote, urlsplit

from contract_tests.exchange.bodies import JSON, URLENCODED, encoded
from contract_tests.exchange.trace import Call, Trace
from contract_tests.reproduction.judge import as_json
from contract_tests.reproduction.replays.shell import POINTED, SERVED_AT, VARIABLES, credential
from contract_tests.reproduction.replays.text import without_controls
from contract_tests.reproduction.script import Ran, Script, renamed
from contract_tests.reproduction.variables import VARIABLE, renamed_text
from contract_tests.target.session import WRONG, Session
from contract_tests.target.target import IN_PROCESS_ORIGIN
from mock_server.lifecycle.model import ABSENT, Parts, Query
from mock_server.openapi.paths import filled


def shell_script(script: Script, ran: Ran, session: Session, name: str, message: str) -> str:
    """Return the script for what was answered to a sequence.

    It ends with 1 while the fault is there, with 0 without it, and with 2 if it cannot be told.
    """
    return "\n".join(_lines(script, ran, session, name, message)) + "\n"


def _lines(script: Script, ran: Ran, session: Session, name: str, message: str) -> Iterator[str]:
    target = session.target
    yield "#!/bin/sh"
    for line in (f"{target.vendor.api.name}: {name}", *message.splitlines()):
        yield f"# {without_controls(line)}".rstrip()
    yield "# Ends with 1 while the fault is there, 0 without it, 2 if it cannot be told."
    yield "# It takes curl, and a python3 that has contract_tests."
    yield "set -eu"
    default = target.base_url
    if default.startswith(IN_PROCESS_ORIGIN):
        yield "# A mock; start one with: mock-server serve"
        default = SERVED_AT + urlsplit(default).path
    yield f'target="${{CONTRACT_TESTS_TARGET:-{default}}}"'
    yield "umask 077"
    yield "work=$(mktemp -d)"
    yield "trap 'rm -rf \"$work\"' EXIT"
    yield "run=again$$"
    callers = {exchange.call.account for exchange in ran.trace}
    for account, variable in VARIABLES.items():
        if account in callers:
            yield from credential(account, variable, target.scheme)
    if "stranger" in callers:
        yield f"stranger={quoted(WRONG)}"
        yield from (
            line.replace('"$work/None"', '"$work/stranger"')
            for line in credential(None, "stranger", target.scheme)
        )
    yield POINTED
    judged = ran.claim.exchanges
    for step, pages in zip(script.steps, ran.pages, strict=True):
        call = renamed(step.call, ran.pages)
        for page in pages:
            yield ""
            yield from _call(call, page, ran.trace, session)
            status = ran.trace[page].answer.status
            if page not in judged:
                yield f'[ "$status" -eq {status} ] || {{ echo "expected {status}" >&2; exit 2; }}'
    yield ""
    yield f'python3 -m contract_tests.reproduction.judge {target.vendor.api.name} "$work" \\'
    yield f"  {_text(renamed_text(as_json(ran.named), ran.pages))}"


def _call(call: Call, number: int, trace: Trace, session: Session) -> Iterator[str]:
    operation, target = session.spec.operations[call.operation], session.target
    exchange = trace[number]
    method = exchange.method
    yield f"# {number}. {without_controls(str(exchange))}"
    options = [f"--request {method}", f"--header 'accept: {session.accepted(operation.id)}'"]
    query = tuple(
        named if VARIABLE.search(named[1]) else sent
        for named, sent in zip(call.parts.query, exchange.call.parts.query, strict=True)
    )
    url = f'"$target"{_text(_url(operation.path, call.parts, query, target.parameters))}'
    if call.account is not None and target.scheme.location == "query":
        sign = "&" if query else "?"
        url += f'"{sign}{target.scheme.parameter}=$(cat "$work/{call.account}")"'
    elif call.account is not None:
        options.append(f'--header @"$work/{call.account}"')
    headers = {name.lower(): value for name, value in call.parts.headers.items()}
    media_type = headers.pop("content-type", JSON)
    options += [f"--header {_text(f'{name}: {value}')}" for name, value in headers.items()]
    if call.parts.body is not ABSENT:
        content, media_type = _encoded(call.parts.body, media_type, trace)
        options.append(f"--header {_text(f'content-type: {media_type}')}")
        yield from _content(content, number)
        options.append(f'--data-binary @"$work/{number}.sent"')
    yield "status=$(curl --silent --show-error --globoff --path-as-is --max-time 30 \\"
    yield from (f"  {option} \\" for option in options)
    yield f'  --dump-header "$work/{number}.headers" --output "$work/{number}.body" \\'
    yield f"  --write-out '%{{http_code}}' {url}) || exit 2"
    yield f': >> "$work/{number}.body"'
    told = _text(f"{call.operation} {method} {exchange.url.partition('?')[0]}")
    yield f'echo {told} "$status" | tee "$work/{number}.status"'


def _encoded(body: Any, media_type: str, trace: Trace) -> tuple[bytes, str]:
    """A body with its variables as they are, those of numbers without quotes."""

    def unquoted(found: re.Match[str]) -> str:
        variable = VARIABLE.fullmatch(found[1])
        given = trace.answer(int(variable[2])).at(variable[3]) if variable else ""
        return found[0] if isinstance(given, str) else found[1]

    if media_type == URLENCODED:
        pairs = (f"{_escaped(name)}={_escaped(str(value))}" for name, value in body.items())
        return "&".join(pairs).encode(), media_type
    content, media_type = encoded(body, media_type)
    if media_type == JSON:
        content = re.sub(r'"(\{\{#[^{}]*\}\})"', unquoted, content.decode()).encode()
    return content, media_type


def _content(content: bytes, number: int) -> Iterator[str]:
    """Lines that write a body, with its variables, into a file."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = ""
    if text and text.isprintable():
        yield f'printf %s {_text(text)} > "$work/{number}.sent"'
        return
    pieces, last = [], 0
    written = content.decode("latin-1")
    for found in [*VARIABLE.finditer(written), None]:
        end = found.start() if found else len(written)
        plain = base64.b64encode(written[last:end].encode("latin-1")).decode()
        pieces.append(f"printf %s {plain} | base64 -d")
        if found:
            pieces.append(f"printf %s {_text(found[0])}")
            last = found.end()
    yield f'{{ {"; ".join(pieces)}; }} > "$work/{number}.sent"'


def _url(template: str, parts: Parts, query: Query, fixed: Mapping[str, str]) -> str:
    path = filled(template, {**fixed, **parts.path}, lambda value: _escaped(str(value)))
    pairs = "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in query)
    return f"{path}?{pairs}" if pairs else path


def _escaped(text: str) -> str:
    """Text for a URL, with its variables as they are."""
    return _between(text, lambda plain: quote(plain, safe=""), lambda variable: variable)


def _text(text: str) -> str:
    """Text for a shell, with the values of its variables."""
    return _between(text, lambda plain: quoted(plain) if plain else "", _value) or "''"


def _value(variable: str) -> str:
    found = VARIABLE.fullmatch(variable)
    if found is None:
        return quoted(variable)
    if found[4] is not None:
        return f'"ct-$run-{found[4]}"'
    return f'"$(pointed "$work/{found[2]}.body" {quoted(found[3] or "")})"'


def _between(text: str, plain: Callable[[str], str], variable: Callable[[str], str]) -> str:
    pieces, last = [], 0
    for found in VARIABLE.finditer(text):
        pieces += [plain(text[last : found.start()]), variable(found[0])]
        last = found.end()
    return "".join([*pieces, plain(text[last:])])
