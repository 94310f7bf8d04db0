"""Each class of wrong values and of interceptors does on the wire what it says."""

from __future__ import annotations

import httpx

from tests.lab.mutants.showing import (
    Check,
    Checks,
    listed,
    made,
    moved,
    shown,
    shows,
    shows_nothing,
)

planted = Checks()


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


@planted("related-record-changed updateProduct all")
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
    request = first.build_request("GET", f"/products/{record['id']}")
    request.headers.pop("authorization", None)
    assert first.send(request, auth=None).status_code == 200


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


@planted("kept-for-another-record updateProduct products")
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


@planted.parametrized
def test_a_planted_defect_shows(name: str, check: Check) -> None:
    shows(name, check)


@planted.parametrized
def test_a_sound_service_does_not_show_it(name: str, check: Check) -> None:
    del name
    shows_nothing(check)
