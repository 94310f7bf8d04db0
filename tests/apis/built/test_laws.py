"""Laws that hold after any sequence of calls, found out by Hypothesis over the wire.

The model is a few dictionaries of exact numbers, which knows nothing of the mock's code.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from itertools import count

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mock_server.app import build_server
from mock_server.in_process import InProcessTransport

NUMBERS = st.decimals(0, 10_000, places=3, allow_nan=False, allow_infinity=False)
PRICES = st.decimals(0, 10_000, places=2, allow_nan=False, allow_infinity=False)
_words = count(1)
_server = build_server(["built"])


def read(answer: httpx.Response):
    """The answer's JSON with every number exact."""
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text, parse_float=Decimal, parse_int=Decimal)


def exact(number: Decimal) -> str:
    return format(number, "f")


class Books(RuleBasedStateMachine):
    """A business that starts empty and is worked on at random."""

    def __init__(self) -> None:
        super().__init__()
        self.transport = InProcessTransport(_server)
        self.client = httpx.Client(
            transport=self.transport,
            base_url="http://mock.test/built",
            headers={"Authorization": f"Bearer test.empty-laws-{next(_words)}"},
        )
        self.names = count(1)
        self.quantity: dict[int, Decimal] = {}
        self.cost: dict[int, Decimal] = {}
        self.debit: dict[int, Decimal] = {}
        self.credit: dict[int, Decimal] = {}
        self.archived: set[int] = set()
        self.booked: dict[int, tuple[Decimal, Decimal]] = defaultdict(lambda: (Decimal(0),) * 2)
        self.movements: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
        self.materials: dict[int, list[int]] = defaultdict(list)

    def teardown(self) -> None:
        self.client.close()
        self.transport.close()

    def pick(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(self.quantity)), label="item")

    @rule(quantity=NUMBERS, cost=PRICES)
    def bulk_create(self, quantity: Decimal, cost: Decimal) -> None:
        entry = {"name": f"Item {next(self.names)}"}
        entry |= {"quantity": exact(quantity), "unit_cost": exact(cost)}
        answer = read(self.client.post("/api/items/bulk", json={"items": json.dumps([entry])}))
        number = int(answer[0]["id"])
        self.quantity[number], self.cost[number] = quantity, cost
        self.debit[number], self.credit[number] = quantity * cost, Decimal(0)

    def used(self, number, quantity):
        cost = self.cost.get(number, 1)
        material = {"id": number, "name": "Material", "usedQuantity": quantity}
        return {**material, "unit_cost": exact(cost), "inventory_accountID": 1}

    @precondition(lambda self: self.quantity)
    @rule(
        data=st.data(),
        direction=st.sampled_from(["increase", "decrease"]),
        by=NUMBERS,
        price=PRICES,
        account=st.integers(1, 5),
    )
    def adjust(self, data, direction, by, price, account) -> None:
        number, amount = self.pick(data), by * price
        answer = read(
            self.client.post(
                "/api/v3/items/adjust",
                json={
                    "type": direction,
                    "account_id": account,
                    "item_id": number,
                    "quantity": exact(self.quantity[number]),
                    "unit_price": exact(price),
                    "amount": exact(amount),
                    "adjustment_quantity": exact(by),
                    "date": "2026-01-05",
                },
            )
        )
        assert Decimal(answer["quantity"]) == by
        assert Decimal(answer["amount"]) == amount
        self.move(number, direction, by, amount, account)

    @precondition(lambda self: self.quantity)
    @rule(data=st.data(), made=NUMBERS, used=st.lists(NUMBERS, min_size=1, max_size=3))
    def produce(self, data, made, used) -> None:
        product = self.pick(data)
        materials = [(self.pick(data), quantity) for quantity in used]
        body = {
            "materials": [self.used(number, exact(quantity)) for number, quantity in materials],
            "product_id": str(product),
            "date": "2026-01-05",
            "adjustment_quantity": exact(made),
        }
        answer = self.client.post("/api/v3/items/adjust/from-production", json=body)
        assert (answer.status_code, answer.content) == (200, b"")
        for number, quantity in materials:
            self.move(number, "decrease", quantity, quantity * self.cost[number], 3)
        self.move(product, "increase", made, made * self.cost[product], 3)
        for number, _ in materials:
            if number not in self.materials[product]:
                self.materials[product].append(number)

    def move(self, number, direction, by, amount, account) -> None:
        debit, credit = self.booked[account]
        if direction == "increase":
            self.quantity[number] += by
            self.debit[number] += amount
            self.booked[account] = debit, credit + amount
        else:
            self.quantity[number] -= by
            self.credit[number] += amount
            self.booked[account] = debit + amount, credit
        self.movements[number].insert(0, (direction, by))

    @precondition(lambda self: self.quantity)
    @rule(data=st.data(), quantity=NUMBERS, cost=PRICES)
    def count_and_reprice(self, data, quantity, cost) -> None:
        number = self.pick(data)
        body = {"quantity": exact(quantity), "unit_price": exact(cost)}
        read(self.client.post(f"/api/v3/items/{number}", json=body))
        difference = quantity - self.quantity[number]
        side = self.debit if difference > 0 else self.credit
        side[number] += abs(difference) * cost
        self.quantity[number], self.cost[number] = quantity, cost

    @precondition(lambda self: self.quantity)
    @rule(data=st.data())
    def archive(self, data) -> None:
        number = self.pick(data)
        answer = read(self.client.post(f"/api/v3/items/{number}/archive", json={}))
        self.archived ^= {number}
        assert answer["archived"] == (number in self.archived)

    @precondition(lambda self: len(self.quantity) > 1)
    @rule(data=st.data())
    def delete(self, data) -> None:
        number = self.pick(data)
        assert self.client.delete(f"/api/v3/items/{number}").status_code == 200
        for known in (self.quantity, self.cost, self.debit, self.credit):
            del known[number]
        self.archived.discard(number)

    @precondition(lambda self: self.quantity)
    @rule(data=st.data(), place=st.integers(0, 2))
    def fail(self, data, place) -> None:
        """A refused call changes nothing: the invariants below see to that."""
        number = self.pick(data)
        materials = [self.used(number, 1)] * 3
        materials[place] = self.used(10_000, 1)
        body = {"materials": materials, "product_id": number, "date": "2026-01-05"}
        body |= {"adjustment_quantity": 1}
        refused = self.client.post("/api/v3/items/adjust/from-production", json=body)
        assert refused.status_code == 302
        entries = json.dumps([{"name": "Good"}, {"name": ""}])
        assert self.client.post("/api/items/bulk", json={"items": entries}).status_code == 422

    @invariant()
    def the_ledger_adds_up(self) -> None:
        items = read(self.client.get("/api/v3/inventory-items"))
        assert {item["id"]: item["quantity"] for item in items} == self.quantity
        pos = read(self.client.get("/api/v3/pos-items"))
        saved = [item for category in pos["categories"] for item in category["items"]]
        assert {item["id"] for item in saved} == set(self.quantity) - self.archived
        for item in saved:
            number = item["id"]
            assert item["total_debit"] == self.debit[number]
            assert item["total_credit"] == self.credit[number]
            assert item["balance"] == self.debit[number] - self.credit[number]

    @invariant()
    def the_summary_agrees(self) -> None:
        summary = read(self.client.get("/api/v2/items/summary"))
        assert summary["total_count"] == len(self.quantity)
        assert summary["sum_of_quantities"] == sum(self.quantity.values())
        assert summary["total_inventory_worth"] == sum(
            quantity * self.cost[number] for number, quantity in self.quantity.items()
        )

    @invariant()
    def offers_leave_out_what_is_archived(self) -> None:
        for path in ("/api/v3/invoice-items", "/api/v3/bill-items"):
            offered = {item["id"] for item in read(self.client.get(path))}
            assert offered == set(self.quantity) - self.archived

    @precondition(lambda self: self.quantity)
    @rule(data=st.data())
    def histories_tell_what_happened(self, data) -> None:
        number = self.pick(data)
        history = read(self.client.get(f"/api/v3/items/{number}/stock-history"))
        told = [(row["type"], row["quantity"]) for row in history["data"]]
        assert told == self.movements[number][:20]
        assert history["total"] == len(self.movements[number])
        for row in history["data"]:
            account = row["adjustment_account"]
            debit, credit = self.booked[int(account["id"])]
            assert (account["total_debit"], account["total_credit"]) == (debit, credit)
            assert account["balance"] == account["fx_balance"] == debit - credit
        materials = read(self.client.get(f"/api/v3/items/{number}/raw-materials"))
        assert [int(item["id"]) for item in materials] == [
            used for used in self.materials[number] if used in self.quantity
        ]


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=30,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@given(st.lists(st.text("abAB é", min_size=1, max_size=4), max_size=45), st.text("abé", max_size=3))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_pages_and_search_agree_with_a_naive_model(names, keyword):
    transport = InProcessTransport(_server)
    with httpx.Client(
        transport=transport,
        base_url="http://mock.test/built",
        headers={"Authorization": f"Bearer test.empty-laws-{next(_words)}"},
    ) as client:
        entries = [
            {"name": name, "code": f"C{nth}"} for nth, name in enumerate(names) if name.strip()
        ]
        kept: dict[str, str] = {}
        for entry in entries:
            kept.setdefault(entry["name"].strip().casefold(), entry["name"].strip())
        made = read(client.post("/api/items/bulk", json={"items": json.dumps(entries)}))
        assert [item["name"] for item in made] == list(kept.values())

        seen, url = [], "/api/v3/items"
        while url:
            page = read(client.get(url))
            seen += page["data"]
            url = page["next_page_url"]
        assert [item["name"] for item in seen] == sorted(kept.values(), key=str.casefold)
        assert page["total"] == len(kept)

        if keyword:
            found = read(client.get(f"/api/v3/items/search/{keyword}"))
            codes = {item["id"]: item["code"] for item in made}
            assert [item["id"] for item in found] == [
                item["id"]
                for item in seen
                if keyword.casefold() in item["name"].casefold()
                or keyword.casefold() in codes[item["id"]].casefold()
            ]
