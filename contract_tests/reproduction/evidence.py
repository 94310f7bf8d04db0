"""The exchange that shows a finding, for people to read and to send again with curl."""

from __future__ import annotations

import re
from collections.abc import Mapping
from shlex import quote

from contract_tests.claims import Answers, Claim, Conforms, Refuses
from contract_tests.exchange.trace import Answer, Caller, Exchange
from contract_tests.findings import Evidence
from contract_tests.reproduction.running import CREDENTIAL, OTHER_CREDENTIAL
from contract_tests.reproduction.script import ScriptRequest
from contract_tests.reproduction.shell import served_at
from contract_tests.target.session import WRONG, Session
from mock_server.journal.redaction import (
    redacted_headers,
    redacted_query,
    redacted_text,
    secret_parameters,
)
from mock_server.openapi.document import SpecIndex
from mock_server.openapi.security import SecurityScheme

#: What a client adds for the connection.
_OF_THE_CLIENT = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "user-agent"}
)
#: How many characters of a body are shown.
_LONGEST = 2000
#: A longer body is no help in a line of curl.
_LONGEST_IN_CURL = 4000
#: What is unlike text: control characters besides the usual white space.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
_SUCCESS = "a success (2xx)"
_VARIABLES: Mapping[Caller, str] = {"first": CREDENTIAL, "other": OTHER_CREDENTIAL}


def evidence(exchange: Exchange, session: Session, expected: str, actual: str) -> Evidence:
    """Return an exchange as it is shown: shortened, and without secrets."""
    call = exchange.call
    if isinstance(call, ScriptRequest):
        method, sent, content = call.method, dict(call.headers), call.body
        url = exchange.url
    else:
        method, url, sent, content = session.written(call)
    target = session.target
    in_process = target.in_process and not target.vendor.api.sign_in
    signing = _signing(
        target.scheme,
        call.account,
        {"first": target.credential, "other": target.other_credential}.get(
            call.account or "", WRONG
        ),
        usable=in_process,
    )
    url = f"{served_at(target)}{url}"
    return _shown_as(
        method, url, sent, content or b"", exchange.answer, session.spec, signing, expected, actual
    )


def recorded_evidence(
    method: str,
    url: str,
    headers: Mapping[str, str],
    content: bytes,
    answer: Answer,
    spec: SpecIndex,
    expected: str,
    actual: str,
) -> Evidence:
    """Return a call that was not made by a session, but recorded, as it is shown.

    `url` is the whole one; `headers` may hold the credential, which is left out.
    """
    scheme = next(iter(spec.security_schemes.values()))
    of_credential = {"authorization", "cookie", scheme.parameter.lower()}
    sent = {
        name: value
        for name, value in headers.items()
        if name.lower() not in of_credential | _OF_THE_CLIENT
    }
    signing = _signing(scheme, "first", None, usable=False)
    return _shown_as(method, url, sent, content, answer, spec, signing, expected, actual)


def _shown_as(
    method: str,
    url: str,
    sent: Mapping[str, str],
    body: bytes,
    answer: Answer,
    spec: SpecIndex,
    signing: tuple[list[str], str],
    expected: str,
    actual: str,
) -> Evidence:
    secrets = secret_parameters(spec)
    path, mark, query = url.partition("?")
    url = f"{path}{mark}{redacted_query(query, secrets)}"
    headers = {
        name: value
        for name, value in redacted_headers(sent.items(), secrets)
        if (name.lower(), value) != ("accept", "application/json")
    }
    return Evidence(
        expected=expected,
        actual=actual,
        method=method,
        url=url,
        request_headers=headers,
        request_body=_shown(body, _media_type(sent)),
        status=answer.status,
        response_headers=dict(redacted_headers(answer.headers.items(), secrets)),
        response_body=_shown(answer.content, _media_type(answer.headers)),
        curl=_curl(method, url, headers, body, signing),
    )


def expected_by(claim: Claim, description: str) -> str:
    """Return what a claim expects in a few words; `description` where it has none of its own."""
    if isinstance(claim, Answers):
        wanted = " or ".join(map(str, claim.statuses)) or _SUCCESS
        return f"{wanted}{claim.why and f': {claim.why}'}"
    if isinstance(claim, Refuses):
        return f"a refusal (4xx){claim.why and f': {claim.why}'}"
    if isinstance(claim, Conforms):
        return "an answer that the OpenAPI document describes"
    return description


def actual_of(message: str, exchange: Exchange, claim: Claim) -> str:
    """Return what a violation says besides the exchange and what was expected."""
    if isinstance(claim, Answers | Refuses):
        return str(exchange.answer.status)
    return message.removeprefix(f"{exchange}: ")


def _media_type(headers: Mapping[str, str]) -> str:
    found = (value for name, value in headers.items() if name.lower() == "content-type")
    return next(found, "")


def _shown(content: bytes, media_type: str) -> str:
    """A body as a text of a bearable length; what is no text is described."""
    text = redacted_text(content, media_type)
    if _UNPRINTABLE.search(text):
        return f"({len(content)} bytes of {media_type or 'no stated type'})"
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}… ({len(text) - _LONGEST} more characters)"


def _curl(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    signing: tuple[list[str], str],
) -> str:
    """The call as one line; credentials are variables, which the shell fills in."""
    parts = ["curl", f"-X {method}"] if method != "GET" else ["curl"]
    signed, query = signing
    parts += signed
    parts += [f"-H {quote(f'{name}: {value}')}" for name, value in headers.items()]
    if body:
        text = redacted_text(body, _media_type(headers))
        plain = _UNPRINTABLE.search(text) is None and len(text) <= _LONGEST_IN_CURL
        parts.append(f"--data-raw {quote(text)}" if plain else "--data-binary @BODY")
    address = quote(url)
    if query:
        address += f'"{"&" if "?" in url else "?"}{query}"'
    return " ".join([*parts, address])


def _signing(
    scheme: SecurityScheme, account: Caller, credential: str | None, *, usable: bool
) -> tuple[list[str], str]:
    """The options of curl that sign in, and what goes into the query instead.

    `usable` says that the credential may be shown, as that of a mock.
    """
    if account is None:
        return [], ""
    value = f"${_VARIABLES[account]}" if account in _VARIABLES else WRONG
    if account in _VARIABLES and usable and credential:
        # A mock's key is no secret, and makes the line ready to use.
        value = f"${{{_VARIABLES[account]}:-{credential}}}"
    if scheme.location == "query":
        return [], f"{scheme.parameter}={value}"
    if scheme.kind == "basic":
        # Without a colon, curl asks for a password.
        return [f'-u "{value}{"" if ":" in (credential or "") else ":"}"'], ""
    if scheme.kind == "bearer":
        return [f'-H "Authorization: Bearer {value}"'], ""
    if scheme.location == "cookie":
        return [f'-H "Cookie: {scheme.parameter}={value}"'], ""
    return [f'-H "{scheme.parameter}: {value}"'], ""
