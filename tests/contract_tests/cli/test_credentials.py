"""Credentials: where they are taken from, and that they are in nothing that is shown."""

from __future__ import annotations

import base64
import json
from functools import partial
from urllib.parse import quote

import pytest

from contract_tests import suite
from contract_tests.cli import main as cli
from contract_tests.cli import run as cli_run
from contract_tests.cli.credentials import CredentialError, read_credential
from contract_tests.properties.run import Plan
from tests.contract_tests.twisting import serving

#: Of a form that the mock takes for a word of its own, with all that is written in other ways.
SECRET = "test-s3cret.key+42"


def read(given, *, plain_word=False, warn=lambda line: pytest.fail(line)):
    return read_credential("--credential", given, "THE_KEY", plain_word=plain_word, warn=warn)


def test_a_credential_comes_from_a_variable_that_is_named(monkeypatch):
    monkeypatch.setenv("SHOP_KEY", SECRET)
    assert read("env:SHOP_KEY") == SECRET


def test_without_the_option_it_comes_from_the_usual_variable(monkeypatch):
    monkeypatch.delenv("THE_KEY", raising=False)
    assert read(None) is None
    monkeypatch.setenv("THE_KEY", SECRET)
    assert read(None) == SECRET


def test_a_credential_comes_from_a_file_without_the_line_end(tmp_path):
    path = tmp_path / "key"
    path.write_text(f"{SECRET}\n")
    path.chmod(0o600)
    assert read(f"file:{path}") == SECRET


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read_is_warned_of_in_one_line(tmp_path, mode):
    path = tmp_path / "key"
    path.write_text(SECRET)
    path.chmod(mode)
    warnings = []
    assert read(f"file:{path}", warn=warnings.append) == SECRET
    assert warnings == [f"warning: {path} can be read by others; chmod 600 {path}"]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (SECRET, "give env:NAME or file:PATH"),
        (f"other:{SECRET}", "give env:NAME or file:PATH"),
        ("env:", "give env:NAME or file:PATH"),
        ("env:NO_SUCH_NAME", "the environment variable NO_SUCH_NAME is not set"),
        ("file:no/such/file", "no/such/file: No such file"),
        (f"file:{__file__}/below", "Not a directory"),
    ],
)
def test_what_is_no_place_of_a_credential_is_refused_without_being_repeated(given, complaint):
    with pytest.raises(CredentialError) as refused:
        read(given)
    assert complaint in str(refused.value)
    assert SECRET not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_empty_file_and_one_that_is_no_text_hold_no_credential(tmp_path):
    for content, complaint in ((b" \n", "is empty"), (b"\xff\xfe", "not UTF-8 text")):
        path = tmp_path / "key"
        path.write_bytes(content)
        with pytest.raises(CredentialError, match=complaint):
            read(f"file:{path}")


def test_a_mock_takes_a_plain_word():
    assert read("test-word", plain_word=True) == "test-word"


def echoes(message):
    """Answers with the credential, in the body and in a header, and breaks while at it."""
    sent = message.request_headers.get(b"authorization", b"")
    told = base64.b64decode(sent.removeprefix(b"Basic ")) if sent else b""
    # Whoever signs in may list, or the run would not begin; the mock knows no word with a slash.
    if sent and message.is_for("GET", "/products"):
        message.status = 200
    if message.path.endswith("/taxes"):
        message.status, message.body = 500, b"no: " + sent + b" " + told
    elif message.status == 200:
        body = {
            "sent": sent.decode(),
            "key": told.decode(),
            "quoted": quote(told.decode(), safe=""),
        }
        message.body = json.dumps(body).encode()
    message.headers[b"x-signed-in"] = told


def test_a_target_that_repeats_the_credential_gets_it_into_no_output(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", f"{SECRET}:")
    monkeypatch.setenv("OTHER_KEY", "test-other.key/43:")
    # A finding of each kind is enough: of Schemathesis, of a property, with and without a body.
    fewer = partial(
        suite.run_conformance, phases=("fuzzing",), operations=("listTaxes", "listProducts")
    )
    monkeypatch.setattr(suite, "run_conformance", fewer)
    plan = Plan(only=("read_after_create", "credential_is_required"), share=0.1, rounds=1)
    monkeypatch.setattr(suite, "plan_of", lambda *_: plan)
    folder, baseline = tmp_path / "report", tmp_path / "known.yaml"
    arguments = [
        "--credential", "env:SHOP_KEY", "--other-credential", "env:OTHER_KEY", "--report",
        str(folder), "--baseline", str(baseline), "--update-baseline", "--max-examples", "1",
    ]  # fmt: skip
    with serving("cliniko") as (twisted, url):
        twisted.after = echoes
        run = ["run", "cliniko", "--target", url, "--profile", "full", "--rate", "none"]
        assert cli.main([*run, *arguments]) == 0
    shown = capsys.readouterr()
    texts = {"stdout": shown.out, "stderr": shown.err, "baseline": baseline.read_text()}
    texts |= {str(path): path.read_text() for path in folder.rglob("*.*") if path.is_file()}
    assert {"report.json", "report.html", "junit.xml"} <= {path.split("/")[-1] for path in texts}
    assert any("/reproductions/" in path for path in texts)
    assert "[credential]" in texts[str(folder / "report.json")]
    for key in (SECRET, "test-other.key/43"):
        for form in (key, base64.b64encode(key.encode()).decode()[:16], quote(key, safe="")):
            assert not [name for name, text in texts.items() if form.lower() in text.lower()]


def test_a_crash_of_the_suite_itself_shows_no_credential(capsys, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", f"{SECRET}:")

    def fails(*_, **__):
        raise RuntimeError(f"signed in as {SECRET}")

    monkeypatch.setattr(cli_run, "report_of", fails)
    monkeypatch.setattr(suite, "run_suite", lambda *_: [])
    arguments = ["--target", "http://127.0.0.1:9", "--credential", "env:SHOP_KEY"]
    assert cli.main(["run", "cliniko", *arguments]) == 1
    shown = capsys.readouterr()
    assert "RuntimeError: signed in as [credential]" in shown.err
    assert SECRET not in shown.out + shown.err
