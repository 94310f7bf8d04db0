"""Times that are shown wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from lab.mutants.bodies import edited
from lab.mutants.defect import Scene, Site, defects
from lab.mutants.interceptors import in_answers
from lab.mutants.messages import Interceptor
from lab.mutants.views import views
from mock_server.lifecycle.model import Listing, Read, Resource
from mock_server.lifecycle.pointers import ABSENT, find


def _instants(resource: Resource, view: Read | Listing) -> Iterator[tuple[str, str]]:
    for name, pointer in (("created", resource.created), ("updated", resource.updated)):
        there = view.at.get(name, pointer)
        if pointer is not None and there is not None:
            yield name, there


@defects("local-time", "times are two hours ahead and called UTC", semantic=True)
def local_time(scene: Scene) -> Iterator[Site]:
    """Shift a time in one view, where records can be created."""
    for resource, view, record in views(scene):
        if resource.create is None:
            continue
        for name, pointer in _instants(resource, view):
            change = partial(_shifted, timedelta(hours=2))
            plant = partial(in_answers, view.operation, record + pointer, change)
            yield Site(view.operation, name, plant)


def _shifted(by: timedelta, old: Any) -> Any:
    try:
        moved = datetime.fromisoformat(str(old)) + by
    except ValueError:
        return old
    text = moved.isoformat()
    return text.replace("+00:00", "Z") if str(old).endswith("Z") else text


@defects(
    "change-not-dated", "the time of the last change stays that of the creation", semantic=True
)
def change_not_dated(scene: Scene) -> Iterator[Site]:
    """Show the time of the creation as that of the last change."""
    for resource, view, record in views(scene):
        times = dict(_instants(resource, view))
        if len(times) == 2 and resource.updates:
            plant = partial(_copied, view.operation, record, times["created"], times["updated"])
            yield Site(view.operation, "updated", plant)


@defects("creation-moves", "the time of the creation is that of the last change", semantic=True)
def creation_moves(scene: Scene) -> Iterator[Site]:
    """Show the time of the last change, and a bit, as that of the creation."""
    for resource, view, record in views(scene):
        times = dict(_instants(resource, view))
        if len(times) == 2 and resource.updates:
            plant = partial(_copied, view.operation, record, times["updated"], times["created"])
            yield Site(view.operation, "created", plant)


def _copied(operation: str, record: str, here: str, there: str) -> Interceptor:
    """Copy one property of each record over another."""

    def copied(old: Any) -> Any:
        value = find(old, here)
        return old if value is ABSENT else edited(old, there, lambda _: value)

    return in_answers(operation, record, copied)
