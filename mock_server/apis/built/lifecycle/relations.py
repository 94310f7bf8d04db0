"""What must agree in Built's answers, for the contract suite.

Sources: the samples of built.txt, in which all of this holds, where not said otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from mock_server.lifecycle.model import Json, Look, Outcome, Relation
from mock_server.lifecycle.pointers import find
from mock_server.lifecycle.values import number

_CENT = Decimal("0.01")
_TRANSACTIONS = ("listItemTransactions", "getItem")
_MATERIALS = ("listRawMaterials", "getItem")
#: Balances come with one decimal in lists.
_BALANCE_ERROR = Decimal("0.05")
#: What the document's import does not name, as its next sample shows it of the imported item.
_NOT_IMPORTED = {
    "quantity_limit": 1,
    "discount_amount": 0,
    "discount_percent": 0,
    "taxed": False,
    "tax_id": None,
    "archived": False,
    "deleted_at": None,
}


def same_price(item: Json, _: Look) -> str | None:
    """Say which of an item's spellings of its cost is another one than `unit_price`."""
    price = number(item["unit_price"])
    for name in ("unit_cost", "rawUnit_price", "real_unitPrice", "display_unitPrice"):
        if name in item and number(item[name]).quantize(_CENT) != price.quantize(_CENT):
            return f"{name} is {item[name]} and unit_price {item['unit_price']}"
    return None


def net_of_nothing(item: Json, _: Look) -> str | None:
    """Say if the net amount is not the selling price although nothing is taken off or added."""
    if item["taxed"] or number(item["discount_amount"]) or number(item["discount_percent"]):
        return None
    if number(item["net_amount"]) == number(item["selling_price"]):
        return None
    return f"net_amount is {item['net_amount']} and selling_price {item['selling_price']}"


def same_item(item: Json, _: Look) -> str | None:
    """Say if an item's second number is another one, or if it tells that it is deleted."""
    if item["product_id"] != item["id"]:
        return f"product_id is {item['product_id']} and id {item['id']}"
    if item["deleted_at"] is not None:
        return f"deleted_at is {item['deleted_at']}"
    return None


def balance_of_ledger(shown: Json, _: Look) -> str | None:
    """Say if a balance is not what was booked in less what was booked out."""
    balance = number(shown["balance"], ",")
    difference = number(shown["total_debit"], ",") - number(shown["total_credit"], ",")
    if abs(difference - balance) > (_BALANCE_ERROR if isinstance(shown["balance"], str) else 0):
        return f"balance is {shown['balance']} and debit less credit {difference}"
    bare = shown.get("unformated_balance")
    if bare is not None and number(bare) != balance:
        return f"unformated_balance is {bare} and balance {shown['balance']}"
    return None


def in_its_category(item: Json, look: Look) -> str | None:
    """Say how the categories of the counter disagree with an item, or with themselves.

    An item that the counter offers is in one category, its own; a category's count is that of
    its items.
    """
    counter = look("listPosItems", {})
    if not isinstance(counter, dict):
        return None
    holding = []
    for category in counter["categories"]:
        if category["item_count"] != len(category["items"]):
            count = len(category["items"])
            return (
                f"item_count of category {category['id']} is {category['item_count']}, "
                f"but it lists {count}"
            )
        if category["id"] == item["category_id"] and category["name"] != item["category"]:
            return f"category {category['id']} is {category['name']!r}, not {item['category']!r}"
        holding += [category["id"] for each in category["items"] if each["id"] == item["id"]]
    offered = any(each["id"] == item["id"] for each in counter["all"])
    known = any(each["id"] == item["category_id"] for each in counter["categories"])
    if holding == [item["category_id"]] * (offered and known):
        return None
    return f"categories {holding} of the counter have it, and its own is {item['category_id']}"


def sums_of_transactions(item: Json, look: Look) -> str | None:
    """Say how the totals of transactions, or of an item's details, are not those of the lines."""
    for operation in _TRANSACTIONS:
        summary = look(operation, {"id": str(item["id"])})
        if isinstance(summary, dict) and (problem := _sums(summary, item)):
            return f"{operation}: {problem}"
    return None


