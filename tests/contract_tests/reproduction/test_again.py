"""A reproduction says 1 where the fault is, 0 where it is not, and 2 where that cannot be told."""

from __future__ import annotations

import json
import re
import shutil
from base64 import b64encode
from contextlib import contextmanager

import pytest

from contract_tests.fuzzing.run import run_conformance
from contract_tests.properties.run import Plan, run_properties
from contract_tests.target.mock import signed_in
from contract_tests.target.service import url_target
from mock_server.discovery import load_vendor
from mock_server.live import LiveServer
from tests.contract_tests.reproduction.again import PATHS, ends, module_ends
from tests.contract_tests.twisting import serving

WORDS = "test-s3cret", "test-s3cret-other"
SIGNED = b"Basic " + b64encode(f"{WORDS[0]}:".encode())
GONE = "http://127.0.0.1:9"


def nothing(_):
    """No twist."""


def changed(method, pattern, change):
    """What changes the JSON of successful answers to some calls."""

    def after(message):
        if message.is_for(method, pattern) and message.status < 300 and message.body:
            body = json.loads(message.body)
            change(body, message)
            message.body = json.dumps(body).encode()

    return after


def upper(body, _):
    body["name"] = body["name"].upper()


def jumps(body, _):
    body["item"]["quantity"] += 1


def opens(message):
    """Anybody gets in with any credential."""
    if message.is_for("GET", "/taxes") and message.status == 401:
        message.status, message.body = 200, b'{"taxes":[],"total_entries":0,"links":{"self":"x"}}'


def believes(message):
    """A wrong credential will do, none will not."""
    if b"authorization" in message.request_headers:
        opens(message)


