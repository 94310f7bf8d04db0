"""The purchase part: suppliers are linked, updated, and shown in their own spelling."""

from __future__ import annotations

import pytest

from tests.apis.exsited.organisation import refusal


@pytest.fixture
def configure(empty):
    """A function that changes the purchase part of one item, and returns the answer's."""
    item_id = empty.item()["id"]

    def change(purchase, **beside):
        body = {"items": {"purchase": purchase, **beside}}
        return empty.done(f"/items/{item_id}/purchase", body)["item"]["purchase"]

    change.organisation, change.item_id = empty, item_id
    return change


def test_everything_that_is_written_can_be_read_back(configure):
    answer = configure(
        {
            "enabled": "true",
            "supplier_management_enabled": "true",
            "suppliers": [
                {
                    "id": "SUPPLIER-0003",
                    "name": "Acme",
                    "rate_option": "PER_UNIT",
                    "accounting_code": "Cost of Goods Sold",
                    "purchase_order_note": "Back door",
                    "default_purchase_currency": "AUD",
                    "default_purchase_price": "60",
                    "tax_exempt_when_purchase": "false",
                    "tax_configuration": {"purchase_price_entered_inclusive_of_tax": "true"},
                    "pricing": {
                        "type": "PER_UNIT_PRICING",
                        "pricing_module": [
                            {"price": "60", "currency": "AUD", "price_type": "PRICE"},
                            {"price": "5", "currency": "AUD", "price_type": "DISCOUNT_PERCENTAGE"},
                        ],
                    },
                }
            ],
        },
        currencies=[{"name": "USD", "default_for_purchase": "true"}],
    )
    [supplier] = answer.pop("suppliers")
    assert answer == {
        "enabled": "true",
        "supplier_management_enabled": "true",
        "pricing_profile": {},
        "purchase_properties": [
            {"name": "Receive Mode", "value": "MANUAL"},
            {"name": "Receive Term", "value": "Immediately"},
        ],
    }
    currencies = configure.organisation.get("/settings/currencies")["currencies"]
    aud = next(each["uuid"] for each in currencies if each["name"] == "AUD")
    assert supplier == {
        "id": "SUPPLIER-0003",
        "name": "Acme",
        "rate_option": "PER_UNIT",
        "accounting_code": {"sales_revenue": "Cost of Goods Sold"},
        "purchase_order_note": "Back door",
        "default_purchase_currency": aud,
        "default_purchase_price": "60.000000",
        "tax_exempt_when_purchase": "false",
        "tax_configuration": {"purchase_price_entered_inclusive_of_tax": "true", "tax_code": {}},
        "pricing": {
            "type": "PER_UNIT_PRICING",
            "version": "2",
            "latest_used_pricing_version": "",
            "pricing_module": [
                {"price": "60.000000", "price_type": "PRICE", "currency": "AUD"},
                {"price": "5.000000", "price_type": "DISCOUNT_PERCENTAGE", "currency": "AUD"},
            ],
        },
    }
    read = configure.organisation.get(f"/items/{configure.item_id}/purchase")["item"]["purchase"]
    assert read == {**answer, "suppliers": [supplier]}
    item = configure.organisation.get(f"/items/{configure.item_id}")["item"]
    assert [(each["name"], each["default_for_purchase"]) for each in item["currencies"]] == [
        ("AUD", "false"),
        ("USD", "true"),
    ]


def test_a_supplier_that_is_linked_is_updated_in_place(configure):
    configure({"suppliers": [{"id": "SUPPLIER-0002", "name": "A", "default_purchase_price": 1}]})
    configure({"suppliers": [{"id": "SUPPLIER-0003"}]})
    suppliers = configure({"suppliers": [{"id": "SUPPLIER-0002", "purchase_order_note": "n"}]})[
        "suppliers"
    ]
    assert [each["id"] for each in suppliers] == ["SUPPLIER-0002", "SUPPLIER-0003"]
    assert (
        suppliers[0].items()
        >= {
            "name": "A",
            "default_purchase_price": "1.000000",
            "purchase_order_note": "n",
        }.items()
    )


def test_a_blank_id_is_the_default_supplier(configure):
    for named in ({}, {"id": ""}, {"id": "", "name": ""}):
        [supplier] = configure({"suppliers": [named]})["suppliers"]
        assert (supplier["id"], supplier["name"]) == ("SUPPLIER-0001", "Default Supplier")


def test_a_supplier_on_file_brings_its_name_and_another_one_is_taken_as_given(configure):
    suppliers = configure({"suppliers": [{"id": "SUPPLIER-0002"}, {"id": "ACME", "name": "Acme"}]})[
        "suppliers"
    ]
    assert suppliers[0]["name"].endswith(" 2")
    assert (suppliers[1]["id"], suppliers[1]["name"]) == ("ACME", "Acme")


def test_what_is_left_out_stays_as_it_was(configure):
    before = configure(
        {"enabled": "true", "suppliers": [{"id": "", "default_purchase_price": "2"}]}
    )
    assert configure({}) == before
    assert configure({"supplier_management_enabled": "true"}) == {
        **before,
        "supplier_management_enabled": "true",
    }


@pytest.mark.parametrize(
    ("supplier", "field"),
    [
        ({"accounting_code": "None such"}, "accounting_code"),
        ({"default_purchase_currency": "ZZZ"}, "default_purchase_currency"),
        ({"default_purchase_price": "-2"}, "default_purchase_price"),
        ({"tax_exempt_when_purchase": "no"}, "tax_exempt_when_purchase"),
        (
            {"pricing": {"pricing_module": [{"price": 1, "currency": "AUD", "price_type": "X"}]}},
            "pricing.pricing_module.0.price_type",
        ),
    ],
)
def test_a_bad_field_is_named(organisation, supplier, field):
    body = {"items": {"purchase": {"suppliers": [{"id": ""}, supplier]}}}
    status, _, entries = refusal(organisation.send("/items/ITEM-0001/purchase", body))
    expected = f"items.purchase.suppliers.1.{field}"
    assert (status, [name for name, _ in entries]) == (400, [expected])
