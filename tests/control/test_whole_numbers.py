"""What JSON Schema calls an integer is one in every body, however it is written."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from mock_server.control.api.spec import control_spec
from mock_server.openapi.casts import cast_of
from mock_server.openapi.schema import properties_of

ONES = ["1.0", "1e0", "10e-1", "1.000"]
CALLS = [
    ("POST", "/rewind", '{"before": %s}'),
    ("POST", "/fork", '{"name": "test-fork", "before": %s}'),
    ("PUT", "/rate-limits", '{"enabled": true, "requests": %s}'),
    ("POST", "/seed", '{"apis": {}, "revision": %s}'),
    ("POST", "/verify", '{"since": %s, "calls": [{"path": "/**", "exactly": 0}]}'),
    ("POST", "/verify", '{"calls": [{"path": "/**", "exactly": %s}]}'),
    ("POST", "/verify", '{"calls": [{"path": "/**", "at_least": %s, "at_most": %s}]}'),
    ("POST", "/verify", '{"effects": [{"table": "cliniko.products", "key": %s, "times": %s}]}'),
    ("POST", "/faults", '{"match": {"nth": %s}, "effects": [{"kind": "status", "status": 404}]}'),
    ("POST", "/faults", '{"effects": [{"kind": "lost_update"}], "times": %s, "seed": %s}'),
]


@pytest.fixture
def used(control, cliniko, call):
    """A function that sends a body to a sandbox with one call in its journal, frozen in time."""

    def send(method, path, body):
        sandbox = control.create("test-n")
        sandbox.freeze(datetime(2026, 3, 1, tzinfo=UTC))
        cliniko("test-n").get("/products")
        headers = {"Content-Type": "application/json"}
        answer = call.request(
            method, f"/_mock/sandboxes/test-n{path}", content=body, headers=headers
        )
        sandbox.delete()
        for name in {view.name for view in control.sandboxes()}:
            control.sandbox(name).delete()
        assert answer.status_code != 500, answer.text
        return answer.status_code, answer.json()

    return send


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
@pytest.mark.parametrize("one", ONES)
def test_a_one_is_a_one(used, method, path, body, one):
    status, answer = used(method, path, body.replace("%s", "1"))
    assert status < 300
    assert used(method, path, body.replace("%s", one)) == (status, answer)


def test_a_sandbox_lives_on_after_a_limit_that_was_written_with_a_fraction(control, call):
    control.create("test-n")
    url = "/_mock/sandboxes/test-n/rate-limits"
    headers = {"Content-Type": "application/json"}
    call.put(url, content='{"enabled": true, "requests": 2.0}', headers=headers)
    assert call.get(url).content == b'{"enabled":true,"requests":2}'
    refused = call.put(url, content='{"enabled": true, "requests": 2.5}', headers=headers)
    assert refused.status_code == 422


def test_every_integer_of_every_body_is_cast():
    spec = control_spec()
    for operation in spec.operations.values():
        for content in operation.request_body.content.values() if operation.request_body else ():
            schema = content["schema"]
            for name, node in properties_of(spec, schema):
                if spec.typed(node).get("type") == "integer":
                    cast = cast_of(spec, schema)
                    assert cast is not None
                    assert type(cast({name: Decimal("1.0")})[name]) is int, (operation.id, name)
