"""Both spellings of a flag go in; the spelling of the operation's sample comes out."""

from __future__ import annotations

import pytest

SALE = ("sale", "items", "sale")
PURCHASE = ("purchase", "items", "purchase")
INVENTORY = ("inventory", "item", "inventories")


@pytest.mark.parametrize(
    ("operation", "path", "shown"),
    [
        (SALE, "enabled", "enabled"),
        (SALE, "isEnabled", "enabled"),
        (SALE, "isTaxExemptWhenSold", "tax_exempt_when_sold"),
        (SALE, "tax_exempt_when_sold", "tax_exempt_when_sold"),
        *(
            (
                SALE,
                f"tax_configuration.{name}",
                "tax_configuration.sale_price_entered_inclusive_of_tax",
            )
            for name in (
                "sale_price_entered_is_inclusive_of_tax",
                "sale_price_entered_inclusive_of_tax",
            )
        ),
        (PURCHASE, "enabled", "enabled"),
        (PURCHASE, "isEnabled", "enabled"),
        (PURCHASE, "supplier_management_enabled", "supplier_management_enabled"),
        (PURCHASE, "supplier_management_isEnabled", "supplier_management_enabled"),
        (INVENTORY, "isEnabled", "isEnabled"),
        (INVENTORY, "enabled", "isEnabled"),
        (INVENTORY, "warehouse_isEnabled", "warehouse_isEnabled"),
        (INVENTORY, "enable_warehouse_management", "warehouse_isEnabled"),
        *(
            (INVENTORY, f"inventory_properties.{name}", f"inventory_properties.{shown}")
            for name, shown in (
                ("enable_preordering", "enable_preordering"),
                ("enable_preorder", "enable_preordering"),
                (
                    "use_atp_as_quantity_available_for_webhook",
                    "use_atp_as_quantity_available_for_webhook",
                ),
                (
                    "use_atp_value_as_quantity_available_for_webhook",
                    "use_atp_as_quantity_available_for_webhook",
                ),
            )
        ),
    ],
)
@pytest.mark.parametrize("true", ["true", True])
def test_either_spelling_sets_the_flag(empty, operation, path, shown, true):
    item_id = empty.item()["id"]
    where, wrapper, part = operation
    for value, text in ((true, "true"), ("false", "false")):
        body = value
        for key in reversed(path.split(".")):
            body = {key: body}
        found = empty.done(f"/items/{item_id}/{where}", {wrapper: {part: body}})["item"][part]
        for key in shown.split("."):
            found = found[key]
        assert found == text


@pytest.mark.parametrize("use", ["sale", "purchase"])
@pytest.mark.parametrize("spelling", ["used_for_{}", "isUsedFor{}"])
def test_either_spelling_of_a_currencys_use(empty, use, spelling):
    name = spelling.format(use.capitalize() if "is" in spelling else use)
    item = empty.item(currencies=[{"name": "USD", name: "true"}])
    [currency] = item["currencies"]
    assert currency[f"used_for_{use}"] == "true"
    after = empty.done("/items/ITEM-0001/inventory", {"item": {"inventories": {"enabled": "true"}}})
    assert "isEnabled" in after["item"]["inventories"]


def test_the_samples_spelling_wins_over_the_other(empty):
    item_id = empty.item()["id"]
    body = {"items": {"sale": {"enabled": "false", "isEnabled": "true"}}}
    assert empty.done(f"/items/{item_id}/sale", body)["item"]["sale"]["enabled"] == "false"
    body = {"item": {"inventories": {"isEnabled": "true", "enabled": "false"}}}
    answer = empty.done(f"/items/{item_id}/inventory", body)["item"]["inventories"]
    assert answer["isEnabled"] == "true"
