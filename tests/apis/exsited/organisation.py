"""Organisations of the mock to try things on: a client that nobody else uses, signed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from mock_server.app import MockServer
from mock_server.state.sandbox import Sandbox, SandboxName

ORIGIN = "http://mock.test"
STANDARD = {"type": "STANDARD", "name": "Oak chair"}


def grant(client_id: Any, **changes: Any) -> dict[str, Any]:
    """The body that asks for a token with a client's credentials."""
    return {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": "any",
        "redirect_uri": "https://example.com/",
        **changes,
    }


@dataclass(frozen=True)
class Organisation:
    """One organisation, called over the wire; its sandbox is within reach to set the clock."""

    server: MockServer
    client_id: str
    persona: str
    client: httpx.Client

    @property
    def sandbox(self) -> Sandbox:
        return self.server.sandboxes.open(SandboxName(self.client_id, self.persona))

    def sign_in(self) -> dict[str, Any]:
        """Get a token and use it from now on; returns what was answered."""
        answer = self.client.post("/api/v1/oauth2/token", json=grant(self.client_id))
        assert answer.status_code == 200, answer.text
        token: dict[str, Any] = answer.json()
        self.client.headers["Authorization"] = f"Bearer {token['access_token']}"
        return token

    def pass_time(self, **spans: float) -> None:
        """Move the sandbox's clock forward."""
        self.sandbox.clock.advance(timedelta(**spans))

    def send(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """POST to a path below /api/v3."""
        return self.client.post(f"/api/v3{path}", json=body, **options)

    def get(self, path: str, **query: Any) -> Any:
        """Return what a GET that must work answers."""
        answer = self.client.get(f"/api/v3{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def done(self, path: str, body: Any = None, **options: Any) -> Any:
        """Return what a POST that must work answers."""
        answer = self.send(path, body, **options)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def item(self, **attributes: Any) -> Any:
        """Create an item; returns it as it was answered."""
        return self.done("/items", {"items": {**STANDARD, **attributes}})["item"]

    def stocked(self, *warehouses: str, **properties: Any) -> str:
        """Create an item linked to warehouses, without stock; returns its id."""
        item_id: str = self.item()["id"]
        self.done(
            f"/items/{item_id}/inventory",
            {
                "item": {
                    "inventories": {
                        "isEnabled": "true",
                        "warehouse_isEnabled": "true",
                        "warehouses": [{"name": name} for name in warehouses],
                        "inventory_properties": properties,
                    }
                }
            },
        )
        return item_id

    def move(self, item_id: str, *entries: dict[str, Any], **options: Any) -> httpx.Response:
        """Add or take out stock."""
        body = {"item": {"inventories": {"warehouses": list(entries)}}}
        return self.send(f"/items/{item_id}/inventory/add", body, **options)

    def inventories(self, item_id: str) -> Any:
        """The inventory of an item."""
        return self.get(f"/items/{item_id}/inventories")["item"]["inventories"]

    def stock(self, item_id: str) -> dict[str, Any]:
        """The stock of an item, by warehouse."""
        return {each["name"]: each for each in self.inventories(item_id)["warehouses"]}

    def pages(self, path: str, key: str, **query: Any) -> Iterator[list[Any]]:
        """Yield the records of each page, by following the addresses of the next one."""
        answer = self.get(path, **query)
        while True:
            yield answer[key]
            following = answer["pagination"]["next_page"]
            if following == "NULL":
                return
            answer = self.client.get(following).raise_for_status().json()


def refusal(answer: httpx.Response) -> tuple[int, str, list[tuple[str | None, str]]]:
    """The status, the code, and field and code of each entry of a refusal."""
    body = answer.json()
    assert body["object"] == "error"
    assert body["status"] == answer.status_code
    assert body["request_id"].startswith("req_")
    entries = [(entry.get("field"), entry["code"]) for entry in body["errors"]]
    return answer.status_code, body["code"], entries
