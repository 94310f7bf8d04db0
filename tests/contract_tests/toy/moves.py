"""Stock that moves, and the history of it."""

from __future__ import annotations

from tests.contract_tests.toy.items import item_of, owned, touched
from tests.contract_tests.toy.state import Asked, Record, Refusal, Reply
from tests.contract_tests.toy.values import QUANTITY

_SIGNS = {"in": 1, "out": -1}
_MOST = 1400


def list_moves(asked: Asked) -> Reply:
    """Answer with all moves of an item, the newest first."""
    item = item_of(asked)["id"]
    found = [_shown(move) for move in asked.account.moves[::-1] if move["item"] == item]
    return Reply(200, {"moves": found})


def _shown(move: Record) -> Record:
    return {name: move[name] for name in ("id", "kind", "quantity")}


def move_item(asked: Asked) -> Reply:
    """Add to an item's stock, or take from it."""
    item = item_of(asked)
    values = asked.values or {}
    sign = _SIGNS.get(values.get("kind"), 0)
    try:
        quantity = QUANTITY(values.get("quantity"))
    except Refusal:
        if asked.on("a refused move moves"):
            item["stock"] += 1
        raise
    if not sign:
        raise Refusal(400, "a move goes in or out")
    if item["stock"] + sign * quantity > _MOST:
        if asked.on("a move that is too large is entered"):
            _entered(asked, item["id"], values["kind"], quantity)
        raise Refusal(400, "there is no room for so much")
    if asked.on("moves have the wrong sign"):
        sign = -sign
    times = 2 if asked.on("stock is moved twice") else 1
    if asked.on("stock is not moved"):
        times = 0
    if asked.on("the third change is lost") and item["version"] >= 3:
        times = 0
    item["stock"] += sign * quantity * times
    if asked.on("stock stops at nothing"):
        item["stock"] = max(item["stock"], 0)
    if asked.on("others' stock is moved too"):
        for each in asked.account.items.values():
            each["stock"] += sign * quantity * (each is not item)
    before = item["updated"]
    if not asked.on("moves leave the version"):
        touched(asked, item)
    if asked.on("moves are not dated"):
        item["updated"] = before
    return Reply(201, _entered(asked, item["id"], values["kind"], quantity))


def transfer(asked: Asked) -> Reply:
    """Move stock from one item to another."""
    owned(asked)
    values = asked.values or {}
    source = values.get("from") if isinstance(values.get("from"), dict) else {}
    taken_from = asked.account.items.get(source.get("id"))
    into = asked.account.items.get(values.get("into"))
    if taken_from is None or taken_from["archived"]:
        raise Refusal(404, "there is nothing to take from")
    quantity = QUANTITY(values.get("quantity"))
    if into is None or into["archived"]:
        if asked.on("an unknown item takes stock"):
            taken_from["stock"] -= quantity
        raise Refusal(404, "there is no such item")
    if not asked.on("a transfer takes nothing"):
        taken_from["stock"] -= quantity
    into["stock"] += quantity
    for item in (taken_from, into):
        touched(asked, item)
    _entered(asked, taken_from["id"], "transfer", quantity)
    return Reply(201, _entered(asked, into["id"], "transfer", quantity))


def _entered(asked: Asked, item: str, kind: str, quantity: int) -> Record:
    move = {"id": f"move-{next(asked.toy.numbers)}", "kind": kind, "quantity": quantity}
    entry = {**move, "item": item}
    if asked.on("the entry tells another quantity"):
        entry["quantity"] += 1
    if not asked.on("a move is not entered"):
        asked.account.moves.append(entry)
    if asked.on("the answer tells another quantity"):
        move["quantity"] += 1
    return move
