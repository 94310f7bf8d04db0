"""Products: created, changed, archived, found and listed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lab.standin import fields
from lab.standin.calls import Answer, Call, Json, identifier
from lab.standin.database import Condition, Row, count, insert, select, update
from lab.standin.decimals import prices, printed
from lab.standin.fields import Field, optional, text
from lab.standin.filters import Kind, condition
from lab.standin.listing import Collection
from lab.standin.refusals import Invalid, NotFound
from lab.standin.switches import Defect, Variation

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


def create(call: Call) -> Answer:
    """Create a product."""
    values = _stored(call, _checked(call, _NEW, {"name": None, **call.sent}))
    row = {"account_id": call.account, "created_at": call.now, "updated_at": call.now}
    key = insert(call.connection, "products", {**row, **values})
    answer = _render(call, call.row(_ROWS, key))
    if Defect.CREATE_NOT_SAVED in call.switches:
        call.roll_back()
    return 201, answer


def change(call: Call) -> Answer:
    """Change what is named of a product and keep the rest."""
    present = Condition.of(archived_at=None)
    if Variation.ARCHIVED_STILL_CHANGED in call.switches:
        present = Condition.all()
    mine = call.mine(unless=Defect.UPDATE_IN_ANY_ACCOUNT)
    before = call.find(_ROWS, _KIND, mine, present)
    values = _stored(call, _checked(call, _CHANGE, call.sent))
    if Defect.UPDATE_CLEARS_UNNAMED in call.switches:
        values = {**dict.fromkeys(_OPTIONAL), **values}
    _write(call, before["id"], values)
    after = call.row(_ROWS, before["id"])
    if Defect.UPDATE_NOT_SAVED in call.switches:
        call.roll_back()
    return 200, _render(call, before if Defect.UPDATE_ANSWERS_OLD in call.switches else after)


def replace(call: Call) -> Answer:
    """Do as `change` does; older clients put."""
    if Defect.PUT_INSERTS_COPY in call.switches:
        row = dict(call.find("products", _KIND, call.mine(), Condition.of(archived_at=None)))
        del row["id"]
        insert(call.connection, "products", row)
    return change(call)


def archive(call: Call) -> Answer:
    """Archive a product."""
    present = Condition.all(Condition.of(id=identifier(call.key), archived_at=None), call.mine())
    changes = {"archived_at": call.now, **_touched(call)}
    if update(call.connection, "products", changes, present) == 0:
        if Variation.ARCHIVE_TWICE in call.switches:
            call.find(_ROWS, _KIND, call.mine())
        elif Defect.ARCHIVE_OF_NOTHING not in call.switches:
            raise NotFound(_KIND, call.key)
    return 204, None


def delete(call: Call) -> Answer:
    """Archive a product, as the document once had it."""
    answer = archive(call)
    if Defect.DELETE_DOES_NOTHING in call.switches:
        call.roll_back()
    return answer


def show(call: Call) -> Answer:
    """Show a product that its filters, or not being archived, let through."""
    asked = condition(
        {"archived_at": Kind.TIME},
        call.filters,
        call.switches,
        forgets=Defect.ARCHIVED_STILL_FOUND,
    )
    mine = call.mine(unless=Defect.GET_FROM_ANY_ACCOUNT)
    return 200, _render(call, call.find(_ROWS, _KIND, mine, asked))


def _checked(call: Call, known: Mapping[str, Field], body: Mapping[str, Any]) -> Json:
    """What the body's fields hold; raises Invalid with one text for each that is wrong."""
    switches = call.switches
    if Defect.BLANK_NAME_ACCEPTED in switches:
        known = {**known, "name": text(255)}
    taken, errors = fields.read(known, body)
    tax = Condition.of(id=taken.get("tax_id"))
    taxes = Condition.all(tax, call.mine(unless=Defect.TAX_OF_ANY_ACCOUNT))
    if "tax_id" in taken and not count(call.connection, "taxes", taxes):
        errors["tax_id"] = "must exist"
    if "product_supplier_id" in taken:
        supplier = Condition.all(Condition.of(id=taken["product_supplier_id"]), call.mine())
        if not count(call.connection, "product_suppliers", supplier):
            errors["product_supplier_id"] = "must exist"
    if errors:
        if Defect.REFUSED_UPDATE_HALF_SAVED in switches and call.key and taken:
            good = {field: value for field, value in taken.items() if field not in errors}
            _write(call, int(call.key), _stored(call, good))
            call.commit()
        raise Invalid(errors)
    return taken


def _stored(call: Call, taken: Json) -> Json:
    """The columns of what a body holds; the supplier it names is found, or made."""
    values = dict(taken)
    if "product_supplier_name" in values:
        name = values.pop("product_supplier_name")
        if "product_supplier_id" not in values:
            values["product_supplier_id"] = _supplier(call, name)
    if Defect.NAME_CUT_AT_100 in call.switches and "name" in values:
        values["name"] = values["name"][:100]
    if Variation.EMPTY_TEXT_AS_NULL in call.switches:
        values.update({column: None for column in _TEXTS if values.get(column) == ""})
    if Defect.COST_PRICE_AS_FLOAT in call.switches and values.get("cost_price"):
        values["cost_price"] = str(Decimal(float(values["cost_price"])))
    return values


def _supplier(call: Call, name: str | None) -> int | None:
    if name is None or fields.is_blank(name):
        return None
    known = Condition.all(Condition.of(name=name, hidden_at=None), call.mine())
    rows = select(call.connection, "product_suppliers", known)
    if rows:
        return int(rows[0]["id"])
    row = {"account_id": call.account, "name": name}
    times = {"created_at": call.now, "updated_at": call.now}
    return insert(call.connection, "product_suppliers", {**row, **times})


def _write(call: Call, key: int, values: Json) -> None:
    """Store columns of a product, if there are any."""
    if values:
        update(call.connection, "products", {**values, **_touched(call)}, Condition.of(id=key))


def _touched(call: Call) -> Json:
    return {} if Defect.UPDATED_AT_STUCK in call.switches else {"updated_at": call.now}


def _render(call: Call, row: Row) -> Json:
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
        "id": key if Defect.IDS_AS_NUMBERS in call.switches else str(key),
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


def _prices(call: Call, row: Row) -> tuple[str | None, str | None]:
    """The price without and with tax."""
    price, rate = row["price"], Decimal(row["tax_rate"] or 0)
    if price is None:
        zero = "0.0" if Variation.NULL_PRICE_AS_ZERO in call.switches else None
        return zero, zero
    included = bool(row["price_includes_tax"])
    if Defect.TAX_INCLUDED_IGNORED in call.switches:
        included = False
    if Defect.PRICES_AS_FLOAT in call.switches:
        factor = 1 + float(rate) / 100
        binary = float(price) / factor, float(price) * factor
        return (repr(binary[0]), price) if included else (price, repr(binary[1]))
    without, including = prices(Decimal(price), rate, tax_included=included)
    return printed(without), printed(including)


LIST = Collection(
    name="products",
    source=_ROWS,
    filters={
        "archived_at": Kind.TIME,
        "created_at": Kind.TIME,
        "id": Kind.NUMBER,
        "name": Kind.TEXT,
        "tax_id": Kind.NUMBER,
        "updated_at": Kind.TIME,
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
