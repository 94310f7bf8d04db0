"""A guard with a service behind it."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx
import pytest

from contract_tests.target.guard import BlockedByGuard, Write, guarded
from contract_tests.target.profiles import Profile
from contract_tests.target.target import Target
from tests.engine.toy import echo_operations, toy_document, toy_vendor

ORG = {"name": "org", "in": "path", "required": True, "schema": {"type": "string"}}
PART = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
SEARCH = {"name": "q[]", "in": "query", "schema": {"type": "string"}}
BODY = {"content": {"application/json": {"schema": {}}}}
PATHS = {
    "/{org}/things": {
        "parameters": [ORG],
        "get": {"operationId": "list", "parameters": [SEARCH]},
        "post": {"operationId": "add", "requestBody": BODY},
    },
    "/{org}/things/new": {"parameters": [ORG], "post": {"operationId": "form"}},
    "/{org}/things/{id}": {
        "parameters": [ORG, PART],
        "get": {"operationId": "read"},
        "delete": {"operationId": "remove"},
    },
    "/{org}/things/{id}/act": {
        "parameters": [ORG, PART],
        "get": {"operationId": "act", "x-side-effects": True},
    },
    "/printed": {"get": {"operationId": "print", "security": [{"link": []}]}},
    "/public": {"get": {"operationId": "public", "security": []}},
}
SCHEMES = {
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
    "link": {"type": "apiKey", "in": "query", "name": "bid"},
}
BASE = "http://testserver/v1"


@dataclass
class Service(httpx.BaseTransport):
    """Remembers what reaches it; `broken`, it does not answer."""

    got: list[tuple[str, bytes]] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    broken: bool = False

    def handle_request(self, request):
        self.got.append((request.method, request.read()))
        if self.broken:
            raise httpx.ReadError("gone")
        return httpx.Response(self.status, headers=self.headers, content=b'{"id": 7}')


@dataclass
class Policy:
    """Refuses what it is told to, and keeps what it hears."""

    refusal: str | None = None
    heard: list[object] = field(default_factory=list)

    def refuses(self, write: Write) -> str | None:
        self.heard.append((write.operation.id, write.path, write.query, write.body, write.account))
        return self.refusal

    def sends(self, write: Write) -> None:
        self.heard.append(f"sends {write.operation.id}")

    def answered(self, write: Write, status: int, content: bytes) -> None:
        self.heard.append((write.operation.id, status, content))


def standing_before(service):
    """A function (profile, first scheme, its credential, **guard's options) → target, guard."""

    def make(profile: Profile, scheme="basic", credential="me:pw", **options):
        ordered = {scheme: SCHEMES[scheme], **SCHEMES}
        document = toy_document(
            PATHS, components={"securitySchemes": ordered}, security=[{scheme: []}]
        )
        vendor = toy_vendor(document, echo_operations())
        target = Target(vendor, BASE, credential, service, "you:pw", {"org": "mine"})
        return guarded(target, profile, **options)

    return make


def refused(guard, client, method, path, **options):
    """Why a request is refused."""
    before = len(guard.refusals)
    with pytest.raises(BlockedByGuard) as caught:
        client.request(method, path, **options)
    assert guard.refusals[before:] == [str(caught.value)]
    return str(caught.value)
