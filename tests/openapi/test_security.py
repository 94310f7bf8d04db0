"""Security schemes: a credential that is presented is the one that is read."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.openapi.security import SecurityScheme, UnreadableCredential, UnsupportedScheme

_SCHEMES = [
    {"type": "http", "scheme": "Basic"},
    {"type": "http", "scheme": "bearer"},
    {"type": "oauth2", "flows": {}},
    {"type": "apiKey", "in": "header", "name": "X-Key"},
    {"type": "apiKey", "in": "cookie", "name": "session"},
    {"type": "apiKey", "in": "query", "name": "key"},
]
_WORDS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)


@pytest.mark.parametrize("raw", _SCHEMES)
@given(word=_WORDS)
def test_what_is_presented_is_read_again(raw, word):
    scheme = SecurityScheme("own", raw)
    presented = scheme.present(word)
    headers = {name.lower(): value for name, value in presented.headers.items()}
    found = scheme.read(headers, urlencode(presented.query))
    assert found is not None
    assert (found.scheme, found.value) == ("own", word)
    assert scheme.present(found.text) == presented
    assert scheme.read({}, "") is None


def test_a_user_may_have_a_password():
    scheme = SecurityScheme("own", _SCHEMES[0])
    found = scheme.read({"authorization": scheme.present("user:pass:word").value})
    assert found is not None
    assert (found.value, found.password) == ("user", "pass:word")


@pytest.mark.parametrize("text", ["!", "dGVzdDo", "/w==" * 100])
def test_what_is_no_base64_of_a_text_is_unreadable(text):
    with pytest.raises(UnreadableCredential):
        SecurityScheme("own", _SCHEMES[0]).read({"authorization": f"Basic {text}"})


@pytest.mark.parametrize("raw", [{"type": "openIdConnect"}, {"type": "http", "scheme": "digest"}])
def test_a_scheme_that_nobody_can_read_is_refused(raw):
    with pytest.raises(UnsupportedScheme, match="'own' is not supported"):
        SecurityScheme("own", raw)
