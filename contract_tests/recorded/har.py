"""Read HAR files as browsers, proxies and clients of APIs write them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from contract_tests.exchange.trace import Answer
from mock_server.discovery import api_names
from mock_server.lifecycle.values import UnparsableValue, instant
from mock_server.openapi.document import OperationSpec, SpecIndex
from mock_server.state.clock import EARLIEST
from mock_server.usage import UsageError

_FORM, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_BOUNDARY = "recorded-5e1b7a0c9d"
_BODILESS = frozenset({204, 304})
_UNFIT = re.compile(r"[\x00-\x20\x7f]")


class HarError(UsageError):
    """The file is no HAR file; the message says where and why, in one line."""


class Unreadable(ValueError):
    """An entry, or a part of it, is not what a HAR file has there; the message says what."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded call: `url` is what follows the API's base URL, `at` when it was made.

    `lacks` says which bodies the file does not hold: that of the "request", of the "response".
    """

    number: int
    operation: OperationSpec
    path: Mapping[str, str]
    url: str
    request: httpx.Request
    answer: Answer
    at: datetime
    lacks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recording:
    """The calls of a HAR file to one API, and what of it is left out, a line each.

    `base_url` is what the paths of the spec were appended to; empty if there are no calls.
    """

    calls: tuple[Recorded, ...]
    others: tuple[str, ...]
    base_url: str = ""


def _text(value: Any) -> Any:
    """A value as the text that some tools should have written."""
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, int | float) else value


def _list(value: Any) -> Any:
    return [] if value is None else value


def _number(value: Any) -> Any:
    return value if isinstance(value, int | float) and value == value else -1


Text = Annotated[str, BeforeValidator(_text)]
Size = Annotated[float, BeforeValidator(_number)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True, alias_generator=to_camel)


class Pair(_Model):
    """A header, or a parameter of a query or form; a file of a form has a file name."""

    name: Text
    value: Text = ""
    file_name: str | None = None
    content_type: str | None = None


Pairs = Annotated[list[Pair], BeforeValidator(_list)]


class PostData(_Model):
    """What was sent: a text, or the parameters of a form."""

    mime_type: Text = ""
    text: str | None = None
    params: Pairs = []
    encoding: str | None = None


class Content(_Model):
    """What was answered; without a text the file does not hold it."""

    size: Size = -1
    mime_type: Text = ""
    text: str | None = None
    encoding: str | None = None


class Sent(_Model):
    """The request of an entry."""

    method: str
    url: str
    headers: Pairs = []
    query_string: Pairs = []
    post_data: PostData | None = None
    body_size: Size = -1


class Received(_Model):
    """The answer of an entry."""

    status: int
    headers: Pairs = []
    content: Content | None = None
    redirect_url: Text = Field("", validation_alias="redirectURL")
    body_size: Size = -1


class Entry(_Model):
    """One entry of a HAR file, as far as anything is made of it."""

    started_date_time: Text = ""
    time: Size = 0
    request: Sent
    response: Received


def read_document(path: Path) -> list[Any]:
    """Return the entries of a HAR file, as they are in it; raises HarError."""
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as problem:
        raise HarError(f"{path}: {' '.join(str(problem).split())}") from problem
    log = document.get("log") if isinstance(document, dict) else None
    if not isinstance(log, dict) or not isinstance(log.get("entries"), list):
        raise HarError(f"{path}: no HAR file, for it has no log.entries")
    entries: list[Any] = log["entries"]
    for each in entries:
        _attach(each, path.parent)
    return entries


def _attach(entry: Any, folder: Path) -> None:
    """Put a body into an entry that has only the name of a file beside the HAR file."""
    for message, part in (("request", "postData"), ("response", "content")):
        try:
            body = entry[message][part]
            name = body["_file"]
            content = (folder / Path(name).name).read_bytes()
        except (LookupError, TypeError, OSError, ValueError):
            continue
        body |= {"text": base64.b64encode(content).decode(), "encoding": "base64"}


def read_entry(raw: Any) -> Entry:
    """Return an entry that was answered; raises Unreadable with a reason to leave it out."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("request"), Mapping):
        raise Unreadable("it has no request")
    if not isinstance(raw.get("response"), Mapping):
        raise Unreadable("it was not answered")
    try:
        entry = Entry.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise Unreadable(f"{place} is unusable ({first['msg'].lower()})") from problem
    if entry.response.status < 200:
        switched = entry.response.status >= 100
        raise Unreadable("it went on as another protocol" if switched else "it was not answered")
    if entry.response.status == 304:
        raise Unreadable("it was answered from a cache (304)")
    try:
        parts = urlsplit(entry.request.url)
        host = parts.hostname
    except ValueError as problem:
        raise Unreadable(f"its URL cannot be read ({problem})") from problem
    if not host or parts.scheme not in ("http", "https"):
        raise Unreadable("its URL is none of http or https")
    if _UNFIT.search(entry.request.url):
        raise Unreadable("its URL has blanks or control characters")
    if entry.response.content is not None:
        content_of(entry.response.content)
    return entry


