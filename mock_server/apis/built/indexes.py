"""What is looked up in Built's records, derived once for each state of a collection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from mock_server.apis.built.models import BUSINESSES, Adjustment, Business, Item, Purchase, Sale
from mock_server.apis.built.values import ZERO, add
from mock_server.engine.context import Context

R = TypeVar("R", Adjustment, Sale, Purchase)
#: How many items one import may have (facts, section 4, documented).
LARGEST_IMPORT = 200


def business_of(context: Context) -> Business:
    """Return the business of the sandbox."""
    return context.state.all(BUSINESSES)[0]


def by_name(items: tuple[Item, ...]) -> Sequence[Item]:
    """Return the items in the order of the lists: by name, then by number.

    Source: built.txt, whose lists begin with `100 x 80 Altar Candle` (inferred from it).
    """
    return sorted(items, key=lambda item: (item.name.casefold(), item.id))


def names(items: tuple[Item, ...]) -> frozenset[str]:
    """Return every name in use, as `name_key` has it."""
    return frozenset(name_key(item.name) for item in items)


def name_key(name: str) -> str:
    """Return what two equal names share: upper and lower case are the same (inferred)."""
    return name.casefold()


def tracked(items: tuple[Item, ...]) -> Sequence[Item]:
    """Return the items whose stock is tracked."""
    return [item for item in by_name(items) if item.track_inventory]


def sellable(items: tuple[Item, ...]) -> Sequence[Item]:
    """Return what invoices and the counter offer: items for sale that are not archived."""
    return [item for item in by_name(items) if item.retail_item and not item.archived]


def buyable(items: tuple[Item, ...]) -> Sequence[Item]:
    """Return what bills offer: items that are bought and not archived."""
    return [item for item in by_name(items) if item.buying_item and not item.archived]


def sellable_by_category(items: tuple[Item, ...]) -> Mapping[int, Sequence[Item]]:
    """Return what the counter offers by category, in the order of the numbers.

    Source: built.txt, whose category begins with the oldest item (inferred from it).
    """
    found: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        if item.retail_item and not item.archived:
            found[item.category_id].append(item)
    return found


def adjustments_by_item(records: tuple[Adjustment, ...]) -> Mapping[int, Sequence[Adjustment]]:
    """Return each item's adjustments, the newest first (inferred)."""
    return _by_item(tuple(reversed(records)), lambda record: record.item_id)


def sales_by_item(records: tuple[Sale, ...]) -> Mapping[int, Sequence[Sale]]:
    """Return each item's sales, the oldest first."""
    return _by_item(records, lambda record: record.item_id)


def purchases_by_item(records: tuple[Purchase, ...]) -> Mapping[int, Sequence[Purchase]]:
    """Return each item's purchases, the oldest first."""
    return _by_item(records, lambda record: record.item_id)


def booked_to_accounts(
    records: tuple[Adjustment, ...],
) -> Mapping[int, tuple[Decimal, Decimal]]:
    """Return what adjustments booked to each account: debit, credit.

    A decrease is a debit of the account and an increase a credit, each the other side of the
    item's own. Source: built.txt (stock history, adjustment_account of a decrease).
    """
    booked: dict[int, tuple[Decimal, Decimal]] = {}
    for record in records:
        debit, credit = booked.get(record.account_id, (ZERO, ZERO))
        if record.type == "decrease":
            debit = add(debit, record.amount)
        else:
            credit = add(credit, record.amount)
        booked[record.account_id] = debit, credit
    return booked


def _by_item(records: Sequence[R], key: Callable[[R], int]) -> Mapping[int, Sequence[R]]:
    found: dict[int, list[R]] = defaultdict(list)
    for record in records:
        found[key(record)].append(record)
    return found
