"""A credential is found in whatever is shown, in every form in which it travels."""

from __future__ import annotations

import base64
import io
import json
import sys
from collections import Counter
from urllib.parse import quote

import pytest

from contract_tests.findings import Finding, Property, Run
from contract_tests.target.secrets import CleanStream, Secrets

#: Of a form that the mock takes for a word of its own, with all that is written in other ways.
SECRET = "test-s3cret.key+42"


def base64_of(text):
    return base64.b64encode(text.encode()).decode()


FORMS = {
    "raw": SECRET,
    "as a user": f"{SECRET}:",
    "bearer": f"Bearer {SECRET}",
    "basic": base64_of(f"{SECRET}:"),
    "basic without padding": base64_of(f"{SECRET}:").rstrip("="),
    "basic as a whole": base64_of(SECRET),
    "in a query": quote(SECRET, safe=""),
    "in a query, small": quote(SECRET, safe="").lower(),
    "inside of a word": f"x{SECRET}y",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_secret_is_found_in_every_form_in_which_it_travels(text):
    cleaned = Secrets([SECRET]).clean(f"({text})")
    assert "[credential]" in cleaned
    assert SECRET not in cleaned
    assert base64_of(SECRET)[:12] not in cleaned


@pytest.mark.parametrize("part", ["shop@vendor.example", 'p"a\\s/s&wörd'])
def test_both_parts_of_a_pair_are_secrets_alone_and_together(part):
    secrets = Secrets(['shop@vendor.example:p"a\\s/s&wörd'])
    for written in (
        part,
        json.dumps(part),
        json.dumps(part, ensure_ascii=False),
        json.dumps(part).replace("/", "\\/"),
        repr(part),
        quote(part, safe=""),
    ):
        assert secrets.clean(f"<{written}>").strip("<>\"'") == "[credential]"


def test_a_short_word_is_replaced_where_it_is_a_word_of_its_own():
    secrets = Secrets(["test:"])
    assert secrets.clean("def test_it(): pytest 'test' test") == (
        "def test_it(): pytest '[credential]' [credential]"
    )


def test_nothing_is_replaced_without_secrets():
    assert Secrets().clean("user:password") == "user:password"


def test_a_run_is_cleaned_to_the_bottom():
    finding = Finding(SECRET, f"GET /{SECRET}", SECRET, SECRET, SECRET, SECRET, (SECRET,), SECRET)
    checked = Counter({(f"GET /{SECRET}", SECRET): 2})
    run = Run("toy", 1, SECRET, findings=[finding], skipped=[SECRET], checked=checked)
    run.properties.append(Property(SECRET, skipped=SECRET))
    cleaned = Secrets([SECRET]).cleaned(run)
    assert SECRET in repr(run)
    assert SECRET not in repr(cleaned)
    assert cleaned.checked["GET /[credential]", "[credential]"] == 2


def test_lone_surrogates_are_made_sendable():
    assert Secrets().clean("a\ud800b") == "a?b"


def test_a_secret_that_is_printed_in_two_parts_is_found_all_the_same():
    out = io.StringIO()
    stream = CleanStream(out, Secrets([SECRET]))
    print(SECRET[:5], end="", file=stream)
    print(SECRET[5:], file=stream)
    assert out.getvalue() == "[credential]\n"
    print("half a line", end="", file=stream, flush=True)
    assert out.getvalue().endswith("half a line")


def test_a_stream_can_be_let_go_of_after_the_one_behind_is_closed():
    out = io.StringIO()
    stream = CleanStream(out, Secrets([SECRET]))
    out.close()
    stream.close()


def test_the_streams_are_back_afterwards_whatever_happened():
    before = sys.stdout, sys.stderr
    with pytest.raises(RuntimeError), Secrets([SECRET]).kept_from_streams():
        raise RuntimeError
    assert (sys.stdout, sys.stderr) == before
