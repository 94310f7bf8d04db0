"""Exsited's records, as they are kept; serializers say how they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from mock_server.apis.exsited.inventory_models import Inventory
from mock_server.state.store import Table


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A place where stock lies; items refer to it by name."""

    uuid: str
    name: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency of the organisation; items refer to it by name, its ISO code."""

    uuid: str
    name: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class TaxCode:
    """A tax; `rate` is a percentage."""

    uuid: str
    code: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class AccountingCode:
    """A ledger account; `type` is REVENUE, EXPENSE or ASSET."""

    uuid: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Supplier:
    """Somebody that items are bought from; the default one is taken where none is named."""

    id: str
    name: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A code of an item, such as its UPC."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Uom:
    """A unit that an item is measured in; its rates, if set, convert it to the base unit."""

    name: str
    used_for_sale: bool = False
    used_for_purchase: bool = False
    base: bool = False
    sale_rate: Decimal | None = None
    purchase_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ItemCurrency:
    """What an item uses a currency for; at most one is the default for each use."""

    name: str
    used_for_sale: bool = False
    default_for_sale: bool = False
    used_for_purchase: bool = False
    default_for_purchase: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """One entry of a pricing module; without `amount` there is none yet."""

    amount: Decimal | None
    currency: str
    kind: str = "PRICE"


@dataclass(frozen=True, slots=True)
class Pricing:
    """How a price is made up; `version` counts its changes from 1."""

    type: str = "PER_UNIT_PRICING"
    version: int = 1
    module: tuple[Price, ...] = ()


@dataclass(frozen=True, slots=True)
class Sale:
    """The sale part of an item.

    `tax_code` is a tax code's uuid; the dates are ISO dates; empty strings and None mean "not set".
    The special price is kept while it does not apply, and then not shown.
    """

    enabled: bool = False
    invoice_note: str = ""
    accounting_code: str = ""
    default_price: Decimal | None = None
    tax_exempt: bool = False
    pricing_method: str = "STANDARD"
    includes_tax: bool = False
    tax_based_on: str = ""
    tax_code: str = ""
    charge_type: str = "ONE_OFF"
    pricing: Pricing = Pricing()
    special_price_applies: bool = False
    special_price_variant: str = ""
    special_price: Decimal | None = None
    start_date: str = ""
    end_date: str = ""


@dataclass(frozen=True, slots=True)
class SupplierLink:
    """How an item is bought from one supplier; `currency` is a currency's name."""

    id: str
    name: str = ""
    rate_option: str = ""
    accounting_code: str = ""
    order_note: str = ""
    currency: str = ""
    default_price: Decimal | None = None
    tax_exempt: bool = False
    includes_tax: bool = False
    tax_code: str = ""
    pricing: Pricing = Pricing()


@dataclass(frozen=True, slots=True)
class Purchase:
    """The purchase part of an item.

    `terms` are those of an item that is bought without supplier management; None until they are
    set. `properties` are names and values, in place of the usual ones if there are any.
    """

    enabled: bool = False
    supplier_management: bool = False
    suppliers: tuple[SupplierLink, ...] = ()
    terms: SupplierLink | None = None
    properties: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Kpis:
    """What was earned with an item; revenue is what was collected and what is outstanding."""

    total_orders: int = 0
    active_orders: int = 0
    collected: Decimal = Decimal(0)
    outstanding: Decimal = Decimal(0)
    overdue: Decimal = Decimal(0)


_NO_INVENTORY = Inventory()


@dataclass(frozen=True, slots=True)
class Item:
    """An item; `version` counts its changes from 1."""

    id: str
    uuid: str
    name: str
    created_by: str
    created_on: datetime
    type: str = "STANDARD"
    status: str = "ACTIVE"
    display_name: str = ""
    description: str = ""
    base_uom: str = "UNIT"
    origin: str = ""
    invoice_note: str = ""
    manager: str = ""
    last_updated_by: str = ""
    last_updated_on: datetime | None = None
    version: int = 1
    codes: tuple[Code, ...] = ()
    uoms: tuple[Uom, ...] = ()
    currencies: tuple[ItemCurrency, ...] = ()
    sale: Sale = Sale()
    purchase: Purchase = Purchase()
    inventory: Inventory = _NO_INVENTORY
    kpis: Kpis = Kpis()


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A file of a note, with its bytes as they were sent."""

    uuid: str
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note on an item; `number` gives the order in which notes were written."""

    number: int
    uuid: str
    item_id: str
    content: str
    created_by: str
    created_on: datetime
    files: tuple[NoteFile, ...] = ()


WAREHOUSES = Table("exsited.warehouses", Warehouse, key=lambda record: record.name)
CURRENCIES = Table("exsited.currencies", Currency, key=lambda record: record.name)
TAX_CODES = Table("exsited.tax_codes", TaxCode, key=lambda record: record.uuid)
ACCOUNTING_CODES = Table("exsited.accounting_codes", AccountingCode, key=lambda record: record.name)
ITEMS = Table(
    "exsited.items",
    Item,
    references={
        "currencies.name": CURRENCIES.name,
        "sale.accounting_code": ACCOUNTING_CODES.name,
        "sale.tax_code": TAX_CODES.name,
        "purchase.suppliers.tax_code": TAX_CODES.name,
        "purchase.terms.tax_code": TAX_CODES.name,
        "inventory.default_warehouse": WAREHOUSES.name,
        "inventory.stock.warehouse": WAREHOUSES.name,
        "inventory.low_stock_thresholds.warehouse": WAREHOUSES.name,
        "inventory.reordering_thresholds.warehouse": WAREHOUSES.name,
    },
)
NOTES = Table(
    "exsited.notes", Note, key=lambda note: note.number, references={"item_id": ITEMS.name}
)
SUPPLIERS = Table("exsited.suppliers", Supplier)
