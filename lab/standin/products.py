"""Products: created, changed, archived, found and listed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lab.standin import fields
from lab.standin.calls import Answer, Json, StandInCall, identifier
from lab.standin.database import Condition, Row, count, insert, select, update
from lab.standin.decimals import prices, printed
from lab.standin.fields import Field, optional, text
from lab.standin.filters import FilterKind, condition
from lab.standin.listing import StandInList
from lab.standin.refusals import Invalid, NotFound
from lab.standin.switches import StandInDefect, Variation

_ROWS, _KIND = "product_rows", "Product"

_CHANGE: dict[str, Field] = {
    "cost_price": optional(fields.cost),
    "item_code": optional(text(100)),
    "name": fields.name,
    "notes": optional(text()),
    "price": fields.price,
    "price_includes_tax": optional(fields.boolean),
    "product_supplier_id": fields.reference,
    "product_supplier_name": optional(text()),
    "serial_number": optional(text(255)),
    "stock_level": optional(fields.stock_cut_off),
    "tax_id": fields.reference,
}
_NEW = {**_CHANGE, "stock_level": optional(fields.stock)}
#: The columns that may be NULL, and are until something is known.
_OPTIONAL = _CHANGE.keys() - {"name", "product_supplier_name"} | {"product_supplier_id"}
_TEXTS = ("item_code", "notes", "serial_number")


def create(call: StandInCall) -> Answer:
    """Create a product."""
    values = _stored(call, _checked(call, _NEW, {"name": None, **call.sent}))
    row = {"account_id": call.account, "created_at": call.now, "updated_at": call.now}
    key = insert(call.connection, "products", {**row, **values})
    answer = _render(call, call.row(_ROWS, key))
    if StandInDefect.CREATE_NOT_SAVED in call.switches:
        call.roll_back()
    return 201, answer


def change(call: StandInCall) -> Answer:
    """Change what is named of a product and keep the rest."""
    present = Condition.of(archived_at=None)
    if Variation.ARCHIVED_STILL_CHANGED in call.switches:
        present = Condition.all()
    mine = call.mine(unless=StandInDefect.UPDATE_IN_ANY_ACCOUNT)
    before = call.find(_ROWS, _KIND, mine, present)
    values = _stored(call, _checked(call, _CHANGE, call.sent))
    if StandInDefect.UPDATE_CLEARS_UNNAMED in call.switches:
        values = {**dict.fromkeys(_OPTIONAL), **values}
    _write(call, before["id"], values)
    after = call.row(_ROWS, before["id"])
    if StandInDefect.UPDATE_NOT_SAVED in call.switches:
        call.roll_back()
    return 200, _render(
        call, before if StandInDefect.UPDATE_ANSWERS_OLD in call.switches else after
    )


def replace(call: StandInCall) -> Answer:
    """Do as `change` does; older clients put."""
    if StandInDefect.PUT_INSERTS_COPY in call.switches:
        row = dict(call.find("products", _KIND, call.mine(), Condition.of(archived_at=None)))
        del row["id"]
        insert(call.connection, "products", row)
    return change(call)


def archive(call: StandInCall) -> Answer:
    """Archive a product."""
    present = Condition.all(Condition.of(id=identifier(call.key), archived_at=None), call.mine())
    changes = {"archived_at": call.now, **_touched(call)}
    if update(call.connection, "products", changes, present) == 0:
        if Variation.ARCHIVE_TWICE in call.switches:
            call.find(_ROWS, _KIND, call.mine())
        elif StandInDefect.ARCHIVE_OF_NOTHING not in call.switches:
            raise NotFound(_KIND, call.key)
    return 204, None


def delete(call: StandInCall) -> Answer:
    """Archive a product, as the document once had it."""
    answer = archive(call)
    if StandInDefect.DELETE_DOES_NOTHING in call.switches:
        call.roll_back()
    return answer


def show(call: StandInCall) -> Answer:
    """Show a product that its filters, or not being archived, let through."""
    asked = condition(
        {"archived_at": FilterKind.TIME},
        call.filters,
        call.switches,
        forgets=StandInDefect.ARCHIVED_STILL_FOUND,
    )
    mine = call.mine(unless=StandInDefect.GET_FROM_ANY_ACCOUNT)
    return 200, _render(call, call.find(_ROWS, _KIND, mine, asked))


def _checked(call: StandInCall, known: Mapping[str, Field], body: Mapping[str, Any]) -> Json:
    """What the body's fields hold; raises Invalid with one text for each that is wrong."""
    switches = call.switches
    if StandInDefect.BLANK_NAME_ACCEPTED in switches:
        known = {**known, "name": text(255)}
    taken, errors = fields.read(known, body)
    tax = Condition.of(id=taken.get("tax_id"))
    taxes = Condition.all(tax, call.mine(unless=StandInDefect.TAX_OF_ANY_ACCOUNT))
    if "tax_id" in taken and not count(call.connection, "taxes", taxes):
        errors["tax_id"] = "must exist"
    if "product_supplier_id" in taken:
        supplier = Condition.all(Condition.of(id=taken["product_supplier_id"]), call.mine())
        if not count(call.connection, "product_suppliers", supplier):
            errors["product_supplier_id"] = "must exist"
    if errors:
        if StandInDefect.REFUSED_UPDATE_HALF_SAVED in switches and call.key and taken:
            good = {field: value for field, value in taken.items() if field not in errors}
            _write(call, int(call.key), _stored(call, good))
            call.commit()
        raise Invalid(errors)
    return taken