def recording_of(
    entries: Mapping[int, Entry], spec: SpecIndex, base_url: str | None = None
) -> Recording:
    """Return the calls, of numbered entries, that the spec's operations describe.

    They are those below one base URL: the given one, or else the documented one, a mock's own, or
    the one with the most calls.
    """
    bases = Counter(
        base
        for entry in entries.values()
        for base, _ in _fitting(entry.request, spec)
        if not _of_another(base, spec.name)
    )
    base = base_url.rstrip("/") if base_url is not None else _best(bases, spec)
    calls: list[Recorded] = []
    others: Counter[str] = Counter()
    latest = EARLIEST
    for number, entry in entries.items():
        sent = entry.request
        rest = dict(_fitting(sent, spec)).get(base)
        parts = urlsplit(sent.url)
        if rest is None and base and _without_secrets(sent.url).startswith(f"{base}/"):
            others[f"{sent.method} {parts.path}: not an operation of {spec.name}"] += 1
        elif rest is None:
            others[f"calls to {parts.scheme}://{_authority(sent.url)}"] += 1
        else:
            latest = _moment(entry.started_date_time) or latest
            try:
                calls.append(_recorded(number, entry, rest, spec, latest))
            except (Unreadable, httpx.InvalidURL) as problem:
                others[f"entry {number}: {problem}"] += 1
    lines = (f"{line} ({count})" if count > 1 else line for line, count in others.items())
    return Recording(tuple(calls), tuple(lines), base)


def _fitting(sent: Sent, spec: SpecIndex) -> Iterator[tuple[str, str]]:
    """Every base URL with which a request is one of the spec, and the path that follows it."""
    parts = urlsplit(sent.url)
    segments = parts.path.split("/")
    for start in range(len(segments)):
        rest = "/" + "/".join(segments[start + 1 :])
        if spec.find(sent.method.lower(), rest):
            yield f"{parts.scheme}://{_authority(sent.url)}{'/'.join(segments[: start + 1])}", rest


