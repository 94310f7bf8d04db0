"""The operations on products (skhokho.txt)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from mock_server.apis.skhokho import filters, pages, serializers
from mock_server.apis.skhokho.fields import read_product
from mock_server.apis.skhokho.images import media_type_of, stored_name
from mock_server.apis.skhokho.models import (
    IMAGES,
    INACTIVE,
    OUT_OF_STOCK,
    PRODUCTS,
    ZERO,
    Product,
    StoredImage,
)
from mock_server.apis.skhokho.operations import OPERATIONS
from mock_server.engine.context import Context
from mock_server.engine.errors import RecordNotFound
from mock_server.engine.messages import Reply, Request, Upload
from mock_server.state.order import Column, Order, order_by

_JSON = "application/json"
#: The products of each organisation, the newest first (that order is inferred).
_OF_ORGANISATION: Order[Product] = order_by("organisation", Column("number", descending=True))
_OF_IMAGE: Order[Product] = order_by("image", "number")
#: What each action makes of a product (inferred: the document names the actions only).
_ACTIONS: Mapping[str, Mapping[str, Any]] = {
    "deactivate": {"status": INACTIVE},
    "mark_out_of_stock": {"status": OUT_OF_STOCK, "current_stock": ZERO},
}


@OPERATIONS.handles("listProducts")
def list_products(request: Request, context: Context) -> Reply:
    """List the organisation's products, a page at a time."""
    organisation = request.path["org_uid"]
    own = context.state.ordered(PRODUCTS, _OF_ORGANISATION).of_value(organisation)
    shown: Sequence[Product] = own
    wanted = filters.of(request.query)
    if wanted:
        key = ("listProducts", organisation, *wanted)
        shown = context.state.recall(PRODUCTS, key, lambda: filters.select(own, wanted))
    url = f"{request.base_url}/api/v1.0/organisation/{quote(organisation, safe='')}/inventory/"
    body = pages.page_of(
        shown,
        request.query.get("page"),
        url,
        request.query_string,
        serializers.listed_product,
    )
    return Reply(200, body)


@OPERATIONS.handles("createProduct", judges_body=True)
def create_product(request: Request, context: Context) -> Reply:
    """Create a product, answered with 201 and the product (inferred)."""
    values = _values(request, context, partial=False)
    now = _now(context)
    product = Product(
        unique_id=str(uuid.UUID(int=context.random.getrandbits(128), version=4)),
        organisation=request.path["org_uid"],
        number=context.state.next_id(PRODUCTS),
        date_created=now,
        last_updated=now,
        **values,
    )
    context.state.put(PRODUCTS, product)
    return Reply(201, serializers.product(product, request.base_url))


@OPERATIONS.handles("getProduct")
def get_product(request: Request, context: Context) -> Reply:
    """Return one product."""
    return Reply(200, serializers.product(_own(request, context), request.base_url))


@OPERATIONS.handles("replaceProduct", judges_body=True)
def replace_product(request: Request, context: Context) -> Reply:
    """Update a product from a body that has every required field."""
    return _update(request, context, partial=False)


@OPERATIONS.handles("updateProduct", judges_body=True)
def update_product(request: Request, context: Context) -> Reply:
    """Update the fields that the body names."""
    return _update(request, context, partial=True)


@OPERATIONS.handles("actOnProduct")
def act_on_product(request: Request, context: Context) -> Reply:
    """Carry out an action; one that changes nothing leaves the product as it is (inferred)."""
    product = _own(request, context)
    changed = replace(product, **_ACTIONS[request.query["action"]])
    if changed != product:
        changed = replace(changed, last_updated=_now(context))
        context.state.put(PRODUCTS, changed)
    return Reply(200, serializers.product(changed, request.base_url))


@OPERATIONS.handles("getProductImage")
def get_product_image(request: Request, context: Context) -> Reply:
    """Return the bytes of an uploaded image (inferred)."""
    image = context.state.get(IMAGES, request.path["image_name"])
    if image is None:
        raise RecordNotFound("image", request.path["image_name"])
    return Reply(200, image.content, media_type=image.media_type)


def _update(request: Request, context: Context, *, partial: bool) -> Reply:
    """Both updates: fields that are left out keep their values, as the framework's serializers do.

    The product is looked for before the body is judged, as the framework's views do.
    """
    product = _own(request, context)
    values = _values(request, context, partial=partial)
    changed = replace(product, **values, last_updated=_now(context))
    context.state.put(PRODUCTS, changed)
    if product.image not in {None, changed.image}:
        _forget_image(str(product.image), context)
    return Reply(200, serializers.product(changed, request.base_url))


def _forget_image(name: str, context: Context) -> None:
    """Remove an image that no product has any more, so that what is replaced does not pile up."""
    if not context.state.ordered(PRODUCTS, _OF_IMAGE).of_value(name):
        context.state.remove(IMAGES, name)


def _own(request: Request, context: Context) -> Product:
    """The product of the path; raises RecordNotFound if it is another organisation's."""
    product = context.state.get(PRODUCTS, request.path["unique_id"])
    if product is None or product.organisation != request.path["org_uid"]:
        raise RecordNotFound("product", request.path["unique_id"])
    return product


def _values(request: Request, context: Context, *, partial: bool) -> dict[str, Any]:
    """The body's fields as a product keeps them; an uploaded image is stored under its name."""
    values = read_product(request.body, form=request.media_type != _JSON, partial=partial)
    upload = values.get("image")
    if isinstance(upload, Upload):
        name = _free_name(upload.filename, context)
        image = StoredImage(name, media_type_of(name), upload.content)
        values["image"] = context.state.put(IMAGES, image).name
    return values


def _free_name(filename: str, context: Context) -> str:
    name = stored_name(filename, taken=False, source=context.random)
    while context.state.get(IMAGES, name) is not None:
        name = stored_name(filename, taken=True, source=context.random)
    return name


def _now(context: Context) -> datetime:
    """The call's instant with milliseconds, as finely as Skhokho shows it."""
    return context.now.replace(microsecond=context.now.microsecond // 1000 * 1000)
