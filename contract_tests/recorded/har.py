"""Read HAR files, and take the secrets out of them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from contract_tests.exchange.trace import Answer
from mock_server import __version__
from mock_server.journal.redaction import (
    REDACTED,
    redacted_headers,
    redacted_query,
    redacted_text,
    secret_parameters,
)
from mock_server.lifecycle.values import UnparsableValue, instant
from mock_server.openapi.document import Operation, SpecIndex
from mock_server.usage import UsageError


class HarError(UsageError):
    """The file is no HAR file; the message says where and why, in one line."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded call: `url` is what follows the API's base path, `at` when it was made."""

    number: int
    operation: Operation
    path: Mapping[str, str]
    url: str
    request: httpx.Request
    answer: Answer
    at: datetime


@dataclass(frozen=True, slots=True)
class Recording:
    """The calls of a HAR file to one API, and what of it is not one, a line each.

    `base_url` is what the paths of the spec were appended to.
    """

    calls: tuple[Recorded, ...]
    others: tuple[str, ...]
    base_url: str = ""


def read_document(path: Path) -> dict[str, Any]:
    """Return a HAR file's JSON; raises HarError."""
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as problem:
        raise HarError(f"{path}: {' '.join(str(problem).split())}") from problem
    log = document.get("log") if isinstance(document, dict) else None
    if not isinstance(log, dict) or not isinstance(log.get("entries"), list):
        raise HarError(f"{path}: no HAR file, for it has no log.entries")
    return {**document}


def recording_of(document: Mapping[str, Any], spec: SpecIndex) -> Recording:
    """Return the calls of a HAR document that the spec's operations describe.

    Raises HarError for an entry that is none.
    """
    calls: list[Recorded] = []
    others: list[str] = []
    base_url = ""
    for number, entry in enumerate(document["log"]["entries"]):
        try:
            found = _recorded(number, entry, spec)
        except (KeyError, TypeError, ValueError, AttributeError, UnparsableValue) as problem:
            raise HarError(f"entry {number}: {type(problem).__name__}: {problem}") from problem
        if isinstance(found, str):
            others.append(found)
        else:
            calls.append(found)
            whole = entry["request"]["url"].partition("#")[0]
            base_url = base_url or whole.partition("?")[0].removesuffix(found.url.partition("?")[0])
    return Recording(tuple(calls), tuple(others), base_url)


def _recorded(number: int, entry: Mapping[str, Any], spec: SpecIndex) -> Recorded | str:
    request, response = entry["request"], entry["response"]
    parts = urlsplit(request["url"])
    found = _operation(request["method"].lower(), parts.path, spec)
    if found is None:
        return f"{request['method']} {parts.path}: not an operation of {spec.name}"
    operation, values, path = found
    if not response.get("status"):
        return f"{request['method']} {parts.path}: it was not answered"
    headers = {
        each["name"].lower(): each["value"]
        for each in request.get("headers", ())
        if not each["name"].startswith(":")
    }
    post = request.get("postData") or {}
    if "mimeType" in post:
        headers.setdefault("content-type", post["mimeType"])
    content = str(post.get("text") or "").encode()
    headers = {name: value for name, value in headers.items() if name != "content-length"}
    url = f"{path}?{parts.query}" if parts.query else path
    sent = httpx.Request(request["method"], f"http://recorded{url}", headers=headers,
                         content=content or None)  # fmt: skip
    at = instant(entry["startedDateTime"])
    return Recorded(number, operation, values, url, sent, _answer(response), at)


def _operation(
    method: str, path: str, spec: SpecIndex
) -> tuple[Operation, dict[str, str], str] | None:
    """The operation of a URL's path, its path parameters, and what follows the API's base path."""
    segments = path.split("/")
    for start in range(len(segments)):
        rest = "/" + "/".join(segments[start + 1 :])
        found = spec.find(method, rest)
        if found:
            return (*found, rest)
    return None


def _answer(response: Mapping[str, Any]) -> Answer:
    headers = {each["name"].lower(): each["value"] for each in response.get("headers", ())}
    content = response.get("content") or {}
    headers.setdefault("content-type", content.get("mimeType", ""))
    return Answer(int(response["status"]), headers, _bytes_of(content))


def _bytes_of(content: Mapping[str, Any]) -> bytes:
    text = str(content.get("text") or "")
    if content.get("encoding") != "base64":
        return text.encode()
    try:
        return base64.b64decode(text)
    except binascii.Error as problem:
        raise ValueError(f"its content is no base64: {problem}") from problem


def without_secrets(document: Mapping[str, Any], spec: SpecIndex) -> dict[str, Any]:
    """Return a HAR document without credentials, cookies, tokens and passwords.

    What a browser adds to an entry beside HAR 1.2 is left out. Raises HarError for an entry that is
    none.
    """
    secrets = secret_parameters(spec)
    entries = []
    for number, entry in enumerate(document["log"]["entries"]):
        try:
            entries.append(_clean(entry, secrets))
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise HarError(f"entry {number}: {type(problem).__name__}: {problem}") from problem
    log = {"version": "1.2", "creator": {"name": "contract-tests", "version": __version__}}
    return {"log": {**log, "entries": entries}}


def _clean(entry: Mapping[str, Any], secrets: frozenset[str]) -> dict[str, Any]:
    request, response = dict(entry["request"]), dict(entry["response"])
    request["url"] = _clean_url(request["url"], secrets)
    request["queryString"] = _hidden(request.get("queryString", ()), secrets)
    if request.get("postData"):
        post = request["postData"]
        text = redacted_text(str(post.get("text") or "").encode(), post.get("mimeType", ""))
        request["postData"] = {"mimeType": post.get("mimeType", ""), "text": text}
    content = dict(response.get("content") or {})
    if content.get("text"):
        content = _clean_content(content)
    response["content"] = content
    response["redirectURL"] = _clean_url(str(response.get("redirectURL") or ""), secrets)
    for message in (request, response):
        message["headers"] = [
            {**each, "value": _clean_url(each["value"], secrets)}
            if each["name"].lower() in ("location", "referer", ":path")
            else each
            for each in _hidden(message.get("headers", ()), secrets)
        ]
        message["cookies"] = []
    plain = {name: entry[name] for name in ("startedDateTime", "time") if name in entry}
    rest = {"cache": {}, "timings": {"send": 0, "wait": 0, "receive": 0}}
    return {**plain, "request": request, "response": response, **rest}


def _clean_url(url: str, secrets: frozenset[str]) -> str:
    parts = urlsplit(url)
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, netloc, parts.path, redacted_query(parts.query, secrets), ""))


def _clean_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """Content without secrets; what is text does not stay in base64."""
    media_type = content.get("mimeType", "")
    body = _bytes_of(content)
    try:
        body.decode()
    except UnicodeDecodeError:
        return dict(content)
    rest = {name: value for name, value in content.items() if name != "encoding"}
    return {**rest, "text": redacted_text(body, media_type)}


def _hidden(pairs: Any, secrets: frozenset[str]) -> list[dict[str, str]]:
    named = [(str(each["name"]), str(each["value"])) for each in pairs]
    hidden = {"password", "access_token", "refresh_token", "client_secret"}
    return [
        {"name": name, "value": REDACTED if name.lower() in hidden else value}
        for name, value in redacted_headers(named, secrets)
    ]
