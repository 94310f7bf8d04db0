"""The exchange that shows a finding, as people see it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from contract_tests.exchange.trace import Answer, Call, Trace
from contract_tests.reproduction.evidence import evidence
from contract_tests.target.mock import mock_target
from contract_tests.target.session import Session
from mock_server.discovery import load_lifecycle
from mock_server.lifecycle.model import Parts

PRODUCT = {"name": "It's Balm", "price": "12.10"}


@pytest.fixture(scope="module")
def session():
    target = mock_target("cliniko", "test")
    with closing(Session(target, load_lifecycle(target.vendor))) as opened:
        yield opened
    target.close()


def shown(session, call, answer=None):
    exchange, _ = session.send(call, Trace())
    if answer is not None:
        exchange = replace(exchange, answer=answer)
    return evidence(exchange, session, "a success", "422")


def test_it_has_the_call_and_its_answer_with_both_bodies(session):
    found = shown(session, Call("createProduct", Parts(body=PRODUCT)))
    assert (found.method, found.status) == ("POST", 201)
    assert found.request_body == '{"name":"It\'s Balm","price":"12.10"}'
    assert '"name":"It\'s Balm"' in found.response_body
    assert found.curl == (
        'curl -X POST -u "${CONTRACT_TESTS_CREDENTIAL:-test:}" '
        "-H 'content-type: application/json' "
        """--data-raw '{"name":"It'"'"'s Balm","price":"12.10"}' """
        "http://127.0.0.1:8080/cliniko/v1/products"
    )


@pytest.mark.parametrize(
    ("account", "signing"),
    [
        ("other", '-u "${CONTRACT_TESTS_OTHER_CREDENTIAL:-test-other:}"'),
        ("invalid_credential", '-u "wrong-credential:"'),
        (None, ""),
    ],
)
def test_the_line_of_curl_signs_in_as_the_caller_did(session, account, signing):
    curl = shown(session, Call("listTaxes", account=account)).curl
    assert curl == f"curl {signing} http://127.0.0.1:8080/cliniko/v1/taxes".replace("  ", " ")


def test_long_bodies_are_cut_and_bytes_are_described_and_secrets_left_out(session):
    json, png = {"content-type": "application/json"}, {"content-type": "image/png"}
    call = Call("listTaxes")
    assert shown(session, call, Answer(200, json, b"x" * 3000)).response_body.endswith(
        "x… (1000 more characters)"
    )
    assert shown(session, call, Answer(200, png, b"\x89PNG\x00")).response_body == (
        "(5 bytes of image/png)"
    )
    secret = shown(session, call, Answer(200, json, b'{"access_token": "s3cret"}'))
    assert secret.response_body == '{"access_token": "[redacted]"}'
