"""The lives of Cliniko's records, for the contract suite (cliniko.txt; facts, section 1)."""

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
    its_own_links,
    links_of_product,
    price_as_sent,
    prices_with_tax,
    supplier_agrees,
    supplier_is_named,
    tax_agrees,
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
            wrong=("4000000000", "-0.01", "abc"),
        ),
        Field(
            "price",
            decimal("0", "5000", sent_as=Decimal),
            needs=("price_includes_tax",),
            wrong=("abc", True),
        ),
        Field("price_includes_tax", flag(), wrong=("maybe",)),
        Field("tax_id", identifier(), source=Source("listTaxes", "/taxes"), wrong=("abc",)),
        Field("product_supplier_name", text(120), "/product_supplier_name", clearable=True),
        Field(
            "stock_level",
            whole(-50, 5000),
            "/stock_level",
            wrong=(_LIMIT, -_LIMIT, "many"),
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


def _neighbour(name: str, one: str, many: str, *filters: Filter) -> Resource:
    """A kind of record that products link to, and that can be read alone."""
    return Resource(
        name=name,
        reads=(Read(one),),
        lists=(listing(many, name, *filters),),
        created="/created_at",
        updated="/updated_at",
        relations=(Relation("links", its_own_links),),
    )


TAXES = _neighbour("taxes", "getTax", "listTaxes", *NAMES)
SUPPLIERS = _neighbour("product_suppliers", "getProductSupplier", "listProductSuppliers", *NAMES)


def _any_product(random: Random, records: Sequence[Json]) -> str | None:
    return _product_of(random.choice(records)) if records else None


def _product_of(adjustment: Json) -> str:
    return str(adjustment["product"]["links"]["self"]).rstrip("/").rpartition("/")[2]


_ADDING = Kind("type", choice("Stock Purchase", "Returned", "Other").draw, text().meaning)
ADJUSTMENTS = Resource(
    name="stock_adjustments",
    tag="comment",
    fields=(
        Field("comment", text(200), "/comment"),
        Field(
            "product_id",
            identifier(),
            required=True,
            source=Source("listProducts", "/products"),
            wrong=("abc", "999999999999"),
        ),
        Field("quantity", whole(1, 50), "/quantity", required=True, wrong=("many", 0)),
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
    relations=(Relation("links", its_own_links),),
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
LIFECYCLE = Lifecycle(resources=(PRODUCTS, TAXES, SUPPLIERS, ADJUSTMENTS))
