"""Checks that show a planted defect on the wire, and what they are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.lab.mutants.planted import clients, defect

Check = Callable[[httpx.Client, httpx.Client], None]


class Checks:
    """The checks of a module, each with the defect that it shows: `class operation place`."""

    def __init__(self) -> None:
        self.cases: list[tuple[str, Check]] = []

    def __call__(self, name: str) -> Callable[[Check], Check]:
        """Take in the decorated check."""

        def register(check: Check) -> Check:
            self.cases.append((name, check))
            return check

        return register

    @property
    def parametrized(self) -> pytest.MarkDecorator:
        """What runs a test with the name and the check of each."""
        names = [name for name, _ in self.cases]
        return pytest.mark.parametrize(("name", "check"), self.cases, ids=names)


def shows(name: str, check: Check) -> None:
    """Run a check on a service with its defect."""
    group, operation, place = name.split(" ", 2)
    first, other = clients(defect(group, operation, place))
    with first, other:
        check(first, other)


def shows_nothing(check: Check) -> None:
    """Run a check on a sound service, which must fail it."""
    first, other = clients()
    with first, other, pytest.raises((AssertionError, KeyError, ValueError, pytest.fail.Exception)):
        check(first, other)


def made(client: httpx.Client, **values: Any) -> dict[str, Any]:
    answer = client.post("/products", json={"name": "Balm", **values})
    assert answer.status_code == 201, answer.text
    return answer.json()


def shown(client: httpx.Client, record: dict[str, Any]) -> dict[str, Any]:
    return client.get(f"/products/{record['id']}").json()


def listed(client: httpx.Client, **query: Any) -> list[str]:
    page = client.get("/products", params={"per_page": 100, **query}).json()
    return [each["id"] for each in page["products"]]


def moved(client: httpx.Client, record: dict[str, Any], quantity: int, kind: str) -> httpx.Response:
    body = {"product_id": record["id"], "quantity": quantity, "adjustment_type": kind}
    return client.post("/stock_adjustments", json=body)
