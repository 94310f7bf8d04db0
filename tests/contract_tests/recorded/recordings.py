"""HAR files: written by hand as browsers do, and of a mock's own calls."""

from __future__ import annotations

import base64
import json
from random import Random

from contract_tests.properties.actions import Actions
from contract_tests.target.mock import mock_target
from contract_tests.target.session import Session
from mock_server.discovery import load_lifecycle
from mock_server.journal.har import har

ORIGIN = "https://api.au1.cliniko.example"
BASIC = "Basic " + base64.b64encode(b"MS0yMDI2-s3cretKey-au1:").decode()
TAX = {
    "id": "1",
    "name": "GST",
    "rate": "10.0",
    "amount": "10.0",
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
    "links": {"self": f"{ORIGIN}/v1/taxes/1"},
}


def entry(method="GET", path="/v1/taxes/1", answer=None, *, status=200, sent=None, **changed):
    """One entry, with what a browser or a proxy adds."""
    headers = [
        {"name": ":method", "value": method},
        {"name": ":authority", "value": "api.au1.cliniko.example"},
        {"name": "Authorization", "value": BASIC},
        {"name": "cookie", "value": "session=c00kie"},
        {"name": "accept", "value": "application/json"},
        {"name": "content-length", "value": "12"},
    ]
    request = {
        "method": method,
        "url": ORIGIN + path,
        "httpVersion": "h2",
        "headers": headers,
        "cookies": [{"name": "session", "value": "c00kie"}],
        "queryString": [],
    }
    if sent is not None:
        request["postData"] = {"mimeType": "application/json", "text": json.dumps(sent)}
    content = {"mimeType": "application/json; charset=utf-8", "text": json.dumps(answer)}
    response = {
        "status": status,
        "headers": [
            {"name": "Set-Cookie", "value": "session=c00kie"},
            {"name": "x-ratelimit-limit", "value": "200"},
            {"name": "x-ratelimit-remaining", "value": "199"},
            {"name": "x-ratelimit-reset", "value": "1767225600"},
            {"name": "content-type", "value": content["mimeType"]},
        ],
        "cookies": [{"name": "session", "value": "c00kie"}],
        "content": content,
    }
    made = {
        "startedDateTime": "2026-01-05T10:00:00.000+10:00",
        "request": request,
        "response": response,
    }
    for part, changes in changed.items():
        made[part] = {**made[part], **changes}
    return made


def document(*entries):
    """A HAR document."""
    return {"log": {"version": "1.2", "creator": {"name": "test"}, "entries": [*entries]}}


def life(api):
    """The HAR export of a mock in which a record of each kind was made, read, changed, removed."""
    target = mock_target(api, "test.empty-life")
    lifecycle = load_lifecycle(target.vendor)
    session = Session(target, lifecycle)
    for number, resource in enumerate(lifecycle.resources):
        world = Actions(session, Random(number))
        if resource.create is None:
            continue
        record = world.create(resource)
        for read in resource.reads:
            world.show(record, read)
        for update in resource.updates:
            values = {
                each.name: world.value(each)
                for each in resource.fields
                if (each.required or update.partial)
                and each.update
                and each.source is None
                and (update.fields is None or each.name in update.fields)
            }
            world.update(record, update, values)
        for listing in resource.lists:
            if not listing.path or listing.path.keys() <= record.path.keys():
                world.pages(listing, path=record.path if resource.parent else None, most=1)
        world.tidy()
    session.close()
    server = target.transport.app
    sandbox = server.sandbox("test.empty-life")
    return har(sandbox.journal, {api: target.vendor.spec})
