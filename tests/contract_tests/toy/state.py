"""What the toy keeps, and what its parts hand to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

from mock_server.state.clock import Clock

Record = dict[str, Any]
#: What an item is that was not told otherwise.
BLANK: Record = {
    "code": None, "kind": "jar", "price": None, "stock": 0, "remark": None, "picture": None,
    "beside": None,
}  # fmt: skip
#: Kind and price of the items that the first account has from the start; the last one is archived.
#: The other account has the first few.
SEEDS = (
    ("jar", "10.05"), ("tin", "3.33"), ("jar", "0.15"), ("jar", None), ("box", "7.77"),
    ("jar", "99.99"), ("jar", "2.35"), ("tin", "1.10"), ("jar", "4.65"), ("jar", "6.00"),
)  # fmt: skip


class Refusal(Exception):
    """A request that is not carried out."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class Reply:
    """An answer; a body of bytes is a file."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json"


@dataclass
class Account:
    """One account's records by identifier, and its answers by idempotency key.

    Each counts its items for itself.
    """

    name: str
    numbers: count[int] = field(default_factory=partial(count, 1))
    items: dict[str, Record] = field(default_factory=dict)
    notes: dict[str, Record] = field(default_factory=dict)
    files: dict[str, Record] = field(default_factory=dict)
    moves: list[Record] = field(default_factory=list)
    answered: dict[str, Reply] = field(default_factory=dict)
    #: What was shown or counted once, for switches that keep it.
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass
class Asked:
    """A request, in the name of an account; `values` are those of its body."""

    toy: Toy
    account: Account
    method: str
    path: dict[str, str]
    query: dict[str, str]
    headers: dict[str, str]
    values: Record | None
    form: bool = False

    def on(self, switch: str) -> bool:
        """Say whether the toy is wrong in this."""
        return switch in self.toy.wrong


class Toy:
    """All that one toy knows, with the switches that are on."""

    def __init__(self, wrong: frozenset[str]) -> None:
        self.wrong = wrong
        self.clock = Clock()
        self.numbers = count(1)
        self.latest = "one"
        self.accounts = {name: Account(name) for name in ("one", "two")}
        for account, few in zip(self.accounts.values(), (SEEDS, SEEDS[:7]), strict=True):
            for kind, price in few:
                self._seed(account, kind, price)
            account.numbers = count(len(SEEDS) + 1)

    def _seed(self, account: Account, kind: str, price: str | None) -> None:
        number = next(account.numbers)
        now = self.clock.now()
        item = {
            **BLANK, "id": f"item-{number}", "title": f"seed {number}", "kind": kind,
            "price": price and Decimal(price), "stock": number, "created": now,
            "updated": now + timedelta(microseconds=1), "version": 1, "retired": False,
            "new": False, "archived": price == "6.00",
        }  # fmt: skip
        if "changed before it was created" in self.wrong and number == 3:
            item["updated"] = now - timedelta(hours=1)
        item["born"] = dict(item)
        account.items[item["id"]] = item
        note = f"note-{next(self.numbers)}"
        account.notes[note] = {"id": note, "item": item["id"], "text": "seed", "stars": 1}
