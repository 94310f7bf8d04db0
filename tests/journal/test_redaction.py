"""What is a secret is known by the words within its name, wherever it is."""

from __future__ import annotations

import json

import pytest

from mock_server.journal.redaction import (
    REDACTED,
    is_secret,
    redacted,
    redacted_headers,
    redacted_query,
    redacted_text,
)


@pytest.mark.parametrize(
    "name",
    [
        "password", "PASSWORD", "Authorization", "X-Api-Key", "apiKey", "api_key", "apikey",
        "X-Auth-Token", "clientSecret", "refresh_token", "Set-Cookie", "sessionid", "privateKey",
    ],
)  # fmt: skip
def test_a_name_of_a_secret_is_known_in_every_style(name):
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["name", "key", "tokenise", "token_type", "expires", "passage", "secretary", "author"]
)
def test_other_names_are_left_alone(name):
    assert not is_secret(name)


def test_json_is_redacted_at_any_depth_and_of_any_type():
    value = {"a": [{"client_secret": ["x"], "price": "1.10"}], "token": {"deep": 1}, "secret": None}
    assert redacted(value) == {
        "a": [{"client_secret": REDACTED, "price": "1.10"}],
        "token": REDACTED,
        "secret": None,
    }
    assert json.loads(redacted_text(json.dumps(value).encode(), "application/json")) == redacted(
        value
    )


def test_json_that_breaks_off_is_redacted_too():
    text = b'{"name": "a", "Password": "hun\\"ter2", "token": "half'
    assert redacted_text(text, "application/json") == (
        f'{{"name": "a", "Password": "{REDACTED}", "token": "{REDACTED}"'
    )


def test_a_body_without_secrets_stays_to_the_byte():
    text = b'{ "monkey" : 1.10 }'
    assert redacted_text(text, "application/json") == text.decode()


def test_a_form_of_parts_keeps_all_but_its_secrets():
    def part(name, value):
        return f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'

    body = part("password", "hunter2") + part("name", "a") + "--b--"
    shown = redacted_text(body.encode(), "multipart/form-data; boundary=b")
    assert shown == part("password", REDACTED) + part("name", "a") + "--b--"


def test_a_query_keeps_its_escapes_but_for_secrets():
    assert redacted_query("a=%3F&api_key=x%20y&b=c+d&flag", frozenset()) == (
        f"a=%3F&api_key={REDACTED}&b=c+d&flag"
    )
    assert redacted_query("own=1", frozenset({"own"})) == f"own={REDACTED}"


def test_headers_lose_credentials_and_urls_in_them_their_secrets():
    sent = [("Referer", "http://h/?token=1&a=2"), ("X-Api-Key", "k"), ("Accept", "*/*")]
    assert redacted_headers(sent) == [
        ("Referer", f"http://h/?token={REDACTED}&a=2"),
        ("X-Api-Key", REDACTED),
        ("Accept", "*/*"),
    ]
