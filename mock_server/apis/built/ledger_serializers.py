"""How Built shows sales, purchases, adjustments and accounts.

Source: the samples of built.txt, key for key and type for type. An adjustment's figures are
strings in the answer to it and numbers in the history.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from mock_server.apis.built.indexes import booked_to_accounts, business_of
from mock_server.apis.built.models import (
    ACCOUNTS,
    ADJUSTMENTS,
    Account,
    Adjustment,
    Item,
    Purchase,
    Sale,
)
from mock_server.apis.built.serializers import listed_item, moment_text
from mock_server.apis.built.values import ZERO, bare, multiply, plain, subtract
from mock_server.engine.context import Context


@lru_cache(maxsize=8192)
def database_text(moment: datetime) -> str:
    """Return a moment as `2024-11-12 08:08:05`."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def sale(record: Sale, context: Context) -> dict[str, Any]:
    """Return a line of an invoice; `fx_amount` is the amount times the rate."""
    amount = bare(multiply(record.quantity, record.unit_price))
    return {
        "id": record.id,
        "invoice_id": record.invoice_id,
        "product_id": record.item_id,
        "tax_id": 0,
        "quantity": record.quantity,
        "unit_price": record.unit_price,
        "realunit_price": bare(multiply(record.quantity, record.unit_cost)),
        "amount": amount,
        "tax_amount": 0,
        "description": record.description,
        "created_at": None,
        "updated_at": None,
        "deleted_at": None,
        "discount_amount": 0,
        "amount_due": amount,
        "discount_percent": 0,
        "issue_date": record.issue_date.isoformat(),
        "document_number": record.document_number,
        "rate": record.rate,
        "fx_amount": bare(multiply(amount, record.rate)),
        "base_currency": business_of(context).currency,
        "fx_currency": record.currency,
        "document_id": record.document_id,
        "route": "/invoices/",
    }


def purchase(record: Purchase, item: Item, context: Context) -> dict[str, Any]:
    """Return a line of a bill."""
    currency = business_of(context).currency
    amount = bare(multiply(record.quantity, record.unit_price))
    return {
        "id": record.id,
        "bill_id": record.bill_id,
        "product_id": record.item_id,
        "quantity": record.quantity,
        "unit_price": record.unit_price,
        "amount": amount,
        "tax_amount": 0,
        "supplier_tax": 0,
        "description": "",
        "created_at": database_text(record.created_at),
        "updated_at": database_text(record.created_at),
        "name": item.name,
        "purchase_accountID": item.purchase_account_id,
        "issue_date": record.issue_date.isoformat(),
        "document_number": record.document_number,
        "fx_amount": amount,
        "fx_currency": currency,
        "base_currency": currency,
        "document_id": record.document_id,
        "route": "/expenses/bills/",
    }


def stock_record(record: Adjustment, item: Item, context: Context) -> dict[str, Any]:
    """Return a row of the stock history."""
    account = context.state.get(ACCOUNTS, record.account_id)
    if account is None:
        raise LookupError(f"adjustment {record.id} is booked to no account")
    return {
        "id": record.id,
        "business_id": business_of(context).id,
        "type": record.type,
        "item_id": record.item_id,
        "quantity": record.quantity,
        "amount": record.amount,
        "unit_price": record.unit_price,
        "account_id": record.account_id,
        "date": record.date.isoformat(),
        "deleted_at": None,
        "created_at": moment_text(record.created_at),
        "updated_at": moment_text(record.created_at),
        "note": record.note,
        "item": listed_item(item, context),
        "raw_materials": [
            {
                "id": used.item_id,
                "name": used.name,
                "usedQuantity": used.quantity,
                "unit_cost": used.unit_cost,
                "inventory_accountID": used.inventory_account_id,
            }
            for used in record.materials
        ],
        "adjustment_account": ledger_account(account, context),
    }


def ledger_account(record: Account, context: Context) -> dict[str, Any]:
    """Return an account with what adjustments booked to it."""
    business = business_of(context)
    booked = context.state.derive(ADJUSTMENTS, booked_to_accounts)
    debit, credit = booked.get(record.id, (ZERO, ZERO))
    balance = bare(subtract(debit, credit))
    return {
        "id": record.id,
        "account_name": record.account_name,
        "type_id": record.type_id,
        "subtype_id": record.subtype_id,
        "code": "N/A",
        "description": None,
        "user_id": business.user_id,
        "business_id": business.id,
        "holder_id": 0,
        "created_at": moment_text(record.created_at),
        "updated_at": moment_text(record.created_at),
        "currency": business.currency,
        "archived": False,
        "live_account_id": None,
        "live_balance": "0",
        "live_bank_account_data": None,
        "total_debit": bare(debit),
        "total_credit": bare(credit),
        "fx_balance": balance,
        "balance": balance,
    }


def booked_adjustment(record: Adjustment, context: Context) -> dict[str, Any]:
    """Return the answer to an adjustment: its figures are strings, the item's number is not."""
    return {
        "business_id": business_of(context).id,
        "type": record.type,
        "item_id": record.item_id,
        "quantity": plain(record.quantity),
        "amount": plain(record.amount),
        "unit_price": plain(record.unit_price),
        "account_id": str(record.account_id),
        "date": record.date.isoformat(),
        "note": record.note,
        "created_at": moment_text(record.created_at),
        "updated_at": moment_text(record.created_at),
        "id": record.id,
    }
