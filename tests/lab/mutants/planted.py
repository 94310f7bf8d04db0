"""A mock of Cliniko in which defects are planted one at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import httpx

from lab.mutants import catalogue
from lab.mutants.defect import GROUPS, Defect, Scene
from lab.mutants.messages import InterceptingTransport, Interceptor
from lab.mutation.probe import NOON, Line, observed
from lab.mutation.test_bed import TestBed

assert catalogue.GROUPS is GROUPS


@cache
def ground() -> TestBed:
    return TestBed("cliniko", NOON)


@cache
def seen() -> tuple[Scene, list[Line]]:
    return observed(ground())


def defect(group: str, operation: str, place: str) -> Defect:
    """The defect of a class at a site, chosen for the catalogue or not."""
    found = next(each for each in GROUPS if each.name == group)
    places = {(site.operation, site.place): site for site in found.sites(seen()[0])}
    site = places[operation, place]
    return Defect(found.name, found.layer, found.semantic, found.description, site)


def clients(planted: Defect | None = None) -> tuple[httpx.Client, httpx.Client]:
    """Both accounts of a mock with a defect."""
    target = ground().target(planted)
    return target.client(), target.client("other")


def through(intercept: Interceptor) -> httpx.Client:
    """The first account of a mock behind an interceptor."""
    target = ground().target()
    return replace(target, transport=InterceptingTransport(target, intercept)).client()
