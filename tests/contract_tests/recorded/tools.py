"""The same calls as the tools write them into HAR files, each with its habits.

Written by hand after files of these tools: what they add, leave out and spell otherwise.
"""

from __future__ import annotations

import base64
import json
from copy import deepcopy

ORIGIN = "https://api.au1.cliniko.com"
TAXES = {
    "taxes": [
        {
            "id": "8",
            "name": "GST",
            "rate": "10.0",
            "amount": "10.0",
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "links": {"self": f"{ORIGIN}/v1/taxes/8"},
        }
    ],
    "total_entries": 1,
    "links": {"self": f"{ORIGIN}/v1/taxes?page=1"},
}
LIMITS = {
    "x-ratelimit-limit": "200",
    "x-ratelimit-remaining": "199",
    "x-ratelimit-reset": "1767225600",
}
KEY = "s3cretkey"
SECRETS = {
    "authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode(),
    "cookie": f"session={KEY}",
    "x-csrftoken": KEY,
}


def pairs(headers, name=str):
    return [{"name": name(key), "value": value} for key, value in headers.items()]


def plain(
    method="GET", path="/v1/taxes?page=1", answer=TAXES, *, status=200, sent=None, origin=ORIGIN
):
    """An entry with what all tools write."""
    text = json.dumps(answer)
    request = {
        "method": method,
        "url": origin + path,
        "httpVersion": "HTTP/1.1",
        "headers": pairs({"accept": "application/json", **SECRETS}),
        "queryString": [{"name": "page", "value": "1"}] if "?" in path else [],
        "cookies": [{"name": "session", "value": KEY}],
        "headersSize": -1,
        "bodySize": -1,
    }
    if sent is not None:
        request["postData"] = {"mimeType": "application/json", "text": json.dumps(sent)}
    kind = "application/json; charset=utf-8"
    response = {
        "status": status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "headers": pairs({**LIMITS, "content-type": kind, "set-cookie": f"session={KEY}"}),
        "cookies": [{"name": "session", "value": KEY}],
        "content": {"size": len(text), "mimeType": kind, "text": text},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }
    return {
        "startedDateTime": "2026-01-05T10:00:00.000Z",
        "time": 12.5,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0},
    }


def changed(entry, **parts):
    """A copy of an entry with other request or response members, or its own."""
    made = deepcopy(entry)
    for name, value in parts.items():
        if name in ("request", "response"):
            made[name].update(value)
        else:
            made[name] = value
    return made


def file_of(creator, *entries, **log):
    return {"log": {"version": "1.2", "creator": {"name": creator, "version": "1"}, **log,
                    "entries": list(entries)}}  # fmt: skip


def coded(entry):
    """An entry whose answer stands in base64."""
    made = deepcopy(entry)
    content = made["response"]["content"]
    text = base64.b64encode(content["text"].encode()).decode().rstrip("=")
    content.update(text=text, encoding="base64")
    return made


def chrome():
    """Names of HTTP/2, members with underscores, blocked and evicted calls, a WebSocket."""
    first = changed(
        plain(),
        _initiator={"type": "script", "stack": {"callFrames": []}},
        _priority="High",
        _resourceType="fetch",
        connection="443",
        pageref="page_1",
        serverIPAddress="203.0.113.7",
    )
    names = {":authority": "api.au1.cliniko.com", ":method": "GET", ":path": "/v1/taxes?page=1"}
    first["request"]["headers"][:0] = pairs({**names, ":scheme": "https"})
    first["request"]["httpVersion"] = first["response"]["httpVersion"] = "h2"
    first["response"]["_transferSize"] = 512
    first["response"]["_error"] = None
    evicted = deepcopy(first)
    evicted["response"]["content"] = {"size": 4711, "mimeType": "application/json"}
    blocked = changed(
        first,
        response={
            "status": 0, "content": {"size": 0, "mimeType": "x-unknown"}, "headers": [],
            "_error": "net::ERR_BLOCKED_BY_CLIENT",
        },
    )  # fmt: skip
    cached = changed(first, response={"status": 304, "content": {"size": 0, "mimeType": ""}})
    socket = changed(first, response={"status": 101}, _webSocketMessages=[])
    script = plain(path="/app.js", answer="alert(1)", origin="https://app.cliniko.com")
    data = changed(first, request={"url": "data:image/png;base64,iVBORw0KGgo="})
    page = {"id": "page_1", "title": "x", "startedDateTime": "2026-01-05T10:00:00Z"}
    return file_of("WebInspector", first, evicted, blocked, cached, socket, script, data,
                   pages=[page])  # fmt: skip