#: API, property, what is done to requests and to answers, and what a finding then shows.
PROPERTIES = [
    ("cliniko", "read_after_create",
     nothing, changed("GET", "/products/[0-9]+", upper), "POST /products"),
    ("cliniko", "credential_is_required",
     nothing, believes, "with a wrong credential"),
    ("built", "stock_is_conserved",
     nothing, changed("GET", "/item/[0-9]+", jumps), "/item"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("api", "name", "before", "after", "shown"),
    PROPERTIES,
    ids=[each[1] + each[4] for each in PROPERTIES],
)
def test_a_property_can_be_tried_again_until_the_fault_is_mended(
    tmp_path, api, name, before, after, shown
):
    with serving(api) as (twisted, url):
        credentials = [signed_in(load_vendor(api), url, word) for word in WORDS]
        twisted.before, twisted.after = before, after
        run = run_properties(url_target(api, url, *credentials), plan=Plan(rounds=1, only=(name,)))
        findings = [
            each
            for each in run.findings
            if each.check == name and each.reproduction and shown in " ".join(each.steps)
        ]
        assert findings, [(each.message, each.steps) for each in run.findings]
        held_to_what_is_so(findings[0], twisted, url, credentials, tmp_path)


def held_to_what_is_so(finding, twisted, url, credentials, folder):
    """The script and the module say what is so with and without the fault."""
    text = finding.reproduction + finding.test + finding.message + repr(finding.steps)
    assert "s3cret" not in text
    faulty = twisted.before, twisted.after
    for wanted, twists in ((1, faulty), (0, (nothing, nothing))):
        twisted.before, twisted.after = twists
        status, said = ends(finding.reproduction, folder, url, *credentials)
        assert status == wanted, said
        assert said.splitlines()[-1].startswith(f"The fault is {'' if wanted else 'not '}there")
        status, said = module_ends(finding.test, url, *credentials)
        assert status == wanted, said


def lets_anybody_in(message):
    if message.is_for("GET", "/taxes"):
        message.request_headers.setdefault(b"authorization", SIGNED)


def answers_wrongly(message):
    if message.is_for("GET", "/stock_adjustments"):
        message.status, message.body = 500, b"{}"
    if message.is_for("GET", "/product_suppliers") and message.status == 200:
        message.body = b'{"product_suppliers": []}'
    if message.is_for("GET", "/product_suppliers/[0-9]+") and message.status == 200:
        message.status = 218


@pytest.fixture(scope="module")
def service():
    """A twisted mock, its URL, and the findings of Schemathesis against it."""
    with serving("cliniko") as (twisted, url):
        twisted.before, twisted.after = lets_anybody_in, answers_wrongly
        target = url_target("cliniko", url, f"{WORDS[0]}:")
        run = run_conformance(target, seed=1, max_examples=1, phases=("fuzzing", "stateful"))
        yield twisted, url, run.findings


CHECKS = [
    ("not_a_server_error", "GET /stock_adjustments"),
    ("response_schema_conformance", "GET /product_suppliers"),
    ("status_code_conformance", "GET /product_suppliers/{id}"),
    ("ignored_auth", "GET /taxes"),
]


def found(findings, check, operation=""):
    return next(each for each in findings if each.check == check and operation in each.operation)


@pytest.mark.parametrize(("check", "operation"), CHECKS)
def test_a_check_can_be_made_again_until_the_fault_is_mended(service, tmp_path, check, operation):
    twisted, url, findings = service
    twisted.before, twisted.after = lets_anybody_in, answers_wrongly
    finding = found(findings, check, operation)
    held_to_what_is_so(finding, twisted, url, [f"{WORDS[0]}:"], tmp_path)


def test_a_status_alone_is_judged_without_a_python(service, tmp_path):
    twisted, url, findings = service
    twisted.before, twisted.after = lets_anybody_in, answers_wrongly
    script = found(findings, "ignored_auth").reproduction
    assert "python" not in script
    assert ends(script, tmp_path, url, path=without_python(tmp_path))[0] == 1


def without_python(folder):
    """A folder of programs in which there is all that a script calls but `python3`."""
    programs = folder / "programs"
    programs.mkdir()
    for name in ("cat", "chmod", "curl", "mkdir", "mktemp", "rm", "sed", "sh"):
        (programs / name).symlink_to(shutil.which(name))
    return str(programs)


@contextmanager
def answering(status, body=b"", media_type=b"text/html"):
    """What answers every call in one way: a proxy, a page to sign in, another service."""

    async def answer(scope, _, send):
        if scope["type"] == "http":
            headers = [(b"content-type", media_type), (b"location", b"/login")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    with LiveServer(answer) as live:
        yield live.url


@pytest.mark.parametrize(
    ("check", "status", "body", "media_type"),
    [
        ("response_schema_conformance", 502, b"<html>", b"text/html"),
        ("status_code_conformance", 503, b'{"message": "back soon"}', b"application/json"),
        ("not_a_server_error", 302, b"", b"text/html"),
        ("response_schema_conformance", 403, b"{}", b"application/json"),
        ("ignored_auth", 404, b"<html>", b"text/html"),
        ("ignored_auth", 429, b"{}", b"application/json"),
        ("response_schema_conformance", 200, b"<html>Sign in</html>", b"text/html"),
    ],
)
def test_what_is_no_answer_of_the_service_says_nothing(
    service, tmp_path, check, status, body, media_type
):
    finding = found(service[2], check, dict(CHECKS)[check])
    with answering(status, body, media_type) as url:
        for ended, said in (
            ends(finding.reproduction, tmp_path, url, "anybody:"),
            module_ends(finding.test, url, "anybody:"),
        ):
            assert ended == 2, said
            assert "Inconclusive: " in said.splitlines()[-1]


def test_where_it_cannot_be_told_is_said_in_a_line(service, tmp_path):
    twisted, url, findings = service
    twisted.before, twisted.after = nothing, nothing
    finding = found(findings, "response_schema_conformance", "GET /product_suppliers")
    none = tmp_path / "none"
    none.mkdir()
    (none / "sh").symlink_to(shutil.which("sh"))
    for credentials, target, path, said in (
        ([], url, PATHS, "CONTRACT_TESTS_CREDENTIAL is not set"),
        (["nobody:"], url, PATHS, "GET /product_suppliers.* 401, and not 200"),
        ([f"{WORDS[0]}:"], GONE, PATHS, "GET /product_suppliers.*Failed to connect"),
        ([f"{WORDS[0]}:"], url, str(none), "there is no curl"),
        ([f"{WORDS[0]}:"], url, without_python(tmp_path), "there is no python3 of 3.8 or later"),
    ):
        status, line = ends(finding.reproduction, tmp_path, target, *credentials, path=path)
        assert status == 2
        assert re.fullmatch(f"Inconclusive: {said}.*", line), line
    for credentials, target in (([], url), (["nobody:"], url), ([f"{WORDS[0]}:"], GONE)):
        assert module_ends(finding.test, target, *credentials)[0] == 2
