"""Taxes and product suppliers, which products link to, and users, whom adjustments link to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lab.standin import fields
from lab.standin.calls import Answer, Json, StandInCall
from lab.standin.database import Condition, Row, delete, insert, select, update
from lab.standin.decimals import printed
from lab.standin.fields import Field
from lab.standin.filters import FilterKind
from lab.standin.listing import StandInList
from lab.standin.refusals import Invalid

_FILTERS = {"created_at": FilterKind.TIME, "id": FilterKind.NUMBER, "updated_at": FilterKind.TIME}
_SORTS = frozenset({"created_at", "id", "name", "updated_at"})
_TAX: dict[str, Field] = {"name": fields.name, "rate": fields.cost, "amount": fields.cost}
_SUPPLIER: dict[str, Field] = {"name": fields.name}


def show_tax(call: StandInCall) -> Answer:
    """Show a tax."""
    return 200, _tax(call, _found_tax(call))


def create_tax(call: StandInCall) -> Answer:
    """Create a tax."""
    required: Json = {"name": None}
    if "amount" not in call.sent:
        required["rate"] = None
    values = _tax_values({**required, **call.sent})
    return 201, _tax(call, call.row("taxes", _inserted(call, "taxes", values)))


def change_tax(call: StandInCall) -> Answer:
    """Change what is named of a tax."""
    key = _found_tax(call)["id"]
    _changed(call, "taxes", key, _tax_values(call.sent))
    return 200, _tax(call, call.row("taxes", key))


def replace_tax(call: StandInCall) -> Answer:
    """Do as `change_tax` does; older clients put."""
    return change_tax(call)


def delete_tax(call: StandInCall) -> Answer:
    """Delete a tax, and take it from the products that have it."""
    key = _found_tax(call)["id"]
    update(call.connection, "products", {"tax_id": None}, Condition.of(tax_id=key))
    delete(call.connection, "taxes", Condition.of(id=key))
    return 204, None


def show_supplier(call: StandInCall) -> Answer:
    """Show a product supplier, archived or not."""
    row = call.find("product_suppliers", "Product supplier", call.mine())
    return 200, _supplier(call, row)


def create_supplier(call: StandInCall) -> Answer:
    """Create a product supplier."""
    values = _read(_SUPPLIER, {"name": None, **call.sent})
    key = _inserted(call, "product_suppliers", values)
    return 201, _supplier(call, call.row("product_suppliers", key))


def change_supplier(call: StandInCall) -> Answer:
    """Change the name of a product supplier."""
    key = _kept_supplier(call)["id"]
    _changed(call, "product_suppliers", key, _read(_SUPPLIER, call.sent))
    return 200, _supplier(call, call.row("product_suppliers", key))


def archive_supplier(call: StandInCall) -> Answer:
    """Take a product supplier out of the lists."""
    _changed(call, "product_suppliers", _kept_supplier(call)["id"], {"hidden_at": call.now})
    return 204, None


def show_user(call: StandInCall) -> Answer:
    """Show a user."""
    return 200, _user(call, call.find("users", "User", call.mine()))


def show_caller(call: StandInCall) -> Answer:
    """Show the user that the key belongs to."""
    return 200, _user(call, select(call.connection, "users", call.mine())[0])


def _found_tax(call: StandInCall) -> Row:
    return call.find("taxes", "Tax", call.mine())


def _kept_supplier(call: StandInCall) -> Row:
    kept = Condition.of(hidden_at=None)
    return call.find("product_suppliers", "Product supplier", call.mine(), kept)


def _read(known: dict[str, Field], body: Mapping[str, Any]) -> Json:
    taken, errors = fields.read(known, body)
    if errors:
        raise Invalid(errors)
    return taken


def _tax_values(body: Mapping[str, Any]) -> Json:
    values = _read(_TAX, body)
    amount = values.pop("amount", None)
    return values if amount is None else {"rate": amount, **values}


def _inserted(call: StandInCall, table: str, values: Json) -> int:
    row = {"account_id": call.account, "created_at": call.now, "updated_at": call.now}
    return insert(call.connection, table, {**values, **row})


def _changed(call: StandInCall, table: str, key: int, values: Json) -> None:
    if values:
        changes = {**values, "updated_at": call.now}
        update(call.connection, table, changes, Condition.of(id=key))


def _supplier(call: StandInCall, row: Row) -> Json:
    return {
        "created_at": row["created_at"],
        "id": str(row["id"]),
        **call.link(f"/product_suppliers/{row['id']}"),
        "name": row["name"],
        "updated_at": row["updated_at"],
    }


def _tax(call: StandInCall, row: Row) -> Json:
    rate = printed(Decimal(row["rate"]))
    return {
        "amount": rate,
        "created_at": row["created_at"],
        "id": str(row["id"]),
        **call.link(f"/taxes/{row['id']}"),
        "name": row["name"],
        "rate": rate,
        "updated_at": row["updated_at"],
    }


def _user(call: StandInCall, row: Row) -> Json:
    return {
        "active": True,
        "created_at": row["created_at"],
        "email": row["email"],
        "first_name": row["first_name"],
        "id": str(row["id"]),
        "last_name": row["last_name"],
        **call.link(f"/users/{row['id']}"),
        "phone_numbers": [],
        "role": "administrator",
        "time_zone": "Perth",
        "time_zone_identifier": "Australia/Perth",
        "title": None,
        "updated_at": row["updated_at"],
        "user_active": True,
    }


TAXES = StandInList("taxes", "taxes", _FILTERS, _SORTS, _tax)
SUPPLIERS = StandInList(
    "product_suppliers",
    "product_suppliers",
    {**_FILTERS, "name": FilterKind.TEXT},
    _SORTS,
    _supplier,
    hides="hidden_at",
)
USERS = StandInList(
    "users",
    "users",
    _FILTERS,
    frozenset({"created_at", "first_name", "id", "last_name", "updated_at"}),
    _user,
)
