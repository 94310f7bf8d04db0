"""Going back to before an archiving makes the product visible again, everywhere."""

from __future__ import annotations

import httpx
import pytest


@pytest.mark.parametrize(("method", "path"), [("DELETE", ""), ("POST", "/archive")])
def test_a_restored_state_shows_the_product_that_was_archived_since(serve, client_of, method, path):
    server = serve("cliniko")
    client: httpx.Client = client_of(server, "cliniko", auth=("test-restore", ""))
    before = client.get("/products/1").json()
    total = client.get("/products").json()["total_entries"]
    sandbox = server.sandbox("test-restore")
    sandbox.snapshot("before")

    assert client.request(method, f"/products/1{path}").status_code == 204
    assert client.get("/products/1").status_code == 404
    assert client.get("/products").json()["total_entries"] == total - 1

    sandbox.restore("before")
    assert client.get("/products/1").json() == before
    assert client.get("/products").json()["total_entries"] == total
    archived = client.get("/products", params={"q[]": ["archived_at:?", "id:=1"]})
    assert archived.json()["total_entries"] == 0
