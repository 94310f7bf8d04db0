"""Built's records, as they are kept; serializers say how they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from mock_server.apis.built.values import ZERO
from mock_server.state.store import Table


@dataclass(frozen=True, slots=True)
class Business:
    """The business whose key was presented; the accounts are those used when none is named."""

    id: int
    user_id: int
    name: str
    currency: str
    sales_account_id: int
    purchase_account_id: int
    inventory_account_id: int
    category_id: int


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the ledger; what was booked to it follows from the adjustments."""

    id: int
    account_name: str
    type_id: int
    subtype_id: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Category:
    """A category of items."""

    id: int
    name: str
    description: str
    created_at: datetime
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A product, service or fixed asset.

    `type` is the kind in the spelling that it was sent with. `opening` is the stock that was set
    by hand (on creation, by update); all other stock came and went by adjustments, productions,
    sales and purchases. `debit` and `credit` add up what these were worth.
    """

    id: int
    name: str
    type: str
    unit_price: Decimal
    category_id: int
    purchase_account_id: int
    created_at: datetime
    updated_at: datetime
    description: str = ""
    code: str | None = None
    photo: str | None = None
    selling_price: Decimal = ZERO
    quantity: Decimal = ZERO
    opening: Decimal = ZERO
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    track_inventory: bool = False
    inventory_account_id: int | None = None
    account_id: int | None = None
    taxed: bool = False
    tax_id: int | None = None
    retail_item: bool = True
    buying_item: bool = True
    quantity_limit: Decimal = Decimal(1)
    discount_amount: Decimal = ZERO
    discount_percent: Decimal = ZERO
    archived: bool = False

    @property
    def kind(self) -> str:
        """`product`, `service` or `fixed asset`."""
        return self.type.lower()


@dataclass(frozen=True, slots=True)
class UsedMaterial:
    """What a production took from one item; `unit_cost` is what one was worth in it."""

    item_id: int
    name: str
    quantity: Decimal
    unit_cost: Decimal
    inventory_account_id: int


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One change of an item's stock, and what it was worth.

    `origin` tells an adjustment by hand from what a production made (`production`, which names
    its materials) and from what it used (`material`).
    """

    id: int
    item_id: int
    type: Literal["increase", "decrease"]
    origin: Literal["advanced", "production", "material"]
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    account_id: int
    date: date
    note: str
    created_at: datetime
    materials: tuple[UsedMaterial, ...] = ()


@dataclass(frozen=True, slots=True)
class Sale:
    """A line of an invoice; `unit_cost` is what one cost the business."""

    id: int
    item_id: int
    invoice_id: int
    document_number: str
    document_id: int
    issue_date: date
    quantity: Decimal
    unit_price: Decimal
    unit_cost: Decimal
    description: str
    currency: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Purchase:
    """A line of a bill."""

    id: int
    item_id: int
    bill_id: int
    document_number: str
    document_id: int
    issue_date: date
    quantity: Decimal
    unit_price: Decimal
    created_at: datetime


ACCOUNTS = Table("built.accounts", Account)
CATEGORIES = Table("built.categories", Category)
BUSINESSES = Table(
    "built.businesses",
    Business,
    references={
        "sales_account_id": ACCOUNTS.name,
        "purchase_account_id": ACCOUNTS.name,
        "inventory_account_id": ACCOUNTS.name,
        "category_id": CATEGORIES.name,
    },
)
ITEMS = Table(
    "built.items",
    Item,
    references={
        "category_id": CATEGORIES.name,
        "account_id": ACCOUNTS.name,
        "purchase_account_id": ACCOUNTS.name,
        "inventory_account_id": ACCOUNTS.name,
    },
)
#: An item that was removed may have left adjustments behind; one that was sold or bought stays.
ADJUSTMENTS = Table("built.adjustments", Adjustment, references={"account_id": ACCOUNTS.name})
SALES = Table("built.sales", Sale, references={"item_id": ITEMS.name})
PURCHASES = Table("built.purchases", Purchase, references={"item_id": ITEMS.name})
