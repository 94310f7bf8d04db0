"""`mock-server check` finds what does not fit together, and says where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mock_server import check as checking
from mock_server.check import check, check_if_changed
from mock_server.discovery import Vendor, load_vendor
from mock_server.openapi.document import SpecIndex, load_document


@pytest.fixture
def edited(tmp_path: Path):
    """A function that replaces a text in Cliniko's spec and loads the result."""

    def edit(old: str, new: str) -> Vendor:
        vendor = load_vendor("cliniko")
        text = vendor.spec_path.read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "cliniko.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return replace(vendor, spec=SpecIndex("cliniko", load_document(path)), spec_path=path)

    return edit


def complaints(vendor: Vendor) -> str:
    return "\n".join(map(str, check(vendor)))


def test_a_sound_spec_has_no_problems():
    assert check(load_vendor("cliniko")) == []


def test_an_operation_without_a_handler_and_the_reverse_are_both_named(edited):
    found = complaints(
        edited("operationId: getTax\n      tags", "operationId: fetchTax\n      tags")
    )
    assert "operation fetchTax has no handler" in found
    assert "handler getTax has no operation" in found


def test_a_link_to_no_operation_is_named_with_its_line(edited):
    vendor = edited("operationId: getTax\n       ", "operationId: x\n       ")
    (problem,) = check(vendor)
    lines = vendor.spec_path.read_text(encoding="utf-8").splitlines()
    assert problem.message == "links to x, which is no operation"
    assert lines[problem.line - 1].strip() == "firstTax:"


def test_an_example_that_breaks_its_schema_is_named_with_file_and_line(edited):
    vendor = edited("stock_level: 12\n", "stock_level: twelve\n")
    (problem,) = check(vendor)
    lines = vendor.spec_path.read_text(encoding="utf-8").splitlines()
    assert "does not fit its schema" in problem.message
    assert str(problem).startswith(f"{vendor.spec_path}:{problem.line}: ")
    assert lines[problem.line - 1].strip() == "product:"


def test_a_document_that_is_not_openapi_is_named(edited):
    assert "paths" in complaints(edited("      summary: List taxes\n", "      summary: [1]\n"))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("basis: observed", "basis: rumoured", "basis must be one of"),
        (
            "source: the status has been seen; its body is unknown",
            "source: ''",
            "needs a source",
        ),
        ("basis: observed\n", "basis: observed\n        sauce: x\n", "unknown keys: sauce"),
        ('"cliniko.txt: Create product"', '"cliniko.txt"', "needs a source that names a line"),
    ],
)
def test_a_provenance_mark_that_is_not_whole_is_named(edited, old, new, complaint):
    assert complaint in complaints(edited(old, new))


def test_a_reference_to_no_operation_is_named(edited):
    assert "must name an operation" in complaints(edited("operation: listTaxes", "operation: nope"))


def test_an_unknown_format_is_named(edited):
    assert "format" in complaints(edited("format: int64", "format: int65"))


def test_a_missing_response_that_the_engine_needs_is_named(edited):
    found = complaints(edited("    RouteNotFound:\n", "    Lost:\n"))
    assert "RouteNotFound is missing" in found


def test_a_spec_that_passed_is_not_checked_again_until_it_changes(tmp_path, monkeypatch, edited):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    looked = []

    def counted(vendor: Vendor) -> list[checking.Problem]:
        looked.append(vendor)
        return check(vendor)

    monkeypatch.setattr(checking, "check", counted)
    vendor = load_vendor("cliniko")
    assert check_if_changed(vendor) == []
    assert check_if_changed(vendor) == []
    assert len(looked) == 1
    broken = edited("operation: listTaxes", "operation: nope")
    assert check_if_changed(broken) != []
    assert check_if_changed(broken) != []
    assert len(looked) == 3


def test_a_path_that_is_mocked_and_listed_as_not_is_named(edited):
    found = complaints(edited("  /bookings: [get]", "  /products: [get]"))
    assert "x-not-mocked: GET /products is mocked" in found


def test_nullable_without_a_type_is_refused_with_its_line(edited):
    price = "        cost_price:\n          type: string\n          format: decimal\n"
    odd = "        cost_price:\n          allOf: [{type: string}]\n"
    (problem,) = check(edited(price, odd))
    assert "is nullable without a type beside it" in problem.message
    assert problem.pointer[-1] == "cost_price"