def _sums(summary: Json, item: Json) -> str | None:
    lines = summary["transactions"]
    sold, bought = _total(lines["sales"]), _total(lines["purchase"])
    wanted = {"total_sales": sold, "total_purchases": bought, "total_margin": sold - bought}
    for name, amount in wanted.items():
        if number(summary[name]) != amount:
            return f"{name} is {summary[name]} and the lines make {amount}"
    for line in (*lines["sales"], *lines["purchase"]):
        if line["product_id"] != item["id"]:
            return f"line {line['id']} is of item {line['product_id']}"
        if problem := _line(line):
            return f"line {line['id']}: {problem}"
    return None


def _total(lines: Iterable[Json]) -> Decimal:
    return sum((number(line["amount"]) for line in lines), Decimal(0))


def _line(line: Json) -> str | None:
    """How a line's amount is not quantity times price, or something else is owed or converted."""
    amount = number(line["quantity"]) * number(line["unit_price"])
    if number(line["amount"]).quantize(_CENT) != amount.quantize(_CENT):
        return f"amount is {line['amount']}, not {amount}"
    off = number(line.get("discount_amount", 0)) or number(line["tax_amount"])
    if not off and number(line.get("amount_due", amount)).quantize(_CENT) != amount.quantize(_CENT):
        return f"amount_due is {line['amount_due']}, not {amount}"
    converted = number(line["amount"]) * number(line.get("rate", 1))
    if "rate" in line and abs(number(line["fx_amount"]) - converted) >= _CENT:
        return f"fx_amount is {line['fx_amount']}, not {converted}"
    return None


def materials_as_they_are(item: Json, look: Look) -> str | None:
    """Say which raw material of an item is shown otherwise than by its own details, or twice."""
    materials = look("listRawMaterials", {"id": str(item["id"])})
    if not isinstance(materials, list):
        return None
    numbers = [each["id"] for each in materials]
    if len({*numbers}) != len(numbers):
        return f"materials {numbers} name one twice"
    for each in materials:
        details = look("getItem", {"id": str(each["id"])})
        shown = details.get("item") if isinstance(details, dict) else None
        if shown is None:
            continue
        for name in ("name", "quantity", "unit_price", "archived", "balance"):
            if each[name] != shown[name]:
                return f"material {each['id']} has {name} {each[name]!r}, not {shown[name]!r}"
    return None


def booked_rightly(item: Json, look: Look) -> str | None:
    """Say how an entry of an item's history does not fit it, or the account that it names."""
    history = look("listStockHistory", {"id": str(item["id"])})
    for entry in history["data"] if isinstance(history, dict) else ():
        account = entry["adjustment_account"]
        named = {
            "item_id": item["id"],
            "item/id": item["id"],
            "item/name": item["name"],
            "adjustment_account/id": entry["account_id"],
        }
        for place, value in named.items():
            if find(entry, f"/{place}") != value:
                return f"{place} of entry {entry['id']} is {find(entry, f'/{place}')}, not {value}"
        if problem := balance_of_ledger(account, look):
            return f"account {account['id']}: {problem}"
    return None


def as_imported(_: Json, item: Json) -> str | None:
    """Say what of an imported item that no import names is not as the document shows it."""
    for name, value in _NOT_IMPORTED.items():
        if item[name] != value:
            return f"{name} is {item[name]!r}, not {value!r}"
    return None


IMPORTED = (Outcome("what an import does not name is as usual", ("name",), as_imported),)
ITEM_RELATIONS = (
    Relation("the cost is the same in all its spellings", same_price),
    Relation("the net amount is the selling price", net_of_nothing),
    Relation("an item is itself", same_item),
    Relation("the balance is debit less credit", balance_of_ledger),
)
OTHER_RELATIONS = (
    Relation("the counter's categories agree with the item", in_its_category, ("listPosItems",)),
    Relation("the totals are those of the lines", sums_of_transactions, _TRANSACTIONS),
    Relation("raw materials are as they are shown", materials_as_they_are, _MATERIALS),
    Relation("the history is that of the item", booked_rightly, ("listStockHistory",)),
)
