"""Each harmless variant is another service, and keeps to the document."""

from __future__ import annotations

from functools import partial

import httpx
import pytest

from contract_tests.exchange.conformance import contract_of
from lab.mutation.variants import VARIANTS, Variant
from tests.lab.mutants.planted import ground, seen

#: What cannot be told from the mock by these calls: it takes time, or a refusal that none brings.
ALIKE = {"slower", "403 as 404"}
CALLS = (
    ("createProduct", "POST", "/products", {"name": "Bälm", "cost_price": "1.10"}),
    ("createProduct", "POST", "/products", {"name": ""}),
    ("listProducts", "GET", "/products?per_page=3", None),
    ("getProduct", "GET", "/products/999999999", None),
)


def answered(client: httpx.Client) -> list[httpx.Response]:
    with client:
        return [client.request(method, path, json=body) for _, method, path, body in CALLS]


def bytes_of(answers: list[httpx.Response]) -> list[tuple[bytes, list[tuple[bytes, bytes]]]]:
    return [(each.content, sorted(each.headers.raw)) for each in answers]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_variant_differs_and_keeps_to_the_document(variant: Variant) -> None:
    scene, _ = seen()
    plain = bytes_of(answered(ground().target().client()))
    target = ground().target(None, partial(variant.plant, scene))
    answers = answered(target.client())
    assert (bytes_of(answers) == plain) == (variant.name in ALIKE)
    contract = contract_of(scene.vendor.spec)
    for (operation, *_), each in zip(CALLS, answers, strict=True):
        assert not contract.problems(operation, each.status_code, each.headers, each.content)


def test_there_are_fifteen_or_more_of_different_names() -> None:
    assert len({each.name for each in VARIANTS}) == len(VARIANTS) >= 15
