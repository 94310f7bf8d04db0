"""Patterns of paths: what they match, and that they never take long."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.openapi.patterns import any_matches, names_of, path_pattern

_TEXTS = st.text("ab/*", max_size=12)


def _as_regex(pattern):
    parts = re.split(r"(\*+)", pattern)
    texts = [
        re.escape(part) if not part.startswith("*") else "[^/]*" if part == "*" else ".*"
        for part in parts
    ]
    return re.compile("".join(texts), re.DOTALL)


@given(_TEXTS, st.text("ab/", max_size=12))
def test_a_pattern_matches_what_its_regular_expression_would(pattern, path):
    expected = _as_regex(pattern).fullmatch(path) is not None
    assert path_pattern(pattern).matches(path) is expected


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/products", "/products", True),
        ("/products", "/products/", False),
        ("/products/*", "/products/1", True),
        ("/products/*", "/products/1/x", False),
        ("/products/**", "/products/1/x", True),
        ("**/x*y", "/x/xy", True),
        ("*\n*", "a\nb", True),
        ("", "", True),
    ],
)
def test_an_example(pattern, path, expected):
    assert path_pattern(pattern).matches(path) is expected


def test_no_pattern_takes_long():
    pattern, path = "/" + "**a" * 300 + "b", "/" + "a" * 16_000
    started = time.process_time()
    assert not path_pattern(pattern).matches(path)
    assert time.process_time() - started < 2


def test_a_call_is_known_by_three_paths():
    names = names_of("/shop/v1/items", "http://h/shop/v1", "http://h", "/v1")
    assert names == ("/shop/v1/items", "/v1/items", "/items")
    assert any_matches("/items", names)
    assert not any_matches("/shop/items", names)
