"""How the toy's items are taken away and brought back."""

from __future__ import annotations

from tests.contract_tests.toy.items import item_of, touched
from tests.contract_tests.toy.state import Asked, Refusal, Reply


def archive_item(asked: Asked) -> Reply:
    """Hide an item until it is restored."""
    item = item_of(asked)
    if not asked.on("archiving does nothing"):
        item["archived"] = True
    if asked.on("archiving takes the newest too"):
        list(asked.account.items.values())[-1]["archived"] = True
    touched(asked, item)
    return Reply(204)


def restore_item(asked: Asked) -> Reply:
    """Show an archived item again."""
    item = item_of(asked, archived=True)
    item["archived"] = item["archived"] and asked.on("restoring does nothing")
    item["restored"] = True
    touched(asked, item)
    return Reply(204)


def retire_item(asked: Asked) -> Reply:
    """Mark an item as one that is no longer made."""
    item = item_of(asked)
    item["retired"] = not asked.on("retiring does nothing")
    if asked.on("retiring changes the stock"):
        item["stock"] += 1
    if not asked.on("retiring leaves the version"):
        touched(asked, item)
    return Reply(204)


def delete_item(asked: Asked) -> Reply:
    """Take an item away for good."""
    gone = asked.account.kept.setdefault("deleted", [])
    if asked.on("deleting again succeeds") and any(
        each["id"] == asked.path["item"] for each in gone
    ):
        return Reply(204)
    try:
        item = item_of(asked)
    except Refusal:
        if asked.on("deleting what never was succeeds"):
            return Reply(204)
        raise
    for account in asked.toy.accounts.values():
        if account.items.get(item["id"]) is item:
            del account.items[item["id"]]
    gone.append(item)
    return Reply(204)
