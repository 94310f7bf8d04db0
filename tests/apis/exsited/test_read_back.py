"""What the document or the vendor's SDKs name in a request is kept and read back.

The bodies are made from the spec, one property at a time, so a property that is added there and
forgotten in a handler is found here. What the spec marks as `x-no-effect` is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.data import specs_directory
from mock_server.openapi.document import SpecIndex, load_document
from mock_server.openapi.schema import parts_of, properties_of

SPEC = SpecIndex("exsited", load_document(specs_directory() / "exsited.yaml"))
Path = tuple[str, ...]
#: Values of properties whose schema does not say enough, most of them names of records.
VALUES: dict[str, Any] = {
    "accounting_code": "INVENTORY",
    "code": "VAT",
    "currency": "GBP",
    "default_purchase_currency": "GBP",
    "default_sale_currency": "GBP",
    "default_warehouse": "Boston",
    "end_date": "2099-12-31",
    "id": "READ-BACK-1",
    "quantity_available_for_sale_determination": "QUANTITY_ON_RETURN",
    "start_date": "2020-02-29",
    "warehouse": "Boston",
}
#: The operations on an item's parts: the path below the item, the wrapper, and the body's schema.
PARTS = {
    "sale": ("items", "SaleChange"),
    "purchase": ("items", "PurchaseChange"),
    "inventory": ("item", "InventoryChange"),
    "": ("items", "NewItem"),
}


def inner_of(schema: Any) -> tuple[dict[str, Any], Any]:
    """The properties of a schema, and the schema of its items."""
    parts = [SPEC.resolve(each[-1]) for each in parts_of(SPEC, schema)]
    return dict(properties_of(SPEC, schema)), next(
        (part["items"] for part in parts if part.get("type") == "array"), None
    )


def paths_of(schema: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of the properties that hold a value; `*` is an entry of a list."""
    if SPEC.resolve(schema).get("x-no-effect"):
        return
    properties, items = inner_of(schema)
    if items is not None and inner_of(items)[0]:
        yield from paths_of(items, (*path, "*"))
    for name, node in properties.items():
        yield from paths_of(node, (*path, name))
    if not properties and (items is None or not inner_of(items)[0]):
        yield path


def body_of(schema: Any, path: Path) -> Any:
    """A body with the property of a path, and in each object around it what it requires."""
    properties, items = inner_of(schema)
    if not path:
        return {}
    name, rest = path[0], path[1:]
    if name == "*":
        return [body_of(items, rest)]
    body = {each: required_value(each, properties[each]) for each in required_by(schema)}
    body[name] = body_of(properties[name], rest) if rest else value_of(name, properties[name])
    return body


def required_by(schema: Any) -> set[str]:
    parts = [SPEC.resolve(each[-1]) for each in parts_of(SPEC, schema)]
    return {name for part in parts for name in part.get("required", ())}


def required_value(name: str, schema: Any) -> Any:
    if inner_of(schema)[0]:
        return {}
    return {"type": "STANDARD", "price": "5", "name": "Main"}.get(name, value_of(name, schema))


def value_of(name: str, schema: Any) -> Any:
    """A valid value that a new item does not have."""
    node = SPEC.typed(schema)
    if name in VALUES:
        return VALUES[name]
    if node.get("enum"):
        return "true" if "true" in node["enum"] else node["enum"][-1]
    if "x-known-values" in node:
        return "READ_BACK"
    if node.get("x-references", {}).get("operation") == "listWarehouses":
        return "Main"
    return "77.5" if "schemas/Amount" in json.dumps(schema) else "read back"


def texts(value: Any) -> Iterator[str]:
    members = value.values() if isinstance(value, dict) else value
    for member in members:
        if isinstance(member, dict | list):
            yield from texts(member)
        else:
            yield member


CASES = [
    pytest.param(part, path, id=f"{part or 'create'}-{'.'.join(path)}")
    for part, (_, schema) in PARTS.items()
    for path in paths_of({"$ref": f"#/components/schemas/{schema}"})
]


def views(organisation: Any, item_id: str) -> list[Any]:
    """All that shows an item, without what tells it from others."""
    text = json.dumps(
        [
            organisation.get(f"/items/{item_id}{part}")["item"]
            for part in ("", "/sale", "/purchase", "/inventories")
        ]
    ).replace(item_id, "ID")
    found: list[Any] = json.loads(text)
    return [{name: each for name, each in view.items() if name != "uuid"} for view in found]


def test_the_spec_has_many_such_properties():
    assert len(CASES) > 200


@pytest.mark.parametrize(("part", "path"), CASES)
def test_each_property_that_is_sent_is_read_back(empty, part, path):
    wrapper, schema = PARTS[part]
    body = body_of({"$ref": f"#/components/schemas/{schema}"}, path)
    sent = value = body
    for name in path:
        holder, value = value, value[0] if name == "*" else value[name]
    shown = value
    if path[-1] == "uuid":
        shown = holder["uuid"] = empty.get("/settings/taxes")["taxes"][1]["uuid"]
    if path[-1] == "default_purchase_currency":
        listed = empty.get("/settings/currencies")["currencies"]
        shown = next(each["uuid"] for each in listed if each["name"] == value)
    if path[-1] == "id":
        shown = "ID"
    if path[-1] == "sale_price":
        holder["use_on_sale_price"] = "true"
    if path[0] == "currencies":
        holder["name"] = shown if path[-1] == "name" else "GBP"
        shown = holder["name"] = "GBP"
    empty.sandbox.clock.freeze()
    one = send(empty, part, wrapper, sent)
    if shown != "true":
        assert {shown, f"{shown}00000"} & set(texts(views(empty, one))), sent
        return
    # Other flags are true as well; that this one is kept shows beside its opposite.
    holder[path[-1]] = "false"
    other = send(empty, part, wrapper, sent)
    assert views(empty, one) != views(empty, other), sent


def send(organisation: Any, part: str, wrapper: str, sent: Any) -> str:
    """Create an item with a body, or send it to a part of a new one; returns the item's id."""
    if part == "":
        return str(organisation.done("/items", {wrapper: sent})["item"]["id"])
    item_id = str(organisation.item()["id"])
    organisation.done(f"/items/{item_id}/{part}", {wrapper: sent})
    return item_id
