"""The inventory part of an item, as it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


#: What counts towards the quantity available, and which way (inferred): what is promised, or goes
#: back to a supplier, can't be sold; what is ordered or comes back can.
_COUNTS: Mapping[str, Callable[[Stock], Decimal]] = {
    "QUANTITY_ON_HAND": lambda stock: stock.on_hand,
    "QUANTITY_PROMISED": lambda stock: -stock.promised,
    "QUANTITY_ON_ORDER": lambda stock: stock.on_order,
    "QUANTITY_ON_RETURN": lambda stock: stock.on_return,
    "QUANTITY_ON_PURCHASE_RETURN": lambda stock: -stock.on_purchase_return,
}
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
    """The inventory settings of an item, and its stock in each linked warehouse.

    `low_stock_threshold`, `reordering_threshold` and `preferred_supplier` are those for all
    warehouses together.
    """

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
    low_stock_threshold: Decimal | None = None
    reordering_threshold: Decimal | None = None
    preferred_supplier: str = ""
    required_for_sale: str = ""

    def available(self, stock: Stock) -> Decimal:
        """Return what of a stock is available by the item's determination; never below zero.

        Source: exsited.txt, Configure Item Inventory, "Parameters considered to determine
        available quantity for sale"; how each of them counts is inferred.
        """
        return max(sum((_COUNTS[each](stock) for each in self.determinants), _NOTHING), _NOTHING)

    def stock_in(self, warehouse: str) -> Stock | None:
        """Return the stock in a warehouse, or None if the item has no link to it."""
        return next((each for each in self.stock if each.warehouse == warehouse), None)
