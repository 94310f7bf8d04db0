"""A user's own traffic is held to the spec, and a mock to it, without a secret in any output."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.cli import main as cli
from contract_tests.recorded.check import check_recording
from contract_tests.recorded.cleaning import document_of, read_entries
from contract_tests.recorded.har import HarError, read_document, recording_of
from contract_tests.recorded.replay import replay_recording
from contract_tests.target.mock import mock_target
from mock_server.discovery import load_vendor
from tests.contract_tests.recorded.recordings import TAX, document, entry, life

TODAY = date(2026, 11, 21)
VENDOR = load_vendor("cliniko")
SECRETS = ("s3cret", "czNjcmV0", "MS0yMDI2", "c00kie")


def read(har, vendor=VENDOR, base_url=None):
    """The recording of a HAR document."""
    entries, left_out = read_entries(har["log"]["entries"], vendor.spec)
    recording = recording_of(entries, vendor.spec, base_url)
    return replace(recording, others=(*left_out, *recording.others))


def without_secrets(har):
    """A HAR document as it is written cleaned."""
    return document_of(read_entries(har["log"]["entries"], VENDOR.spec)[0].values())


def checked(*entries):
    """What is found in a recording of these entries."""
    return check_recording(read(document(*entries)), VENDOR).findings


def replayed(har, api="cliniko"):
    """What a mock answers differently from a HAR document."""
    recording = read(har, load_vendor(api))
    return replay_recording(recording, mock_target(api, "test.typical-again"), today=TODAY)


def test_a_call_as_browsers_record_it_keeps_to_the_spec():
    assert checked(entry(answer=TAX)) == []


def test_an_answer_off_the_spec_is_found_with_its_entry_and_place():
    found = checked(entry(answer=TAX), entry(answer={**TAX, "rate": 10}))
    assert [(each.operation, each.subject) for each in found] == [("GET /taxes/{id}", "/body/rate")]
    assert found[0].message.startswith("entry 1: ")
    shown = found[0].evidence
    assert shown.actual.startswith("entry 1 of the file: /body/rate")
    assert (shown.status, json.loads(shown.response_body)["rate"]) == (200, 10)
    assert shown.curl.startswith('curl -u "$CONTRACT_TESTS_CREDENTIAL:" ')
    assert shown.curl.endswith(f" {shown.url}")
    assert "authorization" not in shown.request_headers


def test_content_in_base64_is_read():
    text = base64.b64encode(json.dumps({**TAX, "rate": 10}).encode()).decode()
    content = {"mimeType": "application/json", "encoding": "base64", "text": text}
    recorded = entry()
    recorded["response"]["content"] = content
    assert [each.subject for each in checked(recorded)] == ["/body/rate"]


def test_a_request_that_the_spec_refuses_and_the_service_took_is_found():
    product = json.loads(life_of("cliniko")[1])
    sent = next(each for each in product if each["request"]["method"] == "POST")
    taken = {**sent, "request": {**sent["request"]}}
    body = json.loads(sent["request"]["postData"]["text"]) | {"name": 7}
    taken["request"]["postData"] = {"mimeType": "application/json", "text": json.dumps(body)}
    found = checked(taken)
    assert [(each.check, each.subject) for each in found] == [
        ("the spec takes what the service takes", "/body/name")
    ]
    assert "and it was answered with 201" in found[0].message


def test_what_is_no_call_of_the_api_is_told_and_left_out():
    others = [entry(path="/assets/logo.png"), entry(status=0), entry("PUT", "/v1/users/1")]
    recording = read(document(*others, entry(answer=TAX)))
    assert len(recording.calls) == 1
    assert recording.base_url == "https://api.au1.cliniko.example/v1"
    assert recording.others == (
        "entry 1: it was not answered",
        "calls to https://api.au1.cliniko.example",
        "PUT /v1/users/1: not an operation of cliniko",
    )


LIVES = {}


def life_of(api):
    """The HAR export of a mock's life, and its entries as JSON."""
    if api not in LIVES:
        made = json.loads(json.dumps(life(api)))
        LIVES[api] = made, json.dumps(made["log"]["entries"])
    return LIVES[api]


@pytest.mark.parametrize("api", ["built", "cliniko", "exsited", "skhokho"])
def test_a_mocks_own_export_keeps_to_the_spec_and_replays_without_a_difference(api):
    vendor = load_vendor(api)
    har = life_of(api)[0]
    recording = read(har, vendor)
    assert recording.others == ()
    assert len(recording.calls) >= 5
    assert check_recording(recording, vendor).findings == []
    run = replayed(har, api)
    assert [each.message for each in run.findings] == []
    unsent = [line for line in run.skipped if line.startswith("not sent")]
    # A token is asked for with a secret.
    assert all("oauth2/token" in line for line in unsent)
    assert run.requests == len(recording.calls) - len(unsent)


def test_a_twisted_answer_is_a_difference():
    har = json.loads(life_of("cliniko")[1])
    made = next(each for each in har if each["request"]["method"] == "POST")
    body = json.loads(made["response"]["content"]["text"])
    made["response"]["content"]["text"] = json.dumps(body | {"stock_level": 4711})
    run = replayed(document(*har))
    assert [(each.operation, each.subject) for each in run.findings] == [
        ("POST /products", "/body/stock_level")
    ]
    assert "4711 recorded" in run.findings[0].message


