"""Each class of defects does on the wire what it says, and nothing else is needed to see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract_tests.defects.planted import clients, defect

Check = Callable[[httpx.Client, httpx.Client], None]
CASES: list[tuple[str, Check]] = []


def planted(name: str) -> Callable[[Check], Check]:
    """Show a defect, named `class operation place`, by what a check asserts."""

    def register(check: Check) -> Check:
        CASES.append((name, check))
        return check

    return register


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


@planted("undeclared-status getProduct 200")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert first.get(f"/products/{listed(first)[0]}").status_code == 203


@planted("missing-property getProduct /name")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert "name" not in shown(first, made(first))


@planted("time-without-offset getProduct /created_at")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert not shown(first, made(first))["created_at"].endswith("Z")


@planted("invalid-json listTaxes 200")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    with pytest.raises(ValueError, match="delimiter"):
        first.get("/taxes").json()


@planted("wrong-content-type getProduct 200")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    made_ = made(first)
    assert first.get(f"/products/{made_['id']}").headers["content-type"].startswith("text/html")


@planted("invalid-accepted updateProduct item_code")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first, item_code="A1")
    answer = first.patch(f"/products/{record['id']}", json={"item_code": "x" * 101})
    assert (answer.status_code, shown(first, record)["item_code"]) == (200, "A1")


@planted("required-not-enforced createProduct name")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    made(first)
    assert first.post("/products", json={"notes": "no name"}).status_code == 201


@planted("valid-refused createProduct item_code")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    body = {"name": "Balm", "item_code": "é"}
    assert first.post("/products", json=body).status_code == 422


@planted("crash-on-text createProduct body")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert first.post("/products", json={"name": "Crème"}).status_code == 500


@planted("crash-on-unknown getProduct 404")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert first.get("/products/999999999").status_code == 500


@planted("parameter-not-validated listProducts page")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert first.get("/products", params={"page": "x"}).status_code == 200


@planted("method-taken-for-another listTaxes methods")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert first.delete("/taxes").status_code == 200


@planted("pages-overlap listProducts pages")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    one, two = (listed(first, per_page=3, page=page) for page in (1, 2))
    assert two[0] == one[-1]


@planted("record-between-pages listProducts pages")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert len(listed(first, per_page=3, page=2)) == 2


@planted("last-record-missing listProducts items")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert made(first)["id"] not in listed(first)


@planted("one-record-more listProducts pages")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert len(listed(first, per_page=3)) == 4


@planted("total-unfiltered listProducts /total_entries")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    query = {"q[]": f"id:={listed(first)[0]}"}
    assert first.get("/products", params=query).json()["total_entries"] > 1


@planted("next-link-missing listProducts next")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    page = first.get("/products", params={"per_page": 2, "page": 2}).json()
    assert page["total_entries"] > 4
    assert "next" not in page["links"]


@planted("next-link-skips listProducts next")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    page = first.get("/products", params={"per_page": 2}).json()
    assert "page=3" in page["links"]["next"]


@planted("filter-ignored listProducts id:=")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert len(listed(first, **{"q[]": f"id:={listed(first)[0]}"})) > 1


@planted("filter-lets-one-in listProducts id:=")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert len(listed(first, **{"q[]": f"id:={listed(first)[0]}"})) == 2


@planted("filter-leaves-one-out listProducts id:=")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert listed(first, **{"q[]": f"id:={listed(first)[0]}"}) == []


@planted("sort-ignored listProducts id:desc")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert listed(first, sort="id:desc") == listed(first)


@planted("one-write-behind getProduct cache")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first)
    shown(first, record)
    first.patch(f"/products/{record['id']}", json={"name": "Salve"})
    assert [shown(first, record)["name"] for _ in range(2)] == ["Balm", "Salve"]


@planted("vanishes-after-reads getProduct third time")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first)
    found = [first.get(f"/products/{record['id']}").status_code for _ in range(3)]
    assert found == [200, 200, 404]


@planted("local-time getProduct created")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first)
    assert record["created_at"].startswith("2026-05-06T12:")
    assert shown(first, record)["created_at"].startswith("2026-05-06T14:")


@planted("shows-other-sign getProduct stock_level")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert shown(first, made(first, stock_level=5))["stock_level"] == -5


@planted("stores-other-sign createProduct stock_level")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert made(first, stock_level=5)["stock_level"] == -5


@planted("field-ignored createProduct notes")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert made(first, notes="dry")["notes"] is None


@planted("lost-update updateProduct all")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first)
    answer = first.patch(f"/products/{record['id']}", json={"name": "Salve"})
    assert (answer.json()["name"], shown(first, record)["name"]) == ("Salve", "Balm")


@planted("done-twice createProduct all")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    before = len(listed(first))
    made(first)
    assert len(listed(first)) == before + 2


@planted("neighbour-changed updateProduct all")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    one, other = made(first), made(first)
    first.patch(f"/products/{other['id']}", json={"name": "Salve"})
    assert shown(first, one)["name"] == "Salve"


@planted("rest-cleared updateProduct notes")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first, notes="dry")
    first.patch(f"/products/{record['id']}", json={"name": "Salve"})
    assert shown(first, record)["notes"] is None


@planted("refused-done-anyway createProduct all")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    made(first)
    before = len(listed(first))
    assert first.post("/products", json={}).status_code == 422
    assert len(listed(first)) == before + 1


@planted("removed-still-listed listProducts archiveProduct")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first)
    listed(first)
    first.post(f"/products/{record['id']}/archive")
    assert record["id"] in listed(first)


@planted("reads-of-any-account getProduct account")
def _(first: httpx.Client, other: httpx.Client) -> None:
    assert shown(other, made(first, name="Only mine"))["name"] == "Only mine"


@planted("lists-of-all-accounts listProducts account")
def _(first: httpx.Client, other: httpx.Client) -> None:
    made(first, name="Only mine")
    assert "Only mine" in other.get("/products", params={"per_page": 100}).text


@planted("no-credential-needed getProduct credential")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first)
    assert first.get(f"/products/{record['id']}", auth=lambda request: request).status_code == 200


@planted("any-credential-good getProduct credential")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first)
    assert first.get(f"/products/{record['id']}", auth=("nobody", "")).status_code == 200


@planted("refused-done-for-nobody archiveProduct credential")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first)
    answer = first.post(f"/products/{record['id']}/archive", auth=("nobody", ""))
    assert answer.status_code == 401
    assert record["id"] not in listed(first)


@planted("not-kept updateProduct all")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first)
    answer = first.patch(f"/products/{record['id']}", json={"name": "Salve"})
    assert (answer.json()["name"], shown(first, record)["name"]) == ("Salve", "Balm")


@planted("part-not-kept createStockAdjustment products")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first, stock_level=5)
    assert moved(first, record, 2, "Returned").status_code == 201
    assert shown(first, record)["stock_level"] == 5


@planted("moved-twice createStockAdjustment products.stock_level")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first, stock_level=5)
    moved(first, record, 2, "Returned")
    assert shown(first, record)["stock_level"] == 9


@planted("stops-at-zero createStockAdjustment products.stock_level")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first, stock_level=1)
    assert moved(first, record, -3, "Damaged").status_code == 201
    assert shown(first, record)["stock_level"] == 0


@planted("kept-for-neighbour updateProduct products")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    one, other = made(first), made(first)
    first.patch(f"/products/{one['id']}", json={"name": "Salve"})
    assert [shown(first, each)["name"] for each in (one, other)] == ["Balm", "Salve"]


@planted("entered-twice createStockAdjustment stock_adjustments")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    before = first.get("/stock_adjustments").json()["total_entries"]
    moved(first, made(first), 2, "Returned")
    assert first.get("/stock_adjustments").json()["total_entries"] == before + 2


@planted("previous-undone updateProduct all")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first)
    first.patch(f"/products/{record['id']}", json={"name": "Salve"})
    first.patch(f"/products/{record['id']}", json={"notes": "dry"})
    assert [shown(first, record)[name] for name in ("name", "notes")] == ["Balm", "dry"]


@planted("number-used-again createProduct all")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert made(first)["id"] == made(first)["id"]


@planted("kept-elsewhere updateProduct all")
def _(first: httpx.Client, other: httpx.Client) -> None:
    assert listed(other)
    record = made(first)
    first.patch(f"/products/{record['id']}", json={"name": "Salve"})
    assert shown(first, record)["name"] == "Balm"
    assert shown(other, record)["name"] == "Salve"


@planted("refusal-half-kept updateProduct products.name")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    record = made(first)
    wrong = {"name": "Salve", "item_code": "x" * 101}
    assert first.patch(f"/products/{record['id']}", json=wrong).status_code == 422
    assert shown(first, record)["name"] == "Salve"


@planted("stale-state listProducts state")
def _(first: httpx.Client, _other: httpx.Client) -> None:
    assert made(first)["id"] not in listed(first)


@planted("state-of-another listProducts state")
def _(first: httpx.Client, other: httpx.Client) -> None:
    assert made(other, name="Theirs")
    assert "Theirs" in first.get("/products", params={"per_page": 100}).text


@pytest.mark.parametrize(("name", "check"), CASES, ids=[name for name, _ in CASES])
def test_a_planted_defect_shows(name: str, check: Check) -> None:
    group, operation, place = name.split(" ", 2)
    first, other = clients(defect(group, operation, place))
    with first, other:
        check(first, other)


@pytest.mark.parametrize("check", [check for _, check in CASES], ids=[name for name, _ in CASES])
def test_a_sound_service_does_not_show_it(check: Check) -> None:
    first, other = clients()
    with first, other, pytest.raises((AssertionError, KeyError, ValueError, pytest.fail.Exception)):
        check(first, other)
