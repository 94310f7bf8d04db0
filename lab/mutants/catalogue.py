"""The catalogue: every class of defects, at the sites that an API has for it."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

from lab.mutants.defect import GROUPS, MOST_SITES, Defect, Scene, chosen

#: The modules that register the classes, in the order of the catalogue.
_MODULES = (
    "shape_answers", "shape_properties", "shape_fields", "shape_crashes", "shape_requests", "lists",
    "selections", "views", "times", "writes", "removals", "accounts", "states",
)  # fmt: skip

for _name in _MODULES:
    importlib.import_module(f"lab.mutants.{_name}")


__all__ = ["GROUPS", "MOST_SITES", "catalogue"]


def catalogue(scene: Scene, most: int = MOST_SITES, groups: Iterable[str] = ()) -> list[Defect]:
    """Return the defects that can be planted in an API, or those of some classes.

    They are the same for the same spec and lifecycle. At most so many are of one class.
    """
    wanted = set(groups)
    return [
        defect
        for group in GROUPS
        if not wanted or group.name in wanted
        for defect in chosen(group, scene, most)
    ]
