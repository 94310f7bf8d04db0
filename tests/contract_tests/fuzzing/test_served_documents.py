"""Schemathesis as it comes reports nothing of a mock by the document that it serves, in a sample.

It is given what any user gives it: the document, a credential, and existing records for references.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import httpx
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from contract_tests.fuzzing.config import presented
from contract_tests.fuzzing.existing_ids import ExistingIds
from contract_tests.fuzzing.refusals import Refusals
from contract_tests.fuzzing.run import references_filled
from contract_tests.fuzzing.transport import SchemathesisTransport, application, carried_by
from contract_tests.target.mock import mock_target
from mock_server.app import build_server
from mock_server.bounded_http import MAX_HEADERS, MAX_TARGET
from mock_server.console.served import served_document
from mock_server.discovery import api_names, load_vendor
from mock_server.live import LiveServer
from mock_server.openapi.document import METHODS

#: What OpenAPI 3.0 has no words for: a text that is JSON, a body that is no object and is read as
#: an empty one, and a refresh token that must have been issued.
BEYOND_OPENAPI = {
    "built": {"createItemsInBulk", "createItemsInBulkAlternate", "updateItem"},
    "exsited": {"issueToken", "issueTokenV4"},
}
#: Making data for all operations of a large document takes minutes: a sample of so many is tried.
SAMPLED = 3
_FILE = re.compile(rb'name="([^"]+)"; filename=')


def refuses_files_alone(request, response):
    """Whether all that a request is refused for is a file: Schemathesis sends no real pictures."""
    files = {name.decode() for name in _FILE.findall(request.body or b"")}
    try:
        refused = set(json.loads(response.content))
    except (ValueError, TypeError):
        return False
    return bool(refused) and refused <= files


def reports_of_schemathesis(api: str) -> tuple[set[str], int]:
    """Return what Schemathesis reports of some operations that take bodies, and its requests.

    Refusals that the document marks as dependent on the state, which no schema can announce, are
    left out.
    """
    target = mock_target(api)
    path = urlsplit(target.base_url).path
    config = {
        "seed": 1,
        "cache": {"enabled": False},
        "continue-on-failure": True,
        # These services store no NUL, and OpenAPI cannot forbid it in the names of properties.
        "generation": {
            "database": "none",
            "max-examples": 2,
            "deterministic": True,
            "allow-x00": False,
        },
        "suppress-health-check": ["too_slow"],
        "phases": {"stateful": {"enabled": False}, "coverage": {"unexpected-methods": []}},
        "parameters": {f"path.{name}": each for name, each in target.parameters.items()},
        "auth": {"openapi": {target.scheme_name: presented(target.scheme, target.credential)}},
    }
    document = served_document(target.vendor, path)
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(config))
    schema.app = application
    schema.location = f"{path}/openapi.json"
    with_body = [
        each.id for each in target.vendor.spec.operations.values() if each.request_body is not None
    ]
    described = [each for each in with_body if each not in BEYOND_OPENAPI.get(api, ())]
    schema = schema.include(operation_id=described[-SAMPLED:])
    references, refusals = ExistingIds(target), Refusals(target.vendor.spec)
    carrier = SchemathesisTransport(target, references.forget)
    reports, requests = set(), 0
    with carried_by(carrier), references_filled(target, references):
        for event in from_schema(schema).execute():
            assert not isinstance(event, events.NonFatalError | events.FatalError), event
            if not isinstance(event, events.ScenarioFinished):
                continue
            requests += len(event.recorder.interactions)
            for case_id, checks in event.recorder.checks.items():
                interaction = event.recorder.interactions[case_id]
                operation_id = event.recorder.cases[case_id].value.operation.definition.raw[
                    "operationId"
                ]
                if refusals.depend_on_state(
                    operation_id, interaction.response.status_code, interaction.response.content
                ):
                    continue
                sent = interaction.request
                refused = refuses_files_alone(sent, interaction.response)
                reports |= {
                    f"{each.name}: {sent.method} {sent.uri} {sent.body!r}: "
                    f"{each.failure_info.failure.message}"
                    for each in checks
                    if each.failure_info is not None
                    and not (each.name == "positive_data_acceptance" and refused)
                }
    references.close()
    return reports, requests


@pytest.mark.parametrize("api", api_names())
def test_schemathesis_reports_nothing_of_a_sample_of_operations_by_the_served_document(api):
    reports, requests = reports_of_schemathesis(api)
    assert not reports, "\n".join(reports)
    assert requests > 20


def test_what_the_server_refuses_before_an_api_is_declared_of_every_operation():
    vendor = load_vendor("skhokho")
    server = build_server(vendors=[vendor])
    with LiveServer(server) as live:
        document = httpx.get(f"{live.url}/skhokho/openapi.json").json()
        answers = {
            httpx.get(f"{live.url}/skhokho/{'x' * MAX_TARGET}"),
            httpx.get(f"{live.url}/skhokho/", headers={"x-long": "x" * MAX_HEADERS}),
        }
    assert {answer.status_code for answer in answers} == {414, 431}
    for item in document["paths"].values():
        for operation in (item[method] for method in METHODS if method in item):
            for answer in answers:
                declared = operation["responses"][str(answer.status_code)]
                assert answer.headers["content-type"].partition(";")[0] in declared["content"]
