"""A real Django REST Framework serializer, written from the vendor's document, behind a real view.

It says what the framework itself answers, so that the mock can be compared with it.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import django
from django.conf import settings

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="only-for-tests",
        USE_TZ=True,
        REST_FRAMEWORK={
            "DEFAULT_AUTHENTICATION_CLASSES": [],
            "DEFAULT_PERMISSION_CLASSES": [],
            "UNAUTHENTICATED_USER": None,
        },
    )
    django.setup()

from django.http.cookie import parse_cookie
from django.test import Client, RequestFactory
from django.urls import path
from rest_framework import parsers, renderers, serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

PRODUCT_TYPES = ["manufacture", "buy"]
UNITS = [
    "piece", "kg", "gram", "liter", "meter", "square_meter", "cubic_meter", "hour", "day", "month",
    "year", "box", "pack", "dozen", "other",
]  # fmt: skip
STATUSES = ["active", "inactive", "discontinued", "out_of_stock"]


def _text(longest: int | None = None) -> serializers.CharField:
    return serializers.CharField(
        max_length=longest, required=False, allow_null=True, allow_blank=True
    )


def _decimal(*, nullable: bool) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=15, decimal_places=2, required=False, allow_null=nullable
    )


class ProductSerializer(serializers.Serializer):  # type: ignore[misc]
    """The document's eighteen fields, in its order."""

    name = serializers.CharField(max_length=300)
    description = _text()
    short_description = _text(500)
    product_code = _text(100)
    barcode = _text(100)
    product_type = serializers.ChoiceField(choices=PRODUCT_TYPES)
    category = _text(200)
    brand = _text(200)
    model_number = _text(200)
    unit_of_measure = serializers.ChoiceField(choices=UNITS, required=False)
    cost_price = _decimal(nullable=True)
    selling_price = _decimal(nullable=True)
    current_stock = _decimal(nullable=False)
    minimum_stock_level = _decimal(nullable=False)
    maximum_stock_level = _decimal(nullable=True)
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    image = serializers.ImageField(required=False, allow_null=True)
    supplier_name = _text(300)


class JudgeView(APIView):  # type: ignore[misc]
    """Answers a body with its errors, or with the fields as they would be stored."""

    parser_classes = [parsers.JSONParser, parsers.FormParser, parsers.MultiPartParser]  # noqa: RUF012
    renderer_classes = [renderers.JSONRenderer]  # noqa: RUF012

    def _judge(self, request: Request, *, partial: bool) -> Response:
        serializer = ProductSerializer(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        stored = {
            name: None
            if value is None
            else value.size
            if name == "image"
            else serializer.fields[name].to_representation(value)
            for name, value in serializer.validated_data.items()
        }
        return Response(stored)

    def post(self, request: Request) -> Response:
        """Judge a whole body."""
        return self._judge(request, partial=False)

    def put(self, request: Request) -> Response:
        """Judge a whole body."""
        return self._judge(request, partial=False)

    def patch(self, request: Request) -> Response:
        """Judge a part of a body."""
        return self._judge(request, partial=True)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the framework answers.

    `body` is the error body, or the fields that would be stored (an image as its size).
    """

    status: int
    body: Any


def judge(method: str, content: bytes, content_type: str | None) -> Verdict:
    """Return the framework's answer to a body sent with this method and content type."""
    request = APIRequestFactory().generic(
        method, "/", content, content_type=content_type or "", secure=True
    )
    if content_type is None:
        request.META.pop("CONTENT_TYPE", None)
    response = JudgeView.as_view()(request)
    response.render()
    return Verdict(response.status_code, json.load(io.BytesIO(response.content)))


urlpatterns = [
    path("api/inventory/", JudgeView.as_view()),
    path("api/inventory/<str:unique_id>/", JudgeView.as_view()),
    path("api/inventory/<str:unique_id>/update/", JudgeView.as_view()),
]


def judge_slash(method: str, target: str) -> tuple[int, str]:
    """Return status and `Location` of Django's answer to a path that may lack its last slash."""
    response = Client(raise_request_exception=False).generic(method, target)
    return response.status_code, response.headers.get("location", "")


def judge_cookies(header: str) -> dict[str, str]:
    """Return the cookies that Django finds in a header."""
    found: dict[str, str] = parse_cookie(header)
    return found


def judge_query(query: str, content_type: str) -> dict[str, str]:
    """Return the parameters that Django finds in a query, the last of each name."""
    request = RequestFactory().generic(
        "GET", "/", content_type=content_type, headers={}, QUERY_STRING=query
    )
    request.META["CONTENT_TYPE"] = content_type
    request._set_content_type_params(request.META)
    return {name: request.GET[name] for name in request.GET}


def judge_boolean(text: str) -> bool | list[str]:
    """Return what the framework's boolean field makes of a text: a boolean, or its messages."""
    try:
        return bool(serializers.BooleanField(required=False).run_validation(text))
    except ValidationError as refusal:
        return [str(message) for message in refusal.detail]


def judge_page(url: str, query: str, count: int, size: int) -> Verdict:
    """Return the framework's answer to a list's query, for `count` records, `size` to a page.

    `results` is the number of records on the page.
    """
    asked = f"{url}?{query}" if query else url
    request = APIRequestFactory().get(asked)
    # Django's own would leave out a question mark without a query, and name another host.
    request.build_absolute_uri = lambda *_: asked
    paginator = PageNumberPagination()
    paginator.page_size = size
    try:
        page = paginator.paginate_queryset(list(range(count)), Request(request))
    except NotFound as refusal:
        return Verdict(404, {"detail": str(refusal.detail)})
    return Verdict(200, {**paginator.get_paginated_response(page).data, "results": len(page)})
