"""What the documents name in a body is kept, by every operation that takes it, and read back.

The tables are held to the spec, so a property that is added there and forgotten here is found.
"""

from __future__ import annotations

import pytest

from tests.apis.bodies import properties_with_effect

#: What a product has before, its tax being ten per cent.
PRODUCT = {"name": "Massage Oil", "price": 11, "tax_id": "1"}
#: What is sent of each property, where it shows, and what is shown.
PRODUCT_PROPERTIES = {
    "cost_price": ("8.5", "cost_price", "8.5"),
    "item_code": ("MO-500", "item_code", "MO-500"),
    "name": ("Cedar Balm", "name", "Cedar Balm"),
    "notes": ("Store dry.", "notes", "Store dry."),
    "price": (12, "price_ex_tax", "12.0"),
    "price_includes_tax": (True, "price_including_tax", "11.0"),
    "product_supplier_id": ("2", "product_supplier", "/v1/product_suppliers/2"),
    "product_supplier_name": ("Oakhurst", "product_supplier_name", "Oakhurst"),
    "serial_number": ("4006381333931", "serial_number", "4006381333931"),
    "stock_level": (7, "stock_level", 7),
    "tax_id": ("2", "tax", "/v1/taxes/2"),
}
TAX = {"name": "GST", "rate": "10"}
TAX_PROPERTIES = {
    "amount": ("12.5", "rate", "12.5"),
    "name": ("VAT", "name", "VAT"),
    "rate": ("15", "rate", "15.0"),
}
SUPPLIER = {"name": "Oakhurst"}
SUPPLIER_PROPERTIES = {"name": ("Birch & Co", "name", "Birch & Co")}
CASES = [
    pytest.param(path, before, name, *case, id=f"{path[1:]}-{name}")
    for path, before, properties in (
        ("/products", PRODUCT, PRODUCT_PROPERTIES),
        ("/taxes", TAX, TAX_PROPERTIES),
        ("/product_suppliers", SUPPLIER, SUPPLIER_PROPERTIES),
    )
    for name, case in properties.items()
]
ADJUSTMENT = {"quantity": 2, "adjustment_type": "Other"}
ADJUSTMENT_PROPERTIES = {
    "adjustment_type": ("Returned", "Returned"),
    "comment": ("From the shelf", "From the shelf"),
    "notes": ("From the shelf", "From the shelf"),
    "quantity": (5, 5),
}


@pytest.fixture(scope="module")
def shared(open_account):
    """One account for all, as each case has records of its own."""
    return open_account()


@pytest.mark.parametrize(
    ("operation", "table"),
    [
        ("createProduct", PRODUCT_PROPERTIES),
        ("updateProduct", PRODUCT_PROPERTIES),
        ("replaceProduct", PRODUCT_PROPERTIES),
        ("createTax", TAX_PROPERTIES),
        ("updateTax", TAX_PROPERTIES),
        ("replaceTax", TAX_PROPERTIES),
        ("createProductSupplier", SUPPLIER_PROPERTIES),
        ("updateProductSupplier", SUPPLIER_PROPERTIES),
        ("createStockAdjustment", {"product_id": (), **ADJUSTMENT_PROPERTIES}),
    ],
)
def test_every_property_of_a_body_is_tried(operation, table):
    assert properties_with_effect("cliniko", operation) == set(table)


def shown(record, place):
    """What a record shows at a place; of a link, the path that it leads to."""
    value = record.get(place)
    if isinstance(value, dict):
        return value["links"]["self"].partition("/cliniko")[2]
    return value


@pytest.mark.parametrize(("path", "before", "name", "sent", "place", "wanted"), CASES)
def test_what_a_record_is_created_with_is_read_back(
    shared, path, before, name, sent, place, wanted
):
    # The rate goes before its older name.
    body = {key: value for key, value in before.items() if (name, key) != ("amount", "rate")}
    plain, full = (
        shared.get(f"{path}/{shared.client.post(path, json=each).json()['id']}")
        for each in (before, {**body, name: sent})
    )
    assert shown(full, place) == wanted
    assert shown(plain, place) != wanted


@pytest.mark.parametrize(("path", "before", "name", "sent", "place", "wanted"), CASES)
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_what_a_record_is_changed_to_is_read_back(
    shared, method, path, before, name, sent, place, wanted
):
    if (method, path) == ("PUT", "/product_suppliers"):
        return
    made = shared.client.post(path, json=before).json()
    assert shown(made, place) != wanted
    answer = shared.client.request(method, f"{path}/{made['id']}", json={name: sent})
    assert answer.status_code == 200, answer.text
    assert shown(answer.json(), place) == wanted
    assert shown(shared.get(f"{path}/{made['id']}"), place) == wanted


@pytest.mark.parametrize(("name", "sent", "wanted"), [
    pytest.param(name, *case, id=name) for name, case in ADJUSTMENT_PROPERTIES.items()
])  # fmt: skip
def test_what_an_adjustment_is_made_with_is_read_back(shared, name, sent, wanted):
    product = shared.product()
    body = {"product_id": product["id"], **ADJUSTMENT, name: sent}
    made = shared.client.post("/stock_adjustments", json=body).json()
    read = shared.get(f"/stock_adjustments/{made['id']}")
    assert read[name] == wanted
    assert read["product"]["links"]["self"] == product["links"]["self"]
