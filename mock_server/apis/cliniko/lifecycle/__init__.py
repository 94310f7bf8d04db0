"""The lifecycles of Cliniko's records, for the contract suite (cliniko.txt; facts, section 1)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from mock_server.apis.cliniko.lifecycle.lists import (
    ARCHIVE,
    BOTH,
    EVERYTHING,
    NAMES,
    by_number,
    listing,
    tax_filter,
)
from mock_server.apis.cliniko.lifecycle.relations import (
    amount_is_the_rate,
    comment_is_the_notes,
    its_own_links,
    links_of_product,
    price_as_sent,
    prices_with_tax,
    supplier_agrees,
    supplier_is_named,
    tax_agrees,
    user_can_be_read,
)
from mock_server.lifecycle.model import (
    Create,
    Field,
    Filter,
    Json,
    Lifecycle,
    Move,
    Outcome,
    Parts,
    Read,
    Relation,
    Removal,
    Resource,
    Source,
    Update,
)
from mock_server.lifecycle.values import Kind, choice, decimal, flag, identifier, text, whole

_LIMIT = 4_000_000_000


def _adjustment(kind: str, sign: int) -> Move:
    """An adjustment whose type adds or takes away (facts, the product)."""

    def parts(product: str, quantity: Decimal) -> Parts:
        body = {"product_id": product, "quantity": quantity, "adjustment_type": kind}
        return Parts(body=body)

    return Move(
        kind,
        "createStockAdjustment",
        parts,
        effect=lambda quantity: quantity,
        quantities=tuple(sign * Decimal(size) for size in (1, 3, 250)),
        wrong=("many", Decimal("1.5") * sign, Decimal(0), -sign * Decimal(4)),
        beyond=((sign * (_LIMIT - 1), sign * Decimal(250)),),
    )


PRODUCTS = Resource(
    name="products",
    tag="name",
    fields=(
        Field("name", text(255), "/name", required=True, wrong=("", "x" * 256, 7, ["a"])),
        Field("item_code", text(100), "/item_code", clearable=True, wrong=("x" * 101, 5)),
        Field("notes", text(600), "/notes", clearable=True, wrong=({"a": 1},)),
        Field("serial_number", text(255), "/serial_number", clearable=True, wrong=("x" * 256,)),
        Field(
            "cost_price",
            decimal("0", "3999"),
            "/cost_price",
            clearable=True,
            wrong=("4000000000", "-0.01", "abc", 4_000_000_000, -1),
            kept=((8, "8"), (Decimal("8.5"), "8.5")),
        ),
        Field(
            "price",
            decimal("0", "5000", sent_as=Decimal),
            needs=("price_includes_tax",),
            wrong=("abc", True),
        ),
        Field("price_includes_tax", flag(), wrong=("maybe",)),
        Field("tax_id", identifier(), source=Source("listTaxes", "/taxes"), wrong=("abc", 1.5)),
        Field(
            "product_supplier_name",
            text(120),
            "/product_supplier_name",
            clearable=True,
            makes=True,
        ),
        Field(
            "stock_level",
            whole(-50, 5000),
            "/stock_level",
            wrong=(_LIMIT, -_LIMIT, "many", str(_LIMIT)),
            kept=(("10", 10),),
        ),
    ),
    create=Create("createProduct"),
    reads=(Read("getProduct"),),
    lists=(
        listing(
            "listProducts",
            "products",
            *NAMES,
            *ARCHIVE,
            BOTH,
            tax_filter(),
            sorts=(by_number("stock_level"), by_number("cost_price", descending=True)),
        ),
    ),
    updates=(Update("updateProduct"), Update("replaceProduct")),
    removals=tuple(
        Removal(
            operation,
            effect="archives",
            mark="/archived_at",
            marked=lambda at: at is not None,
            reveal=EVERYTHING,
            reveal_read=EVERYTHING,
        )
        for operation in ("archiveProduct", "deleteProduct")
    ),
    moves=(
        _adjustment("Stock Purchase", 1),
        _adjustment("Returned", 1),
        _adjustment("Item Sold", -1),
        _adjustment("Damaged", -1),
    ),
    history=listing("listStockAdjustments", "stock_adjustments"),
    stock="/stock_level",
    created="/created_at",
    updated="/updated_at",
    relations=(
        Relation("prices with tax", prices_with_tax),
        Relation("links", links_of_product),
        Relation("the supplier's name", supplier_is_named, asks=("getProductSupplier",)),
    ),
    outcomes=(
        Outcome("the price as sent", ("price", "price_includes_tax"), price_as_sent),
        Outcome("the supplier", ("product_supplier_name",), supplier_agrees),
        Outcome("the tax", ("tax_id",), tax_agrees),
    ),
)


TAXES = Resource(
    name="taxes",
    tag="name",
    fields=(
        Field("name", text(255), "/name", required=True, wrong=("", ["a"])),
        Field(
            "rate",
            decimal("0", "100"),
            "/rate",
            required=True,
            wrong=("4000000000", "-0.01", "abc", None),
            kept=((8, "8"),),
        ),
    ),
    create=Create("createTax"),
    reads=(Read("getTax"),),
    lists=(listing("listTaxes", "taxes"),),
    updates=(Update("updateTax"), Update("replaceTax")),
    removals=(Removal("deleteTax", effect="deletes"),),
    created="/created_at",
    updated="/updated_at",
    relations=(Relation("links", its_own_links), Relation("the older name", amount_is_the_rate)),
)
SUPPLIERS = Resource(
    name="product_suppliers",
    tag="name",
    fields=(Field("name", text(255), "/name", required=True, wrong=("", ["a"])),),
    create=Create("createProductSupplier"),
    reads=(Read("getProductSupplier"),),
    lists=(listing("listProductSuppliers", "product_suppliers", *NAMES),),
    updates=(Update("updateProductSupplier"),),
    # Nobody says what shows an archived supplier; here it can be read alone.
    removals=tuple(
        Removal(operation, effect="archives", reads="shown")
        for operation in ("archiveProductSupplier", "deleteProductSupplier")
    ),
    created="/created_at",
    updated="/updated_at",
    relations=(Relation("links", its_own_links),),
)
USERS = Resource(
    name="users",
    reads=(Read("getUser"),),
    lists=(listing("listUsers", "users"),),
    created="/created_at",
    updated="/updated_at",
    relations=(Relation("links", its_own_links),),
)


def _any_product(random: Random, records: Sequence[Json]) -> str | None:
    return _product_of(random.choice(records)) if records else None


def _product_of(adjustment: Json) -> str:
    return str(adjustment["product"]["links"]["self"]).rstrip("/").rpartition("/")[2]


_ADDING = Kind("type", choice("Stock Purchase", "Returned", "Other").draw, text().meaning)
ADJUSTMENTS = Resource(
    name="stock_adjustments",
    tag="notes",
    fields=(
        Field("notes", text(200), "/notes"),
        Field(
            "product_id",
            identifier(),
            required=True,
            source=Source("listProducts", "/products"),
            wrong=("abc", "999999999999"),
        ),
        Field(
            "quantity",
            whole(1, 50),
            "/quantity",
            required=True,
            wrong=("many", 0, "1.5"),
            kept=(("3", 3),),
        ),
        Field(
            "adjustment_type",
            _ADDING,
            "/adjustment_type",
            required=True,
            wrong=("Lost", "Item Sold"),
        ),
    ),
    create=Create("createStockAdjustment"),
    reads=(Read("getStockAdjustment"),),
    lists=(
        listing(
            "listStockAdjustments",
            "stock_adjustments",
            *ARCHIVE,
            Filter(
                "product_id:=",
                _any_product,
                lambda product: (("q[]", f"product_id:={product}"),),
                lambda record, product: _product_of(record) == product,
            ),
            sorts=(by_number("quantity"),),
        ),
    ),
    created="/created_at",
    updated="/updated_at",
    relations=(
        Relation("links", its_own_links),
        Relation("its user", user_can_be_read, asks=("getUser",)),
        Relation("the older name", comment_is_the_notes),
    ),
    outcomes=(
        Outcome(
            "the product",
            ("product_id",),
            lambda sent, record: (
                None
                if _product_of(record) == sent["product_id"]
                else f"it is one of product {_product_of(record)}, not {sent['product_id']}"
            ),
        ),
    ),
)
LIFECYCLE = Lifecycle(
    resources=(PRODUCTS, TAXES, SUPPLIERS, ADJUSTMENTS, USERS),
    unreached={"getAuthenticatedUser": "it shows the caller, who has no identifier to ask for"},
)
