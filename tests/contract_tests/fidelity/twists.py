"""Services that do one thing wrong: a mock's transport with what is sent or answered changed."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import httpx

from contract_tests.target.mock import mock_target
from mock_server.openapi.document import is_read

DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+")


class Twist(httpx.BaseTransport):
    """Hands requests on, and changes nothing; each twist changes one thing."""

    def __init__(self, transport, api=""):
        self._transport = transport
        self._api = api

    def handle_request(self, request):
        return self.answered(self.read(self.sent(request)))

    def read(self, request):
        response = self._transport.handle_request(request)
        response.read()
        return response

    def sent(self, request):
        return request

    def answered(self, response):
        return response


def replaced(request, *, url=None, body=None, headers=None):
    """A request with another URL, JSON body or headers."""
    kept = {
        name: value
        for name, value in (headers or request.headers).items()
        if name not in {"content-length", "transfer-encoding"}
    }
    content = request.read() if body is None else json.dumps(body).encode()
    return httpx.Request(
        request.method,
        url or request.url,
        headers=kept,
        content=content or None,
        extensions=request.extensions,
    )


def rewritten(response, change):
    """A response whose JSON body is what `change` makes of it."""
    try:
        body = json.loads(response.content)
    except ValueError:
        return response
    headers = {k: v for k, v in response.headers.items() if k != "content-length"}
    return httpx.Response(response.status_code, headers=headers, content=json.dumps(change(body)))


def leaves(change, value):
    """A value with each of its leaves changed."""
    if isinstance(value, dict):
        return {name: leaves(change, item) for name, item in value.items()}
    if isinstance(value, list):
        return [leaves(change, item) for item in value]
    return change(value)


class OtherTypes(Twist):
    """Numbers are texts and texts are shouted, so nothing has the form that it should."""

    def answered(self, response):
        def change(leaf):
            if isinstance(leaf, bool) or leaf is None:
                return "?"
            return f"«{leaf}»"

        if response.status_code >= 300:
            return response
        return rewritten(response, lambda body: leaves(change, body))


class DropsFields(Twist):
    """The last field of what a body names is dropped without a word."""

    def sent(self, request):
        try:
            body = json.loads(request.read())
        except ValueError:
            return request
        self._drop(body)
        return replaced(request, body=body)

    def _drop(self, value):
        inner = [each for each in self._parts(value) if isinstance(each, dict | list) and each]
        if inner:
            self._drop(inner[-1])
        elif isinstance(value, dict) and value:
            value.pop(list(value)[-1])

    def _parts(self, value):
        return value.values() if isinstance(value, dict) else value


class OneErrorForAll(Twist):
    """Every refusal is the same one."""

    def answered(self, response):
        if response.status_code < 300:
            return response
        return httpx.Response(400, json={"error": "Bad request"})


class IgnoresQueries(Twist):
    """What is in the query does nothing, but for what signs in."""

    def sent(self, request):
        kept = [(k, v) for k, v in request.url.params.multi_items() if k in {"bid", "action"}]
        return replaced(request, url=request.url.copy_with(params=kept))


class Backwards(Twist):
    """Every list is turned around, and has its last member twice."""

    def answered(self, response):
        def turned(value):
            if isinstance(value, dict):
                return {name: turned(item) for name, item in value.items()}
            if isinstance(value, list):
                return [turned(item) for item in reversed([*value, *value[-1:]])]
            return value

        return response if response.status_code >= 300 else rewritten(response, turned)


class MiscountedNumbers(Twist):
    """Every number is off, each by another bit."""

    def answered(self, response):
        self._off = 0

        def change(leaf):
            if isinstance(leaf, bool) or leaf is None:
                return leaf
            self._off += 1
            if isinstance(leaf, int | float):
                return leaf + self._off
            if isinstance(leaf, str) and DECIMAL.fullmatch(leaf):
                return f"{float(leaf) + self._off:.2f}"
            return leaf

        if response.status_code >= 300:
            return response
        return rewritten(response, lambda body: leaves(change, body))


class ForgetsWrites(Twist):
    """Every write is answered as if it were done, and what is read is what was read before."""

    def __init__(self, transport, api):
        super().__init__(transport, api)
        self._first = {}

    def read(self, request):
        if request.method not in {"GET", "HEAD"} or b"action=" in request.url.query:
            return super().read(request)
        key = (request.method, str(request.url), request.headers.get("authorization"))
        if key not in self._first:
            self._first[key] = super().read(request)
        return self._first[key]


class SaysDoneAndDoesNot(Twist):
    """What changes a record is done to the same record of another service."""

    makes = True

    def __init__(self, transport, api):
        super().__init__(transport, api)
        other = mock_target(api, "test-rules")
        self._elsewhere, self._spec = other.transport, other.vendor.spec
        self._base_path = urlsplit(other.base_url).path

    def read(self, request):
        found = self._spec.find(request.method, request.url.path[len(self._base_path) :])
        if found is None or is_read(found[0]) or found[0].id.startswith("issue"):
            return super().read(request)
        if self.makes and found[0].id.startswith("create"):
            self._elsewhere.handle_request(request).read()
            return super().read(request)
        response = self._elsewhere.handle_request(request)
        response.read()
        return response


class KeepsNothing(SaysDoneAndDoesNot):
    """What makes a record makes it in another service, and so does what changes one."""

    makes = False


class LetsEverybodyIn(Twist):
    """Whoever calls is taken for the first account."""

    def __init__(self, transport, api):
        super().__init__(transport, api)
        self._known = None

    def sent(self, request):
        names = ("authorization", "cookie")
        if self._known is None:
            self._known = {n: request.headers[n] for n in names if n in request.headers}
        headers = {k: v for k, v in request.headers.items() if k not in names}
        return replaced(request, headers={**headers, **self._known})


class NoHeadersNoLinks(Twist):
    """Answers have no headers of their own, and links lead nowhere."""

    def answered(self, response):
        def change(leaf):
            linked = isinstance(leaf, str) and "://" in leaf
            return "nowhere" if linked else leaf

        bare = httpx.Response(response.status_code, content=response.content)
        if response.status_code in {404, 405}:
            return httpx.Response(400, content=response.content)
        if not response.headers.get("content-type", "").startswith("application/json"):
            return bare
        changed = rewritten(response, lambda body: leaves(change, body))
        return httpx.Response(
            response.status_code,
            headers={"content-type": "text/json+"},
            content=changed.content,
        )


#: For each kind of rule, what it is there to notice.
TWISTS = {
    "shape": [OtherTypes],
    "value": [DropsFields, OtherTypes],
    "refusal": [OneErrorForAll],
    "list": [IgnoresQueries, Backwards],
    "relation": [MiscountedNumbers, Backwards, SaysDoneAndDoesNot],
    "lifecycle": [ForgetsWrites, SaysDoneAndDoesNot, KeepsNothing],
    "access": [LetsEverybodyIn],
    "protocol": [NoHeadersNoLinks],
}

#: What a rule of any kind may notice when nothing goes wrong in its own way.
EVERY_WAY = [OtherTypes, OneErrorForAll, NoHeadersNoLinks]
