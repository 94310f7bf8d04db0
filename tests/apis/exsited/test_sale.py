"""The sale part: what a request names changes, the rest stays."""

from __future__ import annotations

import pytest

from tests.apis.exsited.organisation import refusal


@pytest.fixture
def configure(empty):
    """A function that changes the sale part of one item, and returns the answer's."""
    item_id = empty.item()["id"]

    def change(sale, **beside):
        body = {"items": {"sale": sale, **beside}}
        return empty.done(f"/items/{item_id}/sale", body)["item"]["sale"]

    change.organisation, change.item_id = empty, item_id
    return change


def test_everything_that_is_written_can_be_read_back(configure):
    gst = next(
        tax
        for tax in configure.organisation.get("/settings/taxes")["taxes"]
        if tax["code"] == "GST"
    )
    answer = configure(
        {
            "enabled": "true",
            "invoice_note": "Handle with care",
            "accounting_code": "Sales Revenue",
            "default_sale_currency": "USD",
            "default_sale_price": "99",
            "isTaxExemptWhenSold": "true",
            "pricing_method": "STANDARD",
            "tax_configuration": {
                "sale_price_entered_is_inclusive_of_tax": "true",
                "sale_price_is_based_on": "ITEM",
                "tax_code": {"uuid": gst["uuid"], "code": "GST", "rate": "10"},
            },
            "charge": {"type": "RECURRING"},
            "pricing": {
                "type": "FLAT_PRICING",
                "pricing_module": [{"price": "98.5", "currency": "USD"}],
            },
            "use_on_sale_price": "true",
            "sale_price_variant": "FIXED",
            "sale_price": 89,
            "start_date": "2024-06-01",
            "end_date": "2099-06-30",
        }
    )
    assert (
        answer.items()
        >= {
            "enabled": "true",
            "invoice_note": "Handle with care",
            "accounting_code": {"sales_revenue": "Sales Revenue"},
            "default_sale_price": "99.000000",
            "tax_exempt_when_sold": "true",
            "use_on_sale_price": "true",
            "sale_price_variant": "FIXED",
            "sale_price": "89.000000",
            "start_date": "2024-06-01",
            "end_date": "2099-06-30",
            "pricing_profile": {},
        }.items()
    )
    assert answer["tax_configuration"] == {
        "sale_price_entered_inclusive_of_tax": "true",
        "sale_price_is_based_on": "ITEM",
        "tax_code": gst,
    }
    assert answer["charge"]["type"] == "RECURRING"
    assert answer["pricing"] == {
        "type": "FLAT_PRICING",
        "version": "2",
        "latest_used_pricing_version": "",
        "pricing_module": [
            {
                "price": "98.500000",
                "currency": "USD",
                "last_purchase_price": "",
                "average_purchase_price": "",
            }
        ],
    }
    read = configure.organisation.get(f"/items/{configure.item_id}/sale")
    assert read == {"item": {"sale": answer}}
    currencies = configure.organisation.get(f"/items/{configure.item_id}")["item"]["currencies"]
    assert [(each["name"], each["default_for_sale"]) for each in currencies] == [
        ("AUD", "false"),
        ("USD", "true"),
    ]


def test_what_is_left_out_stays_as_it_was(configure):
    before = configure({"enabled": "true", "default_sale_price": "5", "invoice_note": "a"})
    assert configure({}) == before
    after = configure({"invoice_note": "b", "pricing": {}, "charge": {}, "tax_configuration": {}})
    assert after == {**before, "invoice_note": "b"}


def test_the_special_price_shows_while_it_applies(configure):
    special = {"sale_price": "3", "sale_price_variant": "FIXED", "start_date": "2024-06-01"}
    hidden = configure({**special, "use_on_sale_price": "false"})
    assert [hidden[key] for key in (*special, "end_date")] == ["", "FIXED", "2024-06-01", ""]
    shown = configure({"use_on_sale_price": True})
    assert [shown[key] for key in special] == ["3.000000", "FIXED", "2024-06-01"]