def firefox():
    """Whole header names, a comment where an answer was too long, `-1` for what it had cached."""
    first = plain()
    first["request"]["headers"] = pairs({"Accept": "application/json", **SECRETS}, str.title)
    long = deepcopy(first)
    comment = "Response body truncated: over the limit"
    long["response"]["content"] = {"mimeType": "application/json", "size": 2_000_000,
                                   "text": "", "comment": comment}  # fmt: skip
    aborted = changed(first, response={"status": 0, "headers": [], "content": {"size": 0}})
    return file_of("Firefox", first, coded(first), long, aborted,
                   browser={"name": "Firefox"}, pages=[])  # fmt: skip


def safari():
    """Compression told apart, a protocol in capitals, and fractions of a millisecond."""
    first = changed(plain(), _fetchType="Network Load", _priority="medium", time=12.345678)
    first["response"]["content"]["compression"] = -17
    first["request"]["httpVersion"] = first["response"]["httpVersion"] = "HTTP/2"
    disk = changed(first, _fetchType="Disk Cache")
    disk["response"]["content"] = {"size": 0, "mimeType": "application/json"}
    disk["response"]["headers"] = pairs({**LIMITS, "content-type": "application/json",
                                         "content-length": "300"})  # fmt: skip
    disk["response"]["bodySize"] = 300
    return file_of("WebKit Web Inspector", first, disk)


def charles():
    """Null where there is nothing, forms as parameters, comments in timings."""
    first = plain()
    first["request"]["comment"] = ""
    first["timings"] = {"dns": -1, "connect": -1, "send": 0, "wait": 1, "receive": 0, "comment": ""}
    first["response"]["_charlesStatus"] = "COMPLETE"
    nothing = changed(first, request={"headers": None, "queryString": None, "cookies": None})
    failed = {**first, "response": None}
    return file_of("Charles Proxy", first, nothing, failed)


def fiddler():
    """Local times with seven digits, tunnels, base64 without an end."""
    first = changed(coded(plain()), startedDateTime="2026-01-05T20:00:00.1234567+10:00",
                    comment="[#1]")  # fmt: skip
    tunnel = changed(first, request={"method": "CONNECT", "url": "https://api.au1.cliniko.com:443"})
    return file_of("Fiddler", first, tunnel, comment="exported @ 1/5/2026 8:00:00 PM")


def mitmproxy():
    """No answer as status 0 with nothing in it; times as floats; no value for some headers."""
    first = changed(plain(), timings={"connect": -1.0, "ssl": -1.0, "send": 0.1, "wait": 1.5})
    first["request"]["headers"].append({"name": "x-flag"})
    lost = changed(first)
    lost["response"] = {"status": 0, "statusText": "", "httpVersion": "", "headers": [],
                        "cookies": [], "content": {}, "redirectURL": "",
                        "_error": "connection closed"}  # fmt: skip
    return file_of("mitmproxy addon", first, lost)


def playwright():
    """With `minimal`, hardly more than what is replayed; bodies may be left out."""
    first = plain()
    minimal = {
        "startedDateTime": "2026-01-05T10:00:00.000Z",
        "time": -1,
        "request": {
            **{name: first["request"][name] for name in ("method", "url", "headers")},
            "httpVersion": "HTTP/2.0", "cookies": [], "queryString": [], "headersSize": -1,
            "bodySize": -1,
        },
        "response": {
            **{name: first["response"][name] for name in ("status", "headers", "content")},
            "httpVersion": "HTTP/2.0", "cookies": [], "headersSize": -1, "bodySize": -1,
            "redirectURL": "",
        },
        "cache": {},
        "timings": {"send": -1, "wait": -1, "receive": -1},
    }  # fmt: skip
    minimal["response"]["content"]["size"] = -1
    omitted = deepcopy(minimal)
    omitted["response"]["content"] = {"size": -1, "mimeType": "application/json"}
    return file_of("Playwright", minimal, omitted, browser={"name": "chromium"})


def postman():
    """As converters of its collections write it: values that are no texts, no cookies, NaN."""
    first = plain()
    first["time"] = float("nan")
    first["request"]["queryString"] = [{"name": "page", "value": 1}]
    first["request"]["headers"].append({"name": "Postman-Token", "value": KEY})
    del first["request"]["cookies"], first["response"]["cookies"], first["startedDateTime"]
    return file_of("Postman", first)


def insomnia():
    """A request that was never sent is there with status 0; a form has parameters alone."""
    first = changed(plain(), comment="List taxes")
    never = changed(first, response={"status": 0, "headers": [],
                                     "content": {"size": 0, "mimeType": ""}})  # fmt: skip
    return file_of("Insomnia REST Client", first, never)


#: Each tool's file, how many of its entries are calls, and how many lack an answer's body.
FILES = {
    "Chrome": (chrome, 2, 1),
    "Firefox": (firefox, 3, 1),
    "Safari": (safari, 2, 1),
    "Charles": (charles, 2, 0),
    "Fiddler": (fiddler, 1, 0),
    "mitmproxy": (mitmproxy, 1, 0),
    "Playwright": (playwright, 2, 1),
    "Postman": (postman, 1, 0),
    "Insomnia": (insomnia, 1, 0),
}