@given(
    word=st.text("abcdefghijkLMNOPQ0123456789", min_size=12, max_size=30),
    place=st.sampled_from(["header", "cookie", "url", "query", "form", "json", "deep", "answer"]),
)
def test_no_secret_is_left_in_a_cleaned_recording(word, place):
    secret = f"S{word}"
    recorded = entry(answer=TAX)
    request, response = recorded["request"], recorded["response"]
    if place == "header":
        request["headers"].append({"name": "AUTHORIZATION", "value": f"Bearer {secret}"})
    elif place == "cookie":
        response["headers"].append({"name": "Set-Cookie", "value": f"a={secret}"})
        request["cookies"].append({"name": "a", "value": secret})
    elif place == "url":
        request["url"] = request["url"].replace("https://", f"https://{secret}:x@")
    elif place == "query":
        request["url"] += f"?access_token={secret}"
        request["queryString"].append({"name": "access_token", "value": secret})
    elif place == "form":
        text = f"user=me&password={secret}"
        params = [{"name": "password", "value": secret}]
        kind = "application/x-www-form-urlencoded"
        request["postData"] = {"mimeType": kind, "text": text, "params": params}
    elif place == "json":
        text = json.dumps({"client_secret": secret})
        request["postData"] = {"mimeType": "application/json", "text": text}
    elif place == "deep":
        text = json.dumps([{"a": {"Password": secret, "refresh_token": secret}}])
        request["postData"] = {"mimeType": "application/json", "text": text}
    else:
        response["content"]["text"] = json.dumps({"tokens": [{"access_token": secret}]})
    assert secret in json.dumps(recorded)
    assert secret not in json.dumps(without_secrets(document(recorded)))


def test_a_secret_in_an_answer_in_base64_is_taken_out_too():
    recorded = entry()
    text = base64.b64encode(b'{"access_token": "s3cret-token-123"}').decode()
    recorded["response"]["content"] |= {"encoding": "base64", "text": text}
    cleaned = without_secrets(document(recorded))["log"]["entries"][0]
    content = cleaned["response"]["content"]
    shown = base64.b64decode(content["text"]) if content.get("encoding") else content["text"]
    assert "s3cret" not in str(shown)


@pytest.fixture
def har_file(tmp_path):
    """A function (document) → a file with it."""

    def write(content, name="calls.har"):
        file = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_the_command_checks_replays_and_cleans_without_showing_a_secret(har_file, tmp_path, capsys):
    file = har_file(document(entry(answer=TAX), entry(answer={**TAX, "rate": 10})))
    cleaned, report = tmp_path / "cleaned.har", tmp_path / "report"
    arguments = ["--replay", "--cleaned", str(cleaned), "--report", str(report)]
    assert cli.main(["recorded", "cliniko", str(file), *arguments]) == 1
    shown = capsys.readouterr()
    assert "the answer keeps to the spec" in shown.out
    written = [each.read_text() for each in report.rglob("*") if each.is_file()]
    for text in (shown.out, shown.err, cleaned.read_text(), *written):
        assert [secret for secret in SECRETS if secret in text] == []
    assert cli.main(["recorded", "cliniko", str(cleaned)]) == 1


def test_a_clean_recording_ends_with_0(har_file, capsys):
    assert cli.main(["recorded", "cliniko", str(har_file(document(entry(answer=TAX))))]) == 0
    assert "cliniko: nothing found; 1 requests" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "Expecting property name"),
        ("[]", "no HAR file, for it has no log.entries"),
        ({"log": {"entries": 5}}, "no HAR file"),
        ({"log": []}, "no HAR file"),
        ({"log": {"entries": [5]}}, "entry 0: it has no request"),
        ({"log": {"entries": [{"request": {}}]}}, "entry 0: it was not answered"),
        (document(entry(path="/assets/x")), "none of its calls is one of cliniko"),
        (
            document(entry(response={"content": {"encoding": "base64", "text": "a!"}})),
            "its content is no base64",
        ),
    ],
)
def test_a_wrong_file_ends_with_2_and_one_line(har_file, capsys, content, complaint):
    assert cli.main(["recorded", "cliniko", str(har_file(content))]) == 2
    errors = capsys.readouterr().err
    assert complaint in errors
    assert len(errors.splitlines()) == 1


def test_wrong_use_ends_with_2_and_one_line(har_file, tmp_path, capsys):
    file = str(har_file(document(entry(answer=TAX))))
    for arguments in (
        ["cliniko", str(tmp_path / "none.har")],
        ["nope", file],
        ["cliniko", file, "--cleaned", str(tmp_path)],
        ["cliniko", file, "--replay", "--waivers", str(tmp_path / "none.yaml")],
    ):
        assert cli.main(["recorded", *arguments]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    file = tmp_path / "bom.har"
    file.write_text("\ufeff" + json.dumps(document()), encoding="utf-8")
    assert read_document(file) == []
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(HarError, match=r"bom\.har"):
        read_document(file)
