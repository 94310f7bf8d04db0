"""Files as tools really write them: what can be judged is, and the rest is named."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

import httpx
import pytest

from contract_tests.cli import main as cli
from contract_tests.recorded.check import check_recording
from contract_tests.recorded.cleaning import document_of, read_entries
from contract_tests.recorded.har import recording_of
from contract_tests.recorded.replay import replay_recording
from contract_tests.target.mock import mock_target
from mock_server.app import build_server
from mock_server.discovery import api_names, load_vendor
from mock_server.in_process import InProcessTransport
from mock_server.journal.har import har
from tests.contract_tests.recorded.tools import FILES, KEY, ORIGIN, changed, file_of, plain

VENDOR = load_vendor("cliniko")
TODAY = date(2026, 11, 30)


def read(document, api="cliniko", base_url=None):
    spec = load_vendor(api).spec
    entries, left_out = read_entries(document["log"]["entries"], spec)
    recording = recording_of(entries, spec, base_url)
    return replace(recording, others=(*left_out, *recording.others))


def checked(document, api="cliniko"):
    return check_recording(read(document, api), load_vendor(api))


def replayed(document, api="cliniko"):
    mock = mock_target(api, "test.typical-recorded")
    return replay_recording(read(document, api), mock, today=TODAY)


@pytest.mark.parametrize("tool", FILES)
def test_a_file_of_each_tool_is_judged_as_far_as_it_goes(tool):
    made, calls, lacking = FILES[tool]
    document = made()
    recording = read(document)
    assert len(recording.calls) == calls
    assert sum("response" in each.lacks for each in recording.calls) == lacking
    run = check_recording(recording, VENDOR)
    assert [each.message for each in run.findings] == []
    assert len([each for each in run.skipped if each.startswith("not judged")]) == lacking
    counted = (re.search(r"\((\d{1,2})\)$", line) for line in recording.others)
    left_out = sum(int(found[1]) if found else 1 for found in counted)
    assert calls + left_out == len(document["log"]["entries"])


@pytest.mark.parametrize("tool", FILES)
def test_a_cleaned_file_is_valid_holds_no_secret_and_is_judged_alike(tool):
    document = FILES[tool][0]()
    entries, _ = read_entries(document["log"]["entries"], VENDOR.spec)
    cleaned = json.dumps(document_of(entries.values()), allow_nan=False)
    assert KEY in json.dumps(document)
    assert KEY not in cleaned
    again, once = checked(json.loads(cleaned)), checked(document)
    assert (again.findings, again.requests) == (once.findings, once.requests)


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"response": None}, "it was not answered"),
        ({"request": None}, "it has no request"),
        ({"request": {"url": "https://[::1"}}, "its URL cannot be read"),
        ({"request": {"url": f"{ORIGIN}/v1/taxes\x00"}}, "its URL has blanks or control"),
        ({"request": {"url": "blob:https://x/1"}}, "its URL is none of http or https"),
        ({"request": {"headers": [{"value": "x"}]}}, "request.headers.0.name is unusable"),
        ({"response": {"status": "ok"}}, "response.status is unusable"),
        ({"response": {"status": 101}}, "it went on as another protocol"),
        ({"response": {"status": 304}}, "answered from a cache"),
        ({"response": {"content": {"text": "*", "encoding": "base64"}}}, "no base64"),
    ],
)
def test_one_odd_entry_is_left_out_with_its_reason_and_the_rest_is_judged(odd, reason):
    entry = changed(plain(), **{name: value for name, value in odd.items() if value is not None})
    entry |= {name: value for name, value in odd.items() if value is None}
    wrong = plain()
    wrong["response"]["status"] = 418
    run = checked(file_of("x", entry, wrong, plain()))
    assert any(line.startswith("left out: entry 0: ") and reason in line for line in run.skipped)
    assert [each.message.partition(":")[0] for each in run.findings] == ["entry 1"]


def test_calls_of_other_hosts_are_left_out_and_counted():
    shop = plain(path="/products", answer="<html>", origin="https://shop.example.com")
    run = checked(file_of("x", shop, plain(), shop))
    assert run.findings == []
    assert "left out: calls to https://shop.example.com (2)" in run.skipped
    elsewhere = plain(origin="https://proxy.example.com/cliniko")
    chosen = read(file_of("x", plain(), elsewhere), base_url="https://proxy.example.com/cliniko/v1")
    assert [each.number for each in chosen.calls] == [1]


def test_a_mocks_journal_of_several_apis_gives_no_findings():
    server = build_server()
    transport = InProcessTransport(server)
    specs = {name: load_vendor(name).spec for name in api_names()}
    with httpx.Client(transport=transport, base_url="http://127.0.0.1") as client:
        basic = {"auth": ("test-several", "")}
        token = client.post("/exsited/api/v1/oauth/token", data={"x": "y"})
        assert token.status_code in (400, 401, 404, 415, 422)
        bearer = {"headers": {"Authorization": "Bearer test-several"}}
        for _ in range(3):
            client.get("/built/api/v3/items", **bearer)
        client.get("/cliniko/v1/products", **basic)
        client.get("/exsited/api/v3/items", **bearer)
    document = har(server.sandbox("test-several").journal, specs)
    calls = {name: len(read(document, name).calls) for name in ("built", "cliniko")}
    assert calls == {"built": 3, "cliniko": 1}
    assert [checked(document, name).findings for name in api_names()] == [[]] * len(specs)


def test_forms_written_as_parameters_and_request_bodies_in_base64_are_read():
    form = changed(plain("POST"), request={"postData": {
        "mimeType": "application/x-www-form-urlencoded", "text": "",
        "params": [{"name": "a", "value": "1 2"}, {"name": "a", "value": "3"}],
    }})  # fmt: skip
    coded = changed(plain("POST"), request={"postData": {
        "mimeType": "application/json", "text": "eyJuYW1lIjoiT2lsIn0", "encoding": "base64",
    }})  # fmt: skip
    for each in (form, coded):
        each["request"]["url"] = f"{ORIGIN}/v1/products"
    found = read(file_of("x", form, coded)).calls
    sent = [each.request.content for each in found]
    assert sent == [urlencode([("a", "1 2"), ("a", "3")]).encode(), b'{"name":"Oil"}']


def journal_of(act):
    """The HAR document of what a client did with a mock's Cliniko."""
    server = build_server()
    with httpx.Client(
        transport=InProcessTransport(server), base_url="http://127.0.0.1/cliniko/v1",
        auth=("test-noted", ""),
    ) as client:  # fmt: skip
        act(client)
    return har(server.sandbox("test-noted").journal, {"cliniko": VENDOR.spec})


