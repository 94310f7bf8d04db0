"""The inventory part of an item, as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Batch:
    """Stock that came in together; `expiry_date` is an ISO date or empty."""

    number: str
    expiry_date: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Stock:
    """What of an item is in one warehouse; `warehouse` is the warehouse's name."""

    warehouse: str
    on_hand: Decimal = _NOTHING
    available: Decimal = _NOTHING
    promised: Decimal = _NOTHING
    on_order: Decimal = _NOTHING
    on_return: Decimal = _NOTHING
    on_purchase_return: Decimal = _NOTHING
    accounting_code: str = ""
    serial_numbers: tuple[str, ...] = ()
    batches: tuple[Batch, ...] = ()


@dataclass(frozen=True, slots=True)
class LowStockThreshold:
    """The stock below which a warehouse is reported."""

    warehouse: str
    limit: Decimal | None


@dataclass(frozen=True, slots=True)
class ReorderingThreshold:
    """The stock below which a warehouse is refilled, and from whom."""

    warehouse: str
    limit: Decimal | None = None
    use_last_purchase_price: bool = False
    preferred_supplier: str = ""


@dataclass(frozen=True, slots=True)
class PreorderPeriod:
    """A period that can be ordered for ahead; the dates are ISO dates or empty."""

    name: str
    start_date: str
    end_date: str


#: What counts towards the quantity available, unless an item says otherwise: the document's
#: sample of the inventory's configuration.
ALL_DETERMINANTS = (
    "QUANTITY_ON_HAND",
    "QUANTITY_PROMISED",
    "QUANTITY_ON_ORDER",
    "QUANTITY_ON_RETURN",
    "QUANTITY_ON_PURCHASE_RETURN",
)


@dataclass(frozen=True, slots=True)
class Inventory:
    """The inventory settings of an item, and its stock in each linked warehouse."""

    enabled: bool = False
    warehouse_management: bool = False
    default_warehouse: str = ""
    stock: tuple[Stock, ...] = ()
    determinants: tuple[str, ...] = ALL_DETERMINANTS
    available_for_sale: str = "QTY_AVAILABLE"
    low_stock_notification: bool = False
    low_stock_based_on: str = ""
    low_stock_thresholds: tuple[LowStockThreshold, ...] = ()
    reordering: bool = False
    reordering_based_on: str = ""
    reordering_thresholds: tuple[ReorderingThreshold, ...] = ()
    preordering: bool = False
    preorder_period: str = ""
    preorder_periods: tuple[PreorderPeriod, ...] = ()
    use_last_purchase_price: bool = False
    serialization: bool = False
    batch_tracking: bool = False
    atp_for_webhook: bool = False
    costing: bool = False

    def stock_in(self, warehouse: str) -> Stock | None:
        """Return the stock in a warehouse, or None if the item has no link to it."""
        return next((each for each in self.stock if each.warehouse == warehouse), None)