def _stored(call: StandInCall, taken: Json) -> Json:
    """The columns of what a body holds; the supplier it names is found, or made."""
    values = dict(taken)
    if "product_supplier_name" in values:
        name = values.pop("product_supplier_name")
        if "product_supplier_id" not in values:
            values["product_supplier_id"] = _supplier(call, name)
    if StandInDefect.NAME_CUT_AT_100 in call.switches and "name" in values:
        values["name"] = values["name"][:100]
    if Variation.EMPTY_TEXT_AS_NULL in call.switches:
        values.update({column: None for column in _TEXTS if values.get(column) == ""})
    if StandInDefect.COST_PRICE_AS_FLOAT in call.switches and values.get("cost_price"):
        values["cost_price"] = str(Decimal(float(values["cost_price"])))
    return values


def _supplier(call: StandInCall, name: str | None) -> int | None:
    if name is None or fields.is_blank(name):
        return None
    known = Condition.all(Condition.of(name=name, hidden_at=None), call.mine())
    rows = select(call.connection, "product_suppliers", known)
    if rows:
        return int(rows[0]["id"])
    row = {"account_id": call.account, "name": name}
    times = {"created_at": call.now, "updated_at": call.now}
    return insert(call.connection, "product_suppliers", {**row, **times})


def _write(call: StandInCall, key: int, values: Json) -> None:
    """Store columns of a product, if there are any."""
    if values:
        update(call.connection, "products", {**values, **_touched(call)}, Condition.of(id=key))


def _touched(call: StandInCall) -> Json:
    return {} if StandInDefect.UPDATED_AT_STUCK in call.switches else {"updated_at": call.now}


def _render(call: StandInCall, row: Row) -> Json:
    without, including = _prices(call, row)
    key, tax, supplier = row["id"], row["tax_id"], row["product_supplier_id"]
    cost = row["cost_price"]
    linked = {
        "product_supplier": supplier and call.link(f"/product_suppliers/{supplier}"),
        "tax": tax and call.link(f"/taxes/{tax}"),
    }
    return {
        **{name: link for name, link in linked.items() if link},
        "archived_at": row["archived_at"],
        "cost_price": None if cost is None else printed(Decimal(cost)),
        "created_at": row["created_at"],
        "id": key if StandInDefect.IDS_AS_NUMBERS in call.switches else str(key),
        "item_code": row["item_code"],
        **call.link(f"/products/{key}"),
        "name": row["name"],
        "notes": row["notes"],
        "price_ex_tax": without,
        "price_including_tax": including,
        "product_supplier_name": row["product_supplier_name"],
        "serial_number": row["serial_number"],
        "stock_adjustments": call.link(f"/stock_adjustments?q%5B%5D=product_id%3A%3D{key}"),
        "stock_level": row["stock_level"],
        "updated_at": row["updated_at"],
    }


def _prices(call: StandInCall, row: Row) -> tuple[str | None, str | None]:
    """The price without and with tax."""
    price, rate = row["price"], Decimal(row["tax_rate"] or 0)
    if price is None:
        zero = "0.0" if Variation.NULL_PRICE_AS_ZERO in call.switches else None
        return zero, zero
    included = bool(row["price_includes_tax"])
    if StandInDefect.TAX_INCLUDED_IGNORED in call.switches:
        included = False
    if StandInDefect.PRICES_AS_FLOAT in call.switches:
        factor = 1 + float(rate) / 100
        binary = float(price) / factor, float(price) * factor
        return (repr(binary[0]), price) if included else (price, repr(binary[1]))
    without, including = prices(Decimal(price), rate, tax_included=included)
    return printed(without), printed(including)


LIST = StandInList(
    name="products",
    source=_ROWS,
    filters={
        "archived_at": FilterKind.TIME,
        "created_at": FilterKind.TIME,
        "id": FilterKind.NUMBER,
        "name": FilterKind.TEXT,
        "tax_id": FilterKind.NUMBER,
        "updated_at": FilterKind.TIME,
    },
    sorts=frozenset(
        {
            "archived_at",
            "cost_price",
            "created_at",
            "id",
            "item_code",
            "name",
            "product_supplier_name",
            "serial_number",
            "stock_level",
            "updated_at",
        }
    ),
    render=_render,
)
