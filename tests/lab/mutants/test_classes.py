"""Each class of wrong answers does on the wire what it says, which is all it takes to see it."""

from __future__ import annotations

import httpx
import pytest

from tests.lab.mutants.showing import (
    Check,
    Checks,
    listed,
    made,
    shown,
    shows,
    shows_nothing,
)

planted = Checks()


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


@planted.parametrized
def test_a_planted_defect_shows(name: str, check: Check) -> None:
    shows(name, check)


@planted.parametrized
def test_a_sound_service_does_not_show_it(name: str, check: Check) -> None:
    del name
    shows_nothing(check)