def test_a_malformed_body_is_sent_again_as_it_was():
    document = journal_of(
        lambda client: client.post(
            "/products", content=b'{"name":', headers={"content-type": "application/json"}
        )
    )
    run = replayed(document)
    assert (run.requests, run.findings) == (1, [])


def test_long_decimals_survive():
    body = b'{"name": "Balm", "price": 3.12345678901234567}'
    sent = []

    class Noting(httpx.BaseTransport):
        def __init__(self, behind):
            self.behind = behind

        def handle_request(self, request):
            sent.append(request.content)
            return self.behind.handle_request(request)

    document = journal_of(
        lambda client: client.post(
            "/products", content=body, headers={"content-type": "application/json"}
        )
    )
    mock = mock_target("cliniko", "test.typical-recorded")
    mock = replace(mock, transport=Noting(mock.transport))
    run = replay_recording(read(document), mock, today=TODAY)
    assert sent == [body]
    assert run.findings == []


def product(client, tax):
    made = client.post("/products", json={"name": "Cedar Balm", "price": 12.1, "tax_id": tax})
    client.get(f"/products/{made.json()['id']}").raise_for_status()


def test_what_refers_to_a_record_that_was_not_shown_is_not_compared():
    run = replayed(journal_of(lambda client: product(client, "1")))
    assert run.findings == []
    assert any("tax_id refers to what the recording does not show" in line for line in run.skipped)
    assert any("GET /products/{id}" in line for line in run.skipped)


def test_what_refers_to_a_record_that_was_listed_is_sent_with_the_like_of_it():
    def act(client):
        product(client, client.get("/taxes").json()["taxes"][1]["id"])

    run = replayed(journal_of(act))
    assert (run.requests, run.findings) == (3, [])


def test_the_command_takes_the_file_of_a_tool(tmp_path, capsys):
    file, cleaned = tmp_path / "calls.har", tmp_path / "cleaned.har"
    file.write_text(json.dumps(FILES["Postman"][0]()), encoding="utf-8")
    assert cli.main(["recorded", "cliniko", str(file), "--replay", "--cleaned", str(cleaned)]) == 0
    assert KEY not in capsys.readouterr().out + cleaned.read_text()
    assert cli.main(["recorded", "cliniko", str(file), "--base-url", "https://no.example"]) == 2
    assert "none of its calls" in capsys.readouterr().err


def test_bodies_in_files_beside_the_recording_are_read(tmp_path):
    entry = plain()
    text = entry["response"]["content"].pop("text")
    entry["response"]["content"]["_file"] = "a1.json"
    (tmp_path / "a1.json").write_text(text, encoding="utf-8")
    file = tmp_path / "calls.har"
    file.write_text(json.dumps(file_of("Playwright", entry)), encoding="utf-8")
    assert cli.main(["recorded", "cliniko", str(file)]) == 0
