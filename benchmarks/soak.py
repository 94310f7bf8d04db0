"""Send many generated requests to a mock in this process, and count what should not happen.

    python benchmarks/soak.py cliniko --requests 100000 --seed 1

Three kinds of request, mixed: what the schemas allow, what they forbid (both from Schemathesis'
strategies), and broken ones (random bytes, wrong content types, odd escapes). Half of the path
parameters are small numbers, so that they meet records. An answer of 500 or above is a failure,
among them the engine's own mark for an answer off the contract; besides, one answer in fifty (or
`--check-every`) is checked against the spec by a second validator that shares no code with the
engine. Exits with 1 if anything failed.
"""

from __future__ import annotations

import argparse
import collections
import random
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import requests as requests_library
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from openapi_schema_validator import OAS30Validator
from openapi_schema_validator import oas30_format_checker as formats
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from contract_tests.target.mock import mock_target
from contract_tests.target.target import Target
from mock_server.console.served import served_document
from mock_server.openapi.document import SpecIndex

_REQUEST = {"method", "url", "headers", "files", "data", "params", "cookies", "json"}
BROKEN_BODIES = [
    b"", b"{", b"[]", b"null", b"1e999999", b'{"a":' * 2000, b"\xff\xfe", b'{"name":"\\u0000"}',
    b'{"name":"\\ud800"}', b'"' + b"x" * 70_000 + b'"', b"{" + b'"a":1,' * 5000 + b'"b":2}',
    b"-0", b"NaN", b"Infinity", b"9" * 5000, b'{"price":1e-400}', b"name=x&name=y", b"\0" * 100,
]  # fmt: skip
TYPES = [
    "application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded", "", "a/b/c;;", "application/json; charset=utf-16",
]  # fmt: skip
QUERIES = ["", "%ff=1", "q%5B%5D=%00", "page=-1", "page=999999999999999999999", "a=%zz&&&=", "q[]",
           "sort=,,,", "per_page=1e3", "page=1&page=x"]  # fmt: skip


class Soak:
    """The counts of a run, and the checks that fill them."""

    def __init__(self, target: Target, chance: random.Random, goal: int, every: int) -> None:
        self.client = target.client()
        self.spec: SpecIndex = target.vendor.spec
        self.chance = chance
        self.goal = goal
        self._every = every
        self.sent = 0
        self.statuses: collections.Counter[int] = collections.Counter()
        self.checked = 0
        self.failures: list[str] = []

    def send(self, operation_id: str | None, request: httpx.Request) -> None:
        """Send one request and look at its answer."""
        response = self.client.send(request, auth=self.client.auth)
        self.sent += 1
        self.statuses[response.status_code] += 1
        if response.status_code >= 500:
            self.failures.append(f"{request.method} {request.url}: {response.text[:300]}")
        elif operation_id and self.sent % self._every == 0:
            self._check(operation_id, response)

    def _check(self, operation_id: str, response: httpx.Response) -> None:
        self.checked += 1
        declared = self.spec.operations[operation_id].responses.get(response.status_code)
        if declared is None:
            self.failures.append(f"{operation_id}: {response.status_code} is not declared")
            return
        schema = declared.content.get("application/json", {}).get("schema")
        if schema is None or response.headers.get("content-type") != "application/json":
            return
        root = {**schema, "components": self.spec.document["components"]}
        for error in OAS30Validator(root, format_checker=formats).iter_errors(response.json()):
            self.failures.append(f"{operation_id}: {error.message[:300]}")


def broken_requests(soak: Soak) -> Iterator[tuple[str | None, httpx.Request]]:
    """Requests that no schema describes."""
    chance = soak.chance
    templates = [operation.path for operation in soak.spec.operations.values()]
    while True:
        path = chance.choice(templates)
        while "{" in path:
            head, _, rest = path.partition("{")
            path = (
                f"{head}{chance.choice(['1', '%00', '%ff', 'x', '-1', '9' * 30, '..'])}"
                + (rest.partition("}")[2])
            )
        yield (
            None,
            soak.client.build_request(
                chance.choice(
                    ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"]
                ),
                f"{path}?{chance.choice(QUERIES)}",
                content=chance.choice([*BROKEN_BODIES, chance.randbytes(chance.randrange(300))]),
                headers={"content-type": chance.choice(TYPES)},
            ),
        )


def fuzz(soak: Soak, target: Target, mode: GenerationMode, requests: int, number: int) -> None:
    """Send generated requests of one mode, spread over all operations."""
    config = SchemathesisConfig.from_dict({"generation": {"allow-x00": True, "database": "none"}})
    schema = schemathesis.openapi.from_dict(
        served_document(target.vendor, target.base_url), config=config
    )
    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in operations:
        share = max(1, requests // len(operations))
        cases = operation.as_strategy(generation_mode=mode)
        drive(soak, target, cases, share, number)


def drive(soak: Soak, target: Target, cases: Any, requests: int, number: int) -> None:
    """Draw cases and send them."""

    @seed(number)
    @settings(
        max_examples=requests,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def one(case: Any) -> None:
        for name in case.path_parameters or ():
            if soak.chance.random() < 0.5:
                case.path_parameters[name] = str(soak.chance.randrange(1, 90))
        try:
            kwargs = case.as_transport_kwargs(base_url=target.base_url)
            kwargs = {key: value for key, value in kwargs.items() if key in _REQUEST}
            sent = requests_library.Request(**kwargs).prepare()
            request = soak.client.build_request(
                sent.method,
                sent.url,
                headers=[(str(k), v) for k, v in sent.headers.items() if k != "Content-Length"],
                content=sent.body or b"",
            )
        except (UnicodeError, ValueError, httpx.InvalidURL):
            return  # what no client can send
        soak.send(case.operation.definition.raw["operationId"], request)

    one()


def soaked(api: str, requests: int, number: int = 1, every: int = 50) -> Soak:
    """Send so many requests to a fresh mock, and return what came of them."""
    target = mock_target(api)
    soak = Soak(target, random.Random(number), requests, every)
    try:
        fuzz(soak, target, GenerationMode.POSITIVE, requests // 3, number)
        fuzz(soak, target, GenerationMode.NEGATIVE, requests // 3, number)
        for operation_id, request in broken_requests(soak):
            if soak.sent >= requests:
                break
            soak.send(operation_id, request)
    finally:
        target.close()
    return soak


def main() -> int:
    """Run, print the figures, and return 1 if anything failed."""
    parser = argparse.ArgumentParser(description="Soak a mock in generated requests.")
    parser.add_argument("api")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check-every", type=int, default=50)
    options = parser.parse_args()
    started = time.perf_counter()
    soak = soaked(options.api, options.requests, options.seed, options.check_every)
    seconds = time.perf_counter() - started
    print(f"{options.api}: {soak.sent} requests in {seconds:.0f} s, seed {options.seed}")
    print(f"  statuses {dict(sorted(soak.statuses.items()))}")
    print(f"  {soak.checked} answers checked by a second validator")
    print(f"  {len(soak.failures)} failures")
    for failure in soak.failures[:20]:
        print(f"  {failure}")
    return 1 if soak.failures else 0


if __name__ == "__main__":
    sys.exit(main())