def _authority(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _without_secrets(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{_authority(url)}{parts.path}"


def _of_another(base: str, name: str) -> bool:
    """Whether a base URL is that of another API, as mocks serve them below their names."""
    named = {*urlsplit(base).path.split("/")} & {*api_names()}
    return bool(named) and name not in named


def _best(bases: Counter[str], spec: SpecIndex) -> str:
    documented = [
        re.compile(re.sub(r"\\\{\w+\\\}", "[^/.]+", re.escape(each["url"].rstrip("/"))))
        for each in spec.document.get("servers", ())
    ]

    def rank(base: str) -> tuple[bool, bool, int, int]:
        path = urlsplit(base).path
        return (
            any(each.fullmatch(base) for each in documented),
            path == f"/{spec.name}{spec.base_path}",
            bases[base],
            -len(base),
        )

    return max(bases, key=rank, default="")


def _moment(text: str) -> datetime | None:
    try:
        # .NET writes more digits than a microsecond has.
        return instant(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except (UnparsableValue, ValueError):
        return None


def _recorded(number: int, entry: Entry, path: str, spec: SpecIndex, at: datetime) -> Recorded:
    sent, received = entry.request, entry.response
    found = spec.find(sent.method.lower(), path)
    assert found is not None  # noqa: S101 - the path was chosen by this
    operation, values = found
    query = urlsplit(sent.url).query
    url = f"{path}?{query}" if query else path
    body, media_type = body_of(sent)
    headers = [
        (each.name.lower(), each.value)
        for each in sent.headers
        if each.name and not each.name.startswith(":")
        and each.name.lower() not in ("content-length", "transfer-encoding", "content-encoding")
    ]  # fmt: skip
    headers = [pair for pair in headers if pair[0] != "content-type" or not media_type]
    if media_type:
        headers.append(("content-type", media_type))
    try:
        request = httpx.Request(
            sent.method.upper(), f"http://recorded{url}", headers=headers, content=body or None
        )
    except (ValueError, TypeError) as problem:
        raise Unreadable(f"its request cannot be read ({problem})") from problem
    content = b"" if received.content is None else content_of(received.content)
    answered = {each.name.lower(): each.value for each in received.headers if each.name}
    if received.content is not None and received.content.mime_type:
        answered.setdefault("content-type", received.content.mime_type)
    lacks = set()
    if body is None:
        lacks.add("request")
    if _lacks_content(received, content, head=sent.method.upper() == "HEAD"):
        lacks.add("response")
    answer = Answer(received.status, answered, content)
    return Recorded(number, operation, values, url, request, answer, at, frozenset(lacks))


def body_of(sent: Sent) -> tuple[bytes | None, str]:
    """Return what a request sent, None if the file does not hold it, and its content type.

    Raises Unreadable.
    """
    declared = next((e.value for e in sent.headers if e.name.lower() == "content-type"), "")
    post = sent.post_data
    if post is None:
        return (None if sent.body_size > 0 else b""), declared
    media_type = declared or post.mime_type
    kind = media_type.partition(";")[0].strip().lower()
    if post.text is not None and (post.text or not post.params):
        if post.text == "" and sent.body_size > 0:
            return None, media_type
        return _decoded(post.text, post.encoding), media_type
    if not post.params:
        return (None if sent.body_size > 0 else b""), media_type
    if kind == _MULTIPART:
        if any(each.file_name is not None and not each.value for each in post.params):
            return None, media_type
        return _multipart(post.params), f"{_MULTIPART}; boundary={_BOUNDARY}"
    return urlencode(
        [(each.name, each.value) for each in post.params]
    ).encode(), media_type or _FORM


def _multipart(params: list[Pair]) -> bytes:
    lines: list[str] = []
    for each in params:
        file = f'; filename="{quote(each.file_name, safe=" ")}"' if each.file_name else ""
        lines += [f"--{_BOUNDARY}", f'Content-Disposition: form-data; name="{each.name}"{file}']
        if each.content_type:
            lines.append(f"Content-Type: {each.content_type}")
        lines += ["", each.value]
    return "\r\n".join([*lines, f"--{_BOUNDARY}--", ""]).encode()


def content_of(content: Content) -> bytes:
    """Return the body of an answer, empty if the file does not hold it; raises Unreadable."""
    return _decoded(content.text or "", content.encoding)


def _decoded(text: str, encoding: str | None) -> bytes:
    if encoding != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        letters = re.sub(r"\s", "", text)
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise Unreadable(f"its content is no base64 ({problem})") from problem


def _lacks_content(received: Received, content: bytes, *, head: bool) -> bool:
    """Whether there was a body, or more of it, that the file does not hold."""
    if head or received.status in _BODILESS:
        return False
    length = next((e.value for e in received.headers if e.name.lower() == "content-length"), "")
    size = -1.0 if received.content is None else received.content.size
    if content:
        # A size counts bytes; a tool that counts letters writes a smaller one.
        return size > len(content) and not _is_json(content)
    if length == "0" or size == 0:
        return max(size, received.body_size) > 0
    return received.content is None or received.content.text is None or size > 0


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True
