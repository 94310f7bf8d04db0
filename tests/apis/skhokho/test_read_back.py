"""What the document names in a body is kept, in every form and by every operation, and read back.

The table is held to the spec, so a property that is added there and forgotten here is found.
"""

from __future__ import annotations

import pytest

from tests.apis.bodies import properties_with_effect
from tests.apis.skhokho.bodies import png

#: What a product has before.
PRODUCT = {"name": "Kettle", "product_type": "buy"}
#: What is sent of each property, and what is shown; images have a test of their own.
PROPERTIES = {
    "name": ("Tea pot", "Tea pot"),
    "description": ("For two.", "For two."),
    "short_description": ("Pot", "Pot"),
    "product_code": ("TP-1", "TP-1"),
    "barcode": ("4006381333931", "4006381333931"),
    "product_type": ("manufacture", "manufacture"),
    "category": ("Kitchen", "Kitchen"),
    "brand": ("Own", "Own"),
    "model_number": ("M1", "M1"),
    "unit_of_measure": ("dozen", "dozen"),
    "cost_price": ("3.5", "3.50"),
    "selling_price": ("12.5", "12.50"),
    "current_stock": ("7", "7.00"),
    "minimum_stock_level": ("4", "4.00"),
    "maximum_stock_level": ("90.25", "90.25"),
    "status": ("inactive", "inactive"),
    "supplier_name": ("Oakhurst", "Oakhurst"),
}
#: How a body is sent, by the argument of httpx.
FORMS = {
    "json": lambda body: {"json": body},
    "form": lambda body: {"data": body},
    "multipart": lambda body: {"files": {name: (None, text) for name, text in body.items()}},
}


@pytest.mark.parametrize("operation", ["createProduct", "replaceProduct", "updateProduct"])
def test_every_property_of_a_body_is_tried(operation):
    assert properties_with_effect("skhokho", operation) == {*PROPERTIES, "image"}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("operation", ["create", "put", "patch"])
def test_each_property_that_is_sent_is_read_back(empty, operation, form):
    for name, (sent, shown) in PROPERTIES.items():
        plain = empty.made(**PRODUCT)
        assert plain[name] != shown, name
        body = {name: sent} if operation == "patch" else {**PRODUCT, name: sent}
        if operation == "create":
            answer = empty.create(**form(body))
        else:
            answer = getattr(empty, operation)(plain["unique_id"], **form(body))
        assert answer.is_success, answer.text
        read = empty.get(answer.json()["unique_id"]).json()
        assert read[name] == answer.json()[name] == shown, name


@pytest.mark.parametrize("operation", ["create", "put", "patch"])
def test_an_image_that_is_sent_is_read_back(empty, operation):
    files = {"image": ("pot.png", png(), "image/png")}
    made = empty.made(**PRODUCT)
    if operation == "create":
        answer = empty.create(data=PRODUCT, files=files)
    else:
        data = PRODUCT if operation == "put" else {}
        answer = getattr(empty, operation)(made["unique_id"], data=data, files=files)
    url = empty.get(answer.json()["unique_id"]).json()["image"]
    assert empty.client.get(url).content == png()
