"""What may differ between two targets and means the same, and what may not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contract_tests.differential.pairs import compared
from tests.contract_tests.differential.answers import (
    LEFT,
    NOW,
    RIGHT,
    differing,
    exchange,
    normaliser,
    trace,
)


def test_identifiers_are_the_same_if_each_stands_for_the_other():
    known = normaliser()
    assert differing({"id": "1", "tax_id": "8"}, {"id": "977", "tax_id": "3"}, known) == []
    assert differing({"id": "1", "tax_id": "8"}, {"id": "977", "tax_id": "3"}, known) == []
    assert differing({"id": "1"}, {"id": "978"}, known) == ["/body/id"]
    assert differing({"id": "2"}, {"id": "977"}, known) == ["/body/id"]


def test_identifiers_of_two_kinds_have_nothing_to_do_with_each_other():
    known = normaliser()
    assert differing({"id": "1", "tax_id": "1"}, {"id": "5", "tax_id": "6"}, known) == []


def test_an_identifier_keeps_its_type_and_is_not_left_out():
    assert differing({"id": "1"}, {"id": 1}) == ["/body/id"]
    assert differing({"id": "1"}, {"id": None}) == ["/body/id"]
    assert differing({"id": "1"}, {}) == ["/body/id"]


def test_links_are_the_same_if_they_lead_to_the_same_place_of_each_target():
    known = normaliser()
    tax = [{"self": f"{url}/taxes/{number}"} for url, number in ((LEFT, 1), (RIGHT, 33))]
    assert differing(*tax, known) == []
    assert differing(tax[0], {"self": f"{RIGHT}/taxes/34"}, known) == ["/body/self"]
    assert differing(tax[0], {"self": f"{RIGHT}/products/33"}, known) == ["/body/self"]


def test_the_order_in_a_links_query_means_nothing_and_its_page_does():
    left = {"next": f"{LEFT}/taxes?page=2&per_page=5"}
    assert differing(left, {"next": f"{RIGHT}/taxes?per_page=5&page=2"}) == []
    assert differing(left, {"next": f"{RIGHT}/taxes?per_page=5&page=3"}) == ["/body/next"]


@pytest.mark.parametrize(
    ("left", "right", "pointers"),
    [
        ("2026-11-21T12:00:00Z", "2026-11-21T11:59:01Z", []),
        ("2026-11-21T12:00:00Z", "2026-11-21T22:00:00Z", ["/body/at"]),
        ("2026-11-21T12:00:00Z", "2026-11-21T12:00:00+00:00", ["/body/at"]),
        ("2026-11-21T12:00:00Z", "2026-11-21", ["/body/at"]),
        ("2001-01-01T12:00:00Z", "2002-02-02T12:00:00Z", []),
    ],
)
def test_times_are_compared_by_their_spelling_and_by_the_call(left, right, pointers):
    assert differing({"at": left}, {"at": right}) == pointers


def test_each_sides_time_is_that_of_its_own_call():
    later = NOW + timedelta(days=3)
    left = exchange({"at": "2026-11-21T12:00:00Z"})
    right = exchange({"at": "2026-11-24T12:00:00Z"}, at=later)
    assert normaliser().differences(left, right) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [(b"0.1", b"0.10000000000000001"), (b"1", b'"1"'), (b"1", b"true"), (b'"1.0"', b'"1.00"')],
)
def test_numbers_and_texts_are_compared_exactly(left, right):
    assert differing(b'{"price": %s}' % left, b'{"price": %s}' % right) == ["/body/price"]


def test_what_the_run_made_up_may_have_another_name_on_each_side():
    sent = [
        exchange({"name": f"Soap {name}"}, operation="createProduct", body={"name": name})
        for name in ("ct-1-1", "ct-1b-7", "ct-1-10", "ct-1b-8")
    ]
    known = normaliser()
    assert list(compared(trace(sent[0], sent[2]), trace(sent[1], sent[3]), known)) == []
    assert [
        met.difference.pointer for met in compared(trace(sent[0]), trace(sent[3]), normaliser())
    ] == []
    wrong = exchange({"name": "Soap ct-1b-9"}, operation="createProduct", body={"name": "ct-1b-7"})
    met = compared(trace(sent[0]), trace(wrong), normaliser())
    assert [each.difference.pointer for each in met] == ["/body/name"]


def test_a_code_that_each_side_counts_up_is_like_an_identifier_unless_it_was_sent():
    known = normaliser()
    assert differing({"code": "ITEM-0012"}, {"code": "ITEM-0700"}, known) == []
    assert differing({"code": "ITEM-0012"}, {"code": "ITEM-0701"}, known) == ["/body/code"]
    assert differing({"code": "ITEM-0012"}, {"code": "PART-0700"}) == ["/body/code"]
    known = normaliser()
    known.sent.append("{'code': 'ITEM-0012'}")
    assert differing({"code": "ITEM-0012"}, {"code": "ITEM-0700"}, known) == ["/body/code"]


def test_a_code_with_something_before_what_was_sent_is_like_an_identifier():
    known = normaliser()
    known.sent.append("{'code': 'LP45'}")
    assert differing({"code": "bd8U-LP45"}, {"code": "Xy1z-LP45"}, known) == []
    assert differing({"code": "bd8U-LP45"}, {"code": "Zzzz-LP45"}, known) == ["/body/code"]
    assert differing({"code": "bd8U-LP45"}, {"code": "Xy1z-LP46"}, known) == ["/body/code"]
    assert differing({"code": "bd8U-LP45"}, {"code": "Xy1z-LP45"}) == ["/body/code"]


def test_a_text_that_names_a_record_names_the_one_that_stands_for_it():
    known = normaliser()
    known.created("products", "first", "33", "7")
    assert differing({"message": "There is no 33"}, {"message": "There is no 7"}, known) == []
    assert differing({"message": "There are 33"}, {"message": "There are 33"}, known) == []
    assert differing({"message": "There is no 33"}, {"message": "There is no 8"}, known) != []


def test_the_same_page_of_lists_of_one_length_has_as_many_records():
    one, other = of_products(total=1), of_products(("70", "Balm"), total=1)
    found = normaliser().differences(one, other)
    assert [(each.pointer, each.left, each.right) for each in found] == [
        ("/body/products/length", 0, 1)
    ]


def test_the_status_the_type_and_the_length_count():
    known = normaliser()
    one, other = exchange({}, status=404), exchange({})
    assert [each.pointer for each in known.differences(one, other)] == ["/status"]
    page = exchange({}, headers={"content-type": "text/html"})
    assert [each.pointer for each in known.differences(page, other)] == ["/headers/content-type"]
    assert differing({"rows": [1, 2]}, {"rows": [1]}) == ["/body/rows/length"]
    assert differing({}, {}, headers={"content-type": "application/json; charset=utf-8"}) == []


def of_products(*names, total):
    products = [{"id": number, "name": name} for number, name in names]
    return exchange(
        {"products": products, "total_entries": total}, operation="listProducts", url="/products"
    )


def test_of_lists_only_own_records_are_compared_and_that_is_told():
    known = normaliser()
    known.created("products", "first", "1", "71")
    left = of_products(("1", "Soap"), total=1)
    right = of_products(("70", "Balm"), ("71", "Soap"), total=2)
    assert known.differences(left, right) == []
    told = sorted(known.left_out)
    assert told == [
        "listProducts: all but records, as the accounts' numbers differ",
        "listProducts: other records in /products",
    ]
    wrong = of_products(("70", "Balm"), ("71", "Soup"), total=2)
    found = [each.pointer for each in known.differences(left, wrong)]
    assert found == ["/body/products/0/name"]
    gone = of_products(("70", "Balm"), total=1)
    assert "/body/products/length" in [each.pointer for each in known.differences(left, gone)]


def test_totals_count_where_the_accounts_hold_as_many():
    known = normaliser()
    known.created("products", "first", "1", "71")
    one = of_products(("1", "Soap"), total=1)
    assert known.differences(one, of_products(("71", "Soap"), total=1)) == []
    assert known.left_out == {"listProducts: other records in /products"}


def test_another_order_is_one_difference():
    known = normaliser()
    for left, right in (("1", "71"), ("2", "72")):
        known.created("products", "first", left, right)
    one = of_products(("1", "Soap"), ("2", "Balm"), total=2)
    other = of_products(("72", "Balm"), ("71", "Soap"), total=2)
    found = known.differences(one, other)
    assert [(each.pointer, each.left, each.right) for each in found] == [
        ("/body/products/order", ["71", "72"], ["72", "71"])
    ]


@pytest.mark.parametrize(
    ("seconds", "pointers"),
    [(("00", "00"), ["/body/products/order"]), (("00", "01"), [])],
)
def test_records_made_in_one_second_here_and_in_two_there_may_stand_otherwise(seconds, pointers):
    known = normaliser()
    for left, right in (("1", "71"), ("2", "72")):
        known.created("products", "first", left, right)

    def listed(*products):
        shown = [{"id": known, "created_at": f"2026-11-21T12:00:{at}Z"} for known, at in products]
        query = (("sort", "created_at:desc"),)
        body = {"products": shown, "total_entries": 2}
        return exchange(body, operation="listProducts", url="/products", query=query)

    left = listed(("1", "00"), ("2", "00"))
    right = listed(("72", seconds[1]), ("71", seconds[0]))
    assert [each.pointer for each in known.differences(left, right)] == pointers


def test_records_that_the_sequence_has_not_made_are_left_out_and_that_is_told():
    known = normaliser()
    one = exchange({"name": "GST"}, path={"id": "1"})
    other = exchange({"name": "VAT"}, path={"id": "1"})
    assert list(compared(trace(one), trace(other), known)) == []
    assert known.left_out == {"getTax: records of others"}


def test_what_another_account_is_shown_of_a_record_is_compared_if_it_is_that_record():
    known = normaliser()
    made = [
        exchange({"id": number}, operation="createProduct", body={"name": name})
        for number, name in (("1", "ct-1-1"), ("71", "ct-1b-1"))
    ]
    hidden = exchange({}, status=404, operation="getProduct", path={"id": "1"})
    shown = exchange({"name": "ct-1b-1"}, operation="getProduct", path={"id": "71"})
    met = compared(trace(made[0], hidden), trace(made[1], shown), known)
    assert [each.difference.pointer for each in met] == ["/status"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("created_at:>2026-11-21T12:00:00Z", "filters by a time"),
        ("name:~1-1", "searches for a part of a name that was made up"),
        ("name:=ct-1-1", ""),
    ],
)
def test_lists_are_not_compared_by_what_is_the_left_ones_alone(value, reason):
    known = normaliser()
    known.pair("ct-", "ct-1-1", "ct-1b-1")
    asked = {"operation": "listTaxes", "url": "/taxes", "query": (("q[]", value),)}
    left, right = (exchange({"extra": extra}, **asked) for extra in (1, 2))
    met = list(compared(trace(left), trace(right), known))
    assert bool(met) is (reason == "")
    assert known.left_out == ({f"listTaxes: {reason}"} if reason else set())


def test_pages_after_the_first_are_compared_only_of_lists_of_one_length():
    known = normaliser()
    second = {"operation": "listTaxes", "url": "/taxes", "query": (("page", "2"),)}
    pages = [exchange({"total_entries": n, "x": x}, **second) for n, x in ((5, 1), (5, 2), (6, 2))]
    assert list(compared(trace(pages[0]), trace(pages[2]), known)) == []
    assert known.left_out == {"listTaxes: pages after the first"}
    met = compared(trace(pages[0]), trace(pages[1]), normaliser())
    assert [each.difference.pointer for each in met] == ["/body/x"]
