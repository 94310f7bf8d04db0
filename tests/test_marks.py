"""Where the parts of each spec come from: each has a mark, and the place that it names is there."""

from __future__ import annotations

import re

import pytest

from mock_server.discovery import api_names, load_vendor
from mock_server.openapi.provenance import parts
from tests.conftest import vendor_document

#: Between the heading and what stands below it, in the order of the document.
BELOW = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "


def documented(api):
    """Every mark `documented` of an API's spec, with the pointer to what carries it."""

    def found(node, pointer):
        if isinstance(node, dict):
            mark = node.get("x-provenance", {})
            if mark.get("basis") == "documented":
                yield pointer, mark["source"]
            for key, value in node.items():
                if key not in {"example", "examples"}:
                    yield from found(value, f"{pointer}/{key}")
        elif isinstance(node, list):
            for index, value in enumerate(node):
                yield from found(value, f"{pointer}/{index}")

    return list(found(load_vendor(api).spec.document, ""))


def place_of(source, api):
    """The headings and the line that a source names of the API's document; none of other ones."""
    named = re.fullmatch(rf"{api}\.txt: (.+?)(?:; .*)?", source)
    return named[1].split(BELOW) if named else []


def missing(place, text):
    """The first of a place's lines that does not follow the ones before it, None if all do."""
    lines = iter(" ".join(line.split()) for line in text.splitlines())
    return next((wanted for wanted in place if not any(x.startswith(wanted) for x in lines)), None)


@pytest.mark.parametrize("api", api_names())
def test_no_part_has_the_whole_document_for_its_source(api):
    spec = load_vendor(api).spec
    whole = {"", f"{api}.txt", spec.provenance_of(spec.document.get("info", {})).source}
    assert [part.pointer for part in parts(spec) if part.provenance.source in whole] == []


@pytest.mark.parametrize("api", api_names())
def test_a_documented_mark_names_a_line_of_the_document_or_what_is_outside_of_it(api):
    outside = re.compile(r"\b(vendor|source|RFC)\b")
    vague = [
        (pointer, source)
        for pointer, source in documented(api)
        if not (place_of(source, api) if f"{api}.txt" in source else outside.search(source))
    ]
    assert vague == []


@pytest.mark.parametrize("api", api_names())
def test_the_place_that_a_documented_mark_names_is_in_the_document(api):
    text = vendor_document(api)
    places = [(pointer, place_of(source, api)) for pointer, source in documented(api)]
    assert len([place for _, place in places if place]) > 5
    lost = {pointer: missing(place, text) for pointer, place in places if missing(place, text)}
    assert lost == {}


def test_a_place_is_missed_if_a_line_is_not_there_or_stands_before_the_heading():
    text = "One\nsome text\nTwo\nmore  text\n"
    assert missing(["Two", "more text"], text) is None
    assert missing(["Two", "some text"], text) == "some text"
    assert missing(["Three"], text) == "Three"
    assert place_of(f"x.txt: Two{BELOW}more; the rest is inferred", "x") == ["Two", "more"]
    assert place_of("the vendor's page", "x") == []
