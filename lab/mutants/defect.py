"""What a defect is, and how its sites are chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from lab.mutants.messages import Interceptor
from mock_server.discovery import Vendor
from mock_server.faults.effects.effect import Effect
from mock_server.lifecycle.model import Lifecycle

Layer = Literal["wire", "state"]
#: No more than so many sites of one class, so that none outweighs the others.
MOST_SITES = 3


@dataclass(frozen=True, slots=True)
class Written:
    """What an operation of a mock did to a table: `created`, `changed` or `removed` records.

    `fields` has the fields that it changed (of a new record: all), with a value that was written.
    """

    operation: str
    table: str
    how: Literal["created", "changed", "removed"]
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """Where defects are planted: a vendor's spec, and the lifecycles of its records.

    `written` is what a mock was seen to write; without it, there are no defects in the state.
    """

    vendor: Vendor
    lifecycle: Lifecycle
    written: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """One place where a class of defects can be planted: an operation, and what of it.

    `plant` makes the defect anew, without a memory of earlier calls: an interceptor between caller
    and service for the layer `wire`, an effect of the mock's for the layer `state`.
    """

    operation: str
    place: str
    plant: Callable[[], Interceptor | Effect]


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect: its class, where it is, and how to make it.

    `semantic` defects are about state, lists, arithmetic, tenancy, credentials, retries and time;
    all others are about the shape of answers and the validation of requests.
    """

    group: str
    layer: Layer
    semantic: bool
    description: str
    site: Site

    @property
    def name(self) -> str:
        """The name: class, operation and site."""
        return f"{self.group}/{self.site.operation}/{self.site.place}"


Sites = Callable[[Scene], Iterator[Site]]


@dataclass(frozen=True, slots=True)
class Group:
    """A class of defects: `sites` yields every place where it can be."""

    name: str
    layer: Layer
    semantic: bool
    description: str
    sites: Sites


#: All classes of defects.
GROUPS: list[Group] = []


def defects(
    name: str, description: str, *, semantic: bool, layer: Layer = "wire"
) -> Callable[[Sites], Sites]:
    """Register the decorated function, which yields sites, as a class of defects."""

    def register(sites: Sites) -> Sites:
        GROUPS.append(Group(name, layer, semantic, description, sites))
        return sites

    return register


def chosen(group: Group, scene: Scene, most: int = MOST_SITES) -> list[Defect]:
    """Return the defects of a class: at most so many, over as many operations as there are.

    What is chosen is drawn by the names of the API and the class, and by nothing else.
    """
    found = list({(each.operation, each.place): each for each in group.sites(scene)}.values())
    random = Random(f"{scene.vendor.api.name}/{group.name}")  # noqa: S311 - no secret
    random.shuffle(found)
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, Site]] = []
    for site in found:
        ranked.append((seen[site.operation], site))
        seen[site.operation] += 1
    ranked.sort(key=lambda pair: pair[0])
    return [
        Defect(group.name, group.layer, group.semantic, group.description, site)
        for _, site in sorted(ranked[:most], key=lambda pair: (pair[1].operation, pair[1].place))
    ]
