"""The catalogue is large, fair and always the same; nothing changes where nothing is planted."""

from __future__ import annotations

from collections import Counter

import pytest

from lab.mutants.catalogue import MOST_SITES, catalogue
from lab.mutants.defect import Scene
from lab.mutants.messages import Request, Response, Service
from lab.mutation.probe import is_visible
from mock_server.discovery import api_names, load_lifecycle, load_vendor
from tests.lab.mutants.planted import defect, ground, seen, through


@pytest.mark.parametrize("api", api_names())
def test_names_are_unique_and_always_the_same(api: str) -> None:
    vendor = load_vendor(api)
    lifecycle = load_lifecycle(vendor)
    assert lifecycle is not None
    scene = Scene(vendor, lifecycle)
    names = [each.name for each in catalogue(scene)]
    assert len(names) == len({*names})
    assert names == [each.name for each in catalogue(Scene(load_vendor(api), lifecycle))]


def test_no_class_outweighs_the_others_and_half_is_semantic() -> None:
    found = catalogue(seen()[0])
    assert len(found) >= 240
    assert max(Counter(each.group for each in found).values()) <= MOST_SITES
    assert sum(each.semantic for each in found) >= len(found) / 2
    assert {each.layer for each in found} == {"wire", "state"}


def test_fewer_sites_are_some_of_more() -> None:
    scene = seen()[0]
    assert {each.name for each in catalogue(scene, 1)} <= {each.name for each in catalogue(scene)}


def test_a_sound_service_gives_the_same_transcript_again() -> None:
    scene, transcript = seen()
    assert len(transcript) > 500
    assert not is_visible(ground(), scene, None, transcript)


def test_what_nobody_can_see_does_not_count() -> None:
    """A user never changes, so nobody can tell that it is shown from a cache."""
    scene, transcript = seen()
    hidden, plain = (defect("cached-view", each, "cache") for each in ("getUser", "getProduct"))
    assert not is_visible(ground(), scene, hidden, transcript)
    assert is_visible(ground(), scene, plain, transcript)


def _nothing(request: Request, service: Service) -> Response:
    return service.send(request)


def test_what_only_passes_on_changes_no_byte() -> None:
    def response() -> list[tuple[int, bytes, list[tuple[bytes, bytes]]]]:
        found = [
            client.post("/products", json={"name": "Bälm", "cost_price": "1.10"}),
            client.get("/products", params={"q[]": "name:~B"}),
            client.head("/products"),
            client.options("/products"),
            client.get("/nowhere"),
        ]
        return [(each.status_code, each.content, sorted(each.headers.raw)) for each in found]

    with ground().target().client() as client:
        plain = response()
    with through(_nothing) as client:
        assert response() == plain