def test_the_pricing_version_counts_its_changes_alone(configure):
    module = {"pricing_module": [{"price": "1", "currency": "AUD"}]}
    versions = [
        configure(change)["pricing"]["version"]
        for change in (
            {"invoice_note": "x"},
            {"pricing": module},
            {"pricing": module},
            {"pricing": {"pricing_module": []}},
        )
    ]
    assert versions == ["1", "2", "2", "3"]


def test_a_tax_code_is_named_by_code_or_uuid_and_can_be_taken_off(configure):
    def tax(**named):
        shown = configure({"tax_configuration": {"tax_code": named}})["tax_configuration"]
        return shown.get("tax_code", {}).get("code")

    taxes = {
        each["code"]: each["uuid"]
        for each in configure.organisation.get("/settings/taxes")["taxes"]
    }
    assert tax(code="VAT") == "VAT"
    assert tax(uuid=taxes["FREE"], code="VAT") == "FREE"
    assert tax(uuid="", code="") is None


def test_a_default_currency_takes_the_place_of_the_one_before(configure):
    configure({}, currencies=[{"name": "EUR", "default_for_sale": "true"}, {"name": "USD"}])
    configure({}, currencies=[{"name": "AUD", "used_for_sale": "false"}])
    currencies = configure.organisation.get(f"/items/{configure.item_id}")["item"]["currencies"]
    assert {
        each["name"]: (each["used_for_sale"], each["default_for_sale"]) for each in currencies
    } == {
        "AUD": ("false", "false"),
        "EUR": ("true", "true"),
        "USD": ("false", "false"),
    }


def test_units_are_added_and_updated_by_name(configure):
    configure({}, uoms=[{"name": "BOX"}, {"name": "CRATE", "used_for_sale": "true"}])
    configure({}, uoms=[{"name": "BOX", "isUsedForSale": "true"}])
    item = configure.organisation.get(f"/items/{configure.item_id}")["item"]
    assert item["uoms"] == [
        {"name": "BOX", "used_for_sale": "true"},
        {"name": "CRATE", "used_for_sale": "true"},
    ]


def test_attributes_of_the_table_that_belong_to_the_creation_have_no_effect(configure):
    before = configure.organisation.get(f"/items/{configure.item_id}")["item"]
    configure(
        {}, id="OTHER", type="BUNDLE", name="Other", codes=[], inventories={"enabled": "true"}
    )
    after = configure.organisation.get(f"/items/{configure.item_id}")["item"]
    changing = ("version", "last_updated_by", "last_updated_on")
    assert {key: value for key, value in after.items() if key not in changing} == {
        key: value for key, value in before.items() if key not in changing
    }


@pytest.mark.parametrize(
    ("sale", "field"),
    [
        ({"accounting_code": "None such"}, "accounting_code"),
        ({"default_sale_currency": "ZZZ"}, "default_sale_currency"),
        ({"tax_configuration": {"tax_code": {"uuid": "x"}}}, "tax_configuration.tax_code.uuid"),
        ({"tax_configuration": {"tax_code": {"code": "x"}}}, "tax_configuration.tax_code.code"),
        ({"start_date": "tomorrow"}, "start_date"),
        ({"start_date": "2023-02-29"}, "start_date"),
        ({"sale_price": "1.2345678"}, "sale_price"),
        ({"charge": {"type": "one-off"}}, "charge.type"),
        (
            {"pricing": {"pricing_module": [{"price": "1", "currency": "ZZZ"}]}},
            "pricing.pricing_module.0.currency",
        ),
        ({"pricing": {"pricing_module": [{"currency": "AUD"}]}}, "pricing.pricing_module.0.price"),
    ],
)
def test_a_bad_field_is_named_and_nothing_changes(organisation, sale, field):
    before = organisation.get("/items/ITEM-0001")
    answer = organisation.send("/items/ITEM-0001/sale", {"items": {"sale": sale}})
    status, _, entries = refusal(answer)
    assert (status, [name for name, _ in entries]) == (400, [f"items.sale.{field}"])
    assert organisation.get("/items/ITEM-0001") == before
