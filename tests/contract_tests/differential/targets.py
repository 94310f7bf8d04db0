"""Targets to compare: mocks whose answers are changed, and the stand-in."""

from __future__ import annotations

import json
import re
import time
import weakref
from dataclasses import replace
from datetime import date

from a2wsgi import WSGIMiddleware

from contract_tests.target.mock import mock_target
from contract_tests.target.target import Target
from lab.standin.database import Database
from lab.standin.service import StandIn
from mock_server.discovery import load_vendor
from mock_server.in_process import InProcessTransport
from tests.contract_tests.twisting import Twisted

#: A mock with nothing in it, like a new account.
EMPTY = "test.empty-diff"
TODAY = date(2026, 11, 21)


def twisted(after):
    """A mock of Cliniko whose answers a function changes."""
    target = mock_target("cliniko")
    app = Twisted(target.transport.app)
    app.after = after
    return replace(target, transport=InProcessTransport(app))


def changed(method, pattern, change):
    """What changes the JSON of successful answers to some calls."""

    def after(message):
        if message.is_for(method, pattern) and message.status < 300 and message.body:
            body = json.loads(message.body)
            change(body)
            message.body = json.dumps(body).encode()

    return after


def standin(*switches, products=60):
    """The stand-in in this process."""
    clock = time.time  # noqa: TID251 - it is a service of its own
    database = Database(":memory:")
    service = StandIn(database, clock, frozenset(switches), 0, products)
    # Nobody else has it, and tests let go of targets without a word.
    weakref.finalize(service, database.close)
    transport = InProcessTransport(WSGIMiddleware(service.application))
    keys = "standin-one-au1:", "standin-two-au1:"
    return Target(load_vendor("cliniko"), "http://testserver/v1", keys[0], transport, keys[1])


_TAX = rb'"tax_id": ?"(\d+)"'


class OtherTaxes:
    """A mock of Cliniko whose taxes have identifiers that are 500 higher."""

    def __init__(self):
        self._mock = mock_target("cliniko")
        #: The taxes that products were sent with.
        self.sent = []

    @property
    def target(self):
        return replace(self._mock, transport=InProcessTransport(self))

    async def __call__(self, scope, receive, send):
        content = b""
        while True:
            part = await receive()
            content += part.get("body", b"")
            if not part.get("more_body"):
                break
        self.sent += re.findall(_TAX, content)
        # A number of the left target is one that this one has not given.
        content = re.sub(
            rb'"tax_id": ?"(\d+)"', lambda it: b'"tax_id":"%d"' % self._own(it), content
        )
        headers = [each for each in scope["headers"] if each[0] != b"content-length"]
        headers.append((b"content-length", b"%d" % len(content)))
        path = re.sub(r"/taxes/(\d+)", lambda it: f"/taxes/{self._own(it)}", scope["path"])
        answers = []

        async def given():
            return {"type": "http.request", "body": content}

        async def hold(part):
            answers.append(part)

        scope = {**scope, "path": path, "raw_path": path.encode(), "headers": headers}
        await self._mock.transport.app(scope, given, hold)
        body = b"".join(part.get("body", b"") for part in answers)
        body = self._shown(body)
        if re.search(r"/taxes(/\d+)?$", scope["path"]):
            body = re.sub(rb'"id":\s?"(\d+)"', lambda it: b'"id":"%d"' % (int(it[1]) + 500), body)
        start = answers[0]
        start["headers"] = [
            (name, self._shown(value))
            for name, value in start["headers"]
            if name != b"content-length"
        ]
        await send(start)
        await send({"type": "http.response.body", "body": body})

    @staticmethod
    def _shown(text):
        return re.sub(rb"/taxes/(\d+)", lambda it: b"/taxes/%d" % (int(it[1]) + 500), text)

    @staticmethod
    def _own(found):
        number = int(found[1]) - 500
        return number if number > 0 else 999_999
