"""How Built shows its records: the same item has four faces, one for each kind of operation.

Source: the samples of built.txt, key for key and type for type. Balances are strings in lists and
numbers in a saved item; `unit_price` is a string in both and a number where an item is archived
or imported.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from mock_server.apis.built.indexes import business_of
from mock_server.apis.built.models import CATEGORIES, Category, Item
from mock_server.apis.built.values import (
    ZERO,
    balance_text,
    bare,
    money_text,
    price_text,
    raw_balance_text,
    subtract,
)
from mock_server.engine.context import Context

PLACEHOLDER = "https://built-storage.ams3.cdn.digitaloceanspaces.com/Built/photo_placeholder.jpg"
#: What the column of an item without a picture holds; only archiving shows it.
_NO_PHOTO = "/img/item_photo.png"
_ONE = Decimal(1)


@lru_cache(maxsize=8192)
def moment_text(moment: datetime) -> str:
    """Return a moment as `2024-11-08T11:34:35.000000Z`; fractions of seconds are not kept."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def _columns(item: Item, context: Context) -> dict[str, Any]:
    """What all faces share, in their common order."""
    business = business_of(context)
    return {
        "id": item.id,
        "name": item.name,
        "user_id": business.user_id,
        "business_id": business.id,
        "purchase_accountID": item.purchase_account_id,
        "description": item.description,
        "track_inventory": item.track_inventory,
        "type": item.type,
        "taxed": item.taxed,
        "tax_id": item.tax_id,
        "retail_item": int(item.retail_item),
        "buying_item": int(item.buying_item),
        "quantity": item.quantity,
        "account_id": item.account_id,
        "unit_price": price_text(item.unit_price),
        "created_at": moment_text(item.created_at),
        "updated_at": moment_text(item.updated_at),
        "code": item.code,
        "selling_price": item.selling_price,
        "category_id": item.category_id,
        "photo": item.photo or PLACEHOLDER,
        "inventory_accountID": item.inventory_account_id or 0,
        "deleted_at": None,
        "quantity_limit": item.quantity_limit,
        "discount_amount": item.discount_amount,
        "discount_percent": item.discount_percent,
        "archived": item.archived,
    }


def _computed(item: Item, context: Context) -> dict[str, Any]:
    category = context.state.get(CATEGORIES, item.category_id)
    return {
        "category": category.name if category else "",
        "product_id": item.id,
        "applied_taxes": [],
        "unit_cost": item.unit_price,
        "net_amount": item.selling_price,
        "inventory_records": [],
    }


def _ledger(item: Item) -> tuple[Decimal, Decimal, Decimal]:
    """Balance, debit and credit of the item's inventory account; nothing where it has none."""
    if not item.track_inventory:
        return ZERO, ZERO, ZERO
    return bare(subtract(item.debit, item.credit)), bare(item.debit), bare(item.credit)


def listed_item(item: Item, context: Context) -> dict[str, Any]:
    """Return an item as lists, details, history and raw materials show it."""
    balance, debit, credit = _ledger(item)
    return {
        **_columns(item, context),
        **_computed(item, context),
        "rawUnit_price": item.unit_price,
        "real_unitPrice": item.unit_price,
        "display_unitPrice": item.unit_price,
        "invoice_amount": 0,
        "unformated_balance": raw_balance_text(balance),
        "balance": balance_text(balance),
        "total_debit": money_text(debit),
        "total_credit": money_text(credit),
        "used": False,
    }


def saved_item(item: Item, context: Context) -> dict[str, Any]:
    """Return an item as create, update and the categories of the counter show it."""
    balance, debit, credit = _ledger(item)
    return {
        **_columns(item, context),
        **_computed(item, context),
        "balance": balance,
        "total_debit": debit,
        "total_credit": credit,
        "rawUnit_price": item.unit_price,
        "display_unitPrice": item.unit_price,
        "invoice_quantity": _ONE,
        "invoice_amount": item.unit_price,
        "used": False,
    }


def archived_item(item: Item, context: Context) -> dict[str, Any]:
    """Return an item as archiving shows it: its columns, as the database has them."""
    return {
        **_columns(item, context),
        "taxed": int(item.taxed),
        "unit_price": item.unit_price,
        "photo": item.photo or _NO_PHOTO,
        "inventory_accountID": item.inventory_account_id,
    }


def imported_item(item: Item, context: Context) -> dict[str, Any]:
    """Return an item as the bulk import shows it."""
    business = business_of(context)
    return {
        "name": item.name,
        "description": item.description,
        "business_id": business.id,
        "user_id": business.user_id,
        "account_id": item.account_id,
        "quantity": item.quantity,
        "track_inventory": item.track_inventory,
        "purchase_accountID": item.purchase_account_id,
        "inventory_accountID": item.inventory_account_id,
        "buying_item": item.buying_item,
        "retail_item": item.retail_item,
        "selling_price": item.selling_price,
        "unit_price": item.unit_price,
        "taxed": int(item.taxed),
        "code": item.code,
        "category_id": item.category_id,
        "photo": item.photo or PLACEHOLDER,
        "created_at": moment_text(item.created_at),
        "updated_at": moment_text(item.updated_at),
        "id": item.id,
    }


def category(record: Category, items: list[dict[str, Any]], context: Context) -> dict[str, Any]:
    """Return a category of the counter with the items in it."""
    business = business_of(context)
    return {
        "id": record.id,
        "user_id": business.user_id,
        "business_id": business.id,
        "name": record.name,
        "description": record.description,
        "created_at": moment_text(record.created_at),
        "updated_at": moment_text(record.created_at),
        "archived": record.archived,
        "item_count": len(items),
        "items": items,
    }
