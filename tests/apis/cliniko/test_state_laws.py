"""Whatever is asked in whatever order, the account is what its accepted requests made of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.apis.cliniko.accounts import Account

NOON = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
LIMIT = 4_000_000_000
numbers = st.integers(1, 6)
levels = st.none() | st.integers(-50, 50) | st.sampled_from([LIMIT - 1, 1 - LIMIT])


class Shop(RuleBasedStateMachine):
    """A client that keeps its own record of what it was told, beside the mock's."""

    open_account: Callable[..., Account]

    def __init__(self):
        super().__init__()
        self.account = type(self).open_account("empty")
        self.account.sandbox.clock.freeze(NOON)
        self.account.get("/products")
        self.levels: dict[int, int | None] = {}
        self.archived: set[int] = set()
        self.adjustments: list[tuple[int, int]] = []
        self.accepted = 0

    def call(self, method, path, *, works, **options):
        """Call, and hold the answer to whether it should work, and the state to the answer."""
        before = self.account.sandbox.state
        answer = self.account.client.request(method, path, **options)
        assert (answer.status_code < 400) == works, (method, path, answer.text)
        if works:
            self.accepted += self.account.sandbox.state is not before
        else:
            assert self.account.sandbox.state is before
        return answer

    def is_there(self, number):
        return number in self.levels and number not in self.archived

    @rule(level=levels, name=st.sampled_from(["a", "b", "  ", ""]))
    def create(self, level, name):
        works = bool(name.strip())
        body = {"name": name, "stock_level": level}
        answer = self.call("POST", "/products", works=works, json=body)
        if works:
            assert int(answer.json()["id"]) == len(self.levels) + 1
            self.levels[len(self.levels) + 1] = level

    @rule(number=numbers, level=levels | st.just(LIMIT), method=st.sampled_from(["PATCH", "PUT"]))
    def change(self, number, level, method):
        works = self.is_there(number) and level != LIMIT
        self.call(method, f"/products/{number}", works=works, json={"stock_level": level})
        if works:
            self.levels[number] = level

    @rule(number=numbers, quantity=st.integers(-40, 40))
    def adjust(self, number, quantity):
        new = (self.levels.get(number) or 0) + quantity
        works = self.is_there(number) and quantity != 0 and -LIMIT < new < LIMIT
        body = {"product_id": str(number), "quantity": quantity, "adjustment_type": "Other"}
        self.call("POST", "/stock_adjustments", works=works, json=body)
        if works:
            self.levels[number] = new
            self.adjustments.append((number, quantity))

    @rule(number=numbers, old_way=st.booleans())
    def archive(self, number, old_way):
        method, tail = ("DELETE", "") if old_way else ("POST", "/archive")
        works = self.is_there(number)
        self.call(method, f"/products/{number}{tail}", works=works)
        if works:
            self.archived.add(number)

    @rule(number=numbers)
    def look(self, number):
        self.call("GET", f"/products/{number}", works=self.is_there(number))
        asking = {"params": {"q[]": "archived_at:?"}}
        self.call("GET", f"/products/{number}", works=number in self.archived, **asking)

    @rule()
    def wait(self):
        self.account.sandbox.clock.advance(timedelta(seconds=1))

    @invariant()
    def lists_show_what_was_accepted(self):
        everything = self.account.all_products()
        assert {int(row["id"]): row["stock_level"] for row in everything} == self.levels
        archived = {int(row["id"]) for row in everything if row["archived_at"]}
        assert archived == self.archived
        visible = {int(row["id"]) for row in self.account.rows("products")}
        assert visible == self.levels.keys() - self.archived
        assert [
            (int(row["product"]["links"]["self"].rsplit("/", 1)[1]), row["quantity"])
            for row in self.account.rows("stock_adjustments")
        ] == self.adjustments

    @invariant()
    def each_accepted_write_is_one_revision(self):
        sandbox = self.account.sandbox
        assert sandbox.state.revision == self.accepted
        assert not sandbox.defects


def test_an_account_is_what_its_accepted_requests_made_of_it(open_account):
    machine = type("OpenShop", (Shop,), {"open_account": staticmethod(open_account)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


READS = [
    "/products",
    "/products?q[]=archived_at:*&sort=name:desc&per_page=3&page=2",
    "/products/1",
    "/taxes",
    "/taxes/1",
    "/product_suppliers",
    "/product_suppliers/1",
    "/stock_adjustments",
    "/stock_adjustments/1",
]


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_changes_nothing(account, method, path):
    account.get("/taxes/1")
    before = account.sandbox.state
    assert account.client.request(method, path).status_code < 300
    assert account.sandbox.state is before


@settings(max_examples=40)
@given(
    body=st.fixed_dictionaries(
        {"product_supplier_name": st.just("Never seen before")},
        optional={
            "name": st.sampled_from(["", "x" * 256]),
            "tax_id": st.sampled_from(["99", "x"]),
            "cost_price": st.sampled_from(["-1", "4e9"]),
            "stock_level": st.sampled_from([LIMIT, -LIMIT, "ten"]),
        },
    ).filter(lambda body: len(body) > 1)
)
def test_a_refused_write_leaves_no_part_of_itself_behind(open_account, body):
    account = open_account()
    account.get("/products/1")
    before = account.sandbox.state
    for method, path in (("POST", "/products"), ("PATCH", "/products/1"), ("PUT", "/products/2")):
        answer = account.client.request(method, path, json={"name": "Oil", **body})
        assert answer.status_code == 422
        assert set(answer.json()["errors"]) == body.keys() - {"product_supplier_name"}
    assert account.sandbox.state is before
    assert account.rows("product_suppliers", "name:=Never seen before") == []
