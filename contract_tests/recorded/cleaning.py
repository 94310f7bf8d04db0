"""Take the secrets out of the entries of a HAR file."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from contract_tests.recorded.har import (
    Content,
    Entry,
    Pair,
    PostData,
    Unreadable,
    content_of,
    read_entry,
)
from mock_server import __version__
from mock_server.journal.redaction import (
    REDACTED,
    is_secret,
    redacted_query,
    redacted_text,
    secret_parameters,
)
from mock_server.openapi.document import SpecIndex

#: Headers whose values are no secrets, besides those that a spec declares.
_HARMLESS = re.compile(
    r"accept(-.+)?|access-control-.+|age|allow|cache-control|connection|content-.+|date|dnt|etag"
    r"|expect|expires|host|if-.+|keep-alive|last-modified|link|location|origin|pragma|priority"
    r"|range|referer|retry-after|sec-.+|server|te|trailer|transfer-encoding|upgrade(-.+)?"
    r"|user-agent|vary|via|www-authenticate|x-content-type-options|x-frame-options|x-powered-by"
    r"|x-ratelimit-.+|x-request-id|x-requested-with"
)
#: Names in the query of a URL that are secrets there, and ordinary elsewhere.
_IN_URLS = frozenset({"assertion", "code", "hmac", "key", "sig", "signature", "ticket"})


def read_entries(raw: Iterable[Any], spec: SpecIndex) -> tuple[dict[int, Entry], list[str]]:
    """Return the entries of a HAR file without their secrets, and why others are left out.

    The entries are by their numbers in the file, from 0; the reasons are a line each.
    """
    entries: dict[int, Entry] = {}
    left_out: list[str] = []
    for number, each in enumerate(raw):
        try:
            entries[number] = _Cleaner(spec).cleaned(read_entry(each))
        except Unreadable as problem:
            left_out.append(f"entry {number}: {problem}")
    return entries, left_out


def document_of(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return the HAR document of entries; what browsers add to HAR 1.2 is left out."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "contract-tests", "version": __version__},
            "entries": [_written(each) for each in entries],
        }
    }


class _Cleaner:
    """Takes out what the names of headers, parameters and fields say is secret."""

    def __init__(self, spec: SpecIndex) -> None:
        self._secrets = secret_parameters(spec)
        operations = spec.operations.values()
        parameters = [each for operation in operations for each in operation.parameters]
        self._headers = {each.name.lower() for each in parameters if each.location == "header"} | {
            name.lower()
            for operation in operations
            for response in operation.responses.values()
            for name in response.headers
        }
        declared = {each.name.lower() for each in parameters if each.location == "query"}
        self._in_urls = self._secrets | (_IN_URLS - declared)

    def cleaned(self, entry: Entry) -> Entry:
        """Return an entry without secrets; raises Unreadable."""
        sent, received = entry.request, entry.response
        post = None if sent.post_data is None else self._post_data(sent.post_data)
        content = None if received.content is None else self._content(received.content)
        return entry.model_copy(
            update={
                "request": sent.model_copy(
                    update={
                        "url": self._url(sent.url),
                        "headers": self._values_of_headers(sent.headers),
                        "query_string": [self._parameter(each) for each in sent.query_string],
                        "post_data": post,
                    }
                ),
                "response": received.model_copy(
                    update={
                        "headers": self._values_of_headers(received.headers),
                        "redirect_url": self._url(received.redirect_url),
                        "content": content,
                    }
                ),
            }
        )

    def _values_of_headers(self, headers: Iterable[Pair]) -> list[Pair]:
        found = []
        for each in headers:
            name, value = each.name.lower(), each.value
            harmless = name in self._headers or _HARMLESS.fullmatch(name) is not None
            if name in self._secrets or is_secret(name) or not harmless:
                value = REDACTED
            elif name in ("location", "referer", "link"):
                value = self._url(value)
            # HTTP/2's names of its own say again what the method and the URL say.
            if not name.startswith(":"):
                found.append(Pair(name=each.name, value=value))
        return found

    def _parameter(self, pair: Pair) -> Pair:
        name = pair.name.lower()
        hidden = bool(pair.value) and (is_secret(pair.name) or name in self._in_urls)
        return pair.model_copy(update={"value": REDACTED if hidden else pair.value})

    def _url(self, url: str) -> str:
        try:
            parts = urlsplit(url)
        except ValueError:
            return REDACTED
        query = redacted_query(parts.query, frozenset(self._in_urls))
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))

    def _post_data(self, post: PostData) -> PostData:
        params = [
            each.model_copy(update={"value": REDACTED})
            if each.value and is_secret(each.name)
            else each
            for each in post.params
        ]
        text, encoding = self._body(post.text, post.encoding, post.mime_type)
        return post.model_copy(update={"params": params, "text": text, "encoding": encoding})

    def _content(self, content: Content) -> Content:
        text, encoding = self._body(content.text, content.encoding, content.mime_type)
        return content.model_copy(update={"text": text, "encoding": encoding})

    @staticmethod
    def _body(text: str | None, encoding: str | None, kind: str) -> tuple[str | None, str | None]:
        """A body without secrets; what is text does not stay in base64."""
        if not text:
            return text, encoding
        body = content_of(Content(text=text, encoding=encoding))
        try:
            body.decode()
        except UnicodeDecodeError:
            return base64.b64encode(body).decode(), "base64"
        return redacted_text(body, kind), None


def _written(entry: Entry) -> dict[str, Any]:
    sent, received = entry.request, entry.response
    request: dict[str, Any] = {
        "method": sent.method,
        "url": sent.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(sent.headers),
        "queryString": _pairs(sent.query_string),
        "headersSize": -1,
        "bodySize": sent.body_size,
    }
    if sent.post_data is not None:
        request["postData"] = _present(sent.post_data)
    content = received.content or Content()
    return {
        "startedDateTime": entry.started_date_time,
        "time": entry.time,
        "request": request,
        "response": {
            "status": received.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(received.headers),
            "content": {"size": content.size, "mimeType": content.mime_type} | _present(content),
            "redirectURL": received.redirect_url,
            "headersSize": -1,
            "bodySize": received.body_size,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }


def _present(body: PostData | Content) -> dict[str, Any]:
    """A body as it is written: what it does not have is not."""
    found: dict[str, Any] = body.model_dump(by_alias=True, exclude_none=True)
    return {name: value for name, value in found.items() if value != []}


def _pairs(pairs: Iterable[Pair]) -> list[dict[str, str]]:
    return [{"name": each.name, "value": each.value} for each in pairs]
