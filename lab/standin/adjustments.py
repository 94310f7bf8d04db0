"""Stock adjustments, which move the stock level of a product."""

from __future__ import annotations

from lab.standin import fields
from lab.standin.calls import Answer, Json, StandInCall
from lab.standin.database import Condition, Row, insert, select, update
from lab.standin.fields import Field, optional, text
from lab.standin.filters import FilterKind, condition
from lab.standin.listing import StandInList
from lab.standin.refusals import Invalid
from lab.standin.switches import StandInDefect

_INCREASES = ("Stock Purchase", "Returned", "Other")
_DECREASES = ("Damaged", "Out of Date", "Item Sold", "Other", "Correction")
_MOST = 999_999_999
_NEW: dict[str, Field] = {
    "adjustment_type": fields.one_of(*_INCREASES, *_DECREASES),
    "comment": optional(text(65_535)),
    "notes": optional(text(65_535)),
    "product_id": fields.reference,
    "quantity": fields.whole,
}


def create(call: StandInCall) -> Answer:
    """Record an adjustment and add its quantity to the product's stock level."""
    required = dict.fromkeys(("adjustment_type", "product_id", "quantity"))
    taken, errors = fields.read(_NEW, {**required, **call.sent})
    if "quantity" in taken and "adjustment_type" in taken:
        errors |= _disagreement(taken["quantity"], taken["adjustment_type"])
    product = Condition.of(id=taken.get("product_id"), archived_at=None)
    products = select(call.connection, "products", Condition.all(product, call.mine()))
    if not products:
        errors.setdefault("product_id", "must exist")
    if errors:
        raise Invalid(errors)
    user = select(call.connection, "users", call.mine())[0]["id"]
    row = {"account_id": call.account, "created_at": call.now, "updated_at": call.now}
    comment = taken.pop("comment", None)
    comment = taken.pop("notes", comment)
    values = {**taken, **row, "comment": comment, "user_id": user}
    key = insert(call.connection, "stock_adjustments", values)
    _move(call, products[0], taken["quantity"])
    return 201, _render(call, call.row("stock_adjustments", key))


def _disagreement(quantity: int, kind: str) -> dict[str, str]:
    """What is wrong about a quantity for that type."""
    if 1 <= quantity <= _MOST and kind not in _INCREASES:
        return {"quantity": "must be less than or equal to -1"}
    adds = kind in _INCREASES and not (kind in _DECREASES and quantity < 0)
    least, most = (1, _MOST) if adds else (-_MOST, -1)
    if quantity < least:
        return {"quantity": f"must be greater than or equal to {least}"}
    return {"quantity": f"must be less than or equal to {most}"} if quantity > most else {}


def _move(call: StandInCall, product: Row, quantity: int) -> None:
    switches = call.switches
    if StandInDefect.DECREASE_ADDS in switches:
        quantity = abs(quantity)
    if StandInDefect.STOCK_ADJUSTED_TWICE in switches:
        quantity *= 2
    level = (product["stock_level"] or 0) + quantity
    if StandInDefect.STOCK_STOPS_AT_ZERO in switches and quantity < 0:
        level = max(level, 0)
    if StandInDefect.REFUSED_ADJUSTMENT_KEPT in switches:
        call.commit()
    if not fields.in_stock_bounds(level):
        raise Invalid({"quantity": "takes the stock level out of bounds"})
    if StandInDefect.STOCK_NOT_ADJUSTED not in switches:
        changes = {"stock_level": level, "updated_at": call.now}
        update(call.connection, "products", changes, Condition.of(id=product["id"]))


def show(call: StandInCall) -> Answer:
    """Show an adjustment."""
    asked = condition(
        {"archived_at": FilterKind.TIME},
        call.filters,
        call.switches,
        forgets=StandInDefect.ARCHIVED_STILL_FOUND,
    )
    row = call.find("stock_adjustments", "Stock adjustment", call.mine(), asked)
    return 200, _render(call, row)


def _render(call: StandInCall, row: Row) -> Json:
    return {
        "adjustment_type": row["adjustment_type"],
        "archived_at": row["archived_at"],
        "comment": row["comment"],
        "created_at": row["created_at"],
        "id": str(row["id"]),
        **call.link(f"/stock_adjustments/{row['id']}"),
        "notes": row["comment"],
        "product": call.link(f"/products/{row['product_id']}"),
        "quantity": row["quantity"],
        "updated_at": row["updated_at"],
        "user": call.link(f"/users/{row['user_id']}"),
    }


LIST = StandInList(
    name="stock_adjustments",
    source="stock_adjustments",
    filters={
        "archived_at": FilterKind.TIME,
        "created_at": FilterKind.TIME,
        "id": FilterKind.NUMBER,
        "product_id": FilterKind.NUMBER,
        "updated_at": FilterKind.TIME,
    },
    sorts=frozenset({"archived_at", "created_at", "id", "quantity", "updated_at"}),
    render=_render,
)
