"""What a journal and the records are counted to take is what Python holds for them."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from mock_server.app import build_server
from mock_server.settings import Settings


@pytest.fixture(scope="module")
def server(vendors):
    chosen = [vendor for vendor in vendors if vendor.api.name == "cliniko"]
    return build_server(settings=Settings(journal_bytes=1 << 30), vendors=chosen)


CALLS = {
    "a read": ("GET", "/products/{one}", None),
    "a list": ("GET", "/products", None),
    "a create": ("POST", "/products", {"name": "Balm {number}", "price": 12.5}),
    "an update": ("PATCH", "/products/{one}", {"name": "Other {number}"}),
    "a refusal": ("POST", "/products", {"name": 1}),
}


@pytest.mark.parametrize("name", CALLS)
def test_memory_is_counted_within_a_factor_of_two(server, client_of, name):
    client = client_of(server, "cliniko", auth=("test-counted", ""))
    method, path, body = CALLS[name]

    def send(number):
        json = body and {
            key: value.format(number=number) if isinstance(value, str) else value
            for key, value in body.items()
        }
        client.request(method, path.format(one=number % 50 + 1), json=json)

    def counted():
        sandbox = server.sandbox("test-counted")
        return sandbox.journal.size + sandbox.committed.size

    # What is made once, such as the page of a list, is no part of it.
    for number in range(100):
        send(number)
    gc.collect()
    before = counted()
    tracemalloc.start()
    try:
        for number in range(200):
            send(number)
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.5 < held / (counted() - before) < 2
