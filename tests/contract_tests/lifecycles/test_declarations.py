"""Every lifecycle names only what its spec has, and all of it."""

from __future__ import annotations

from random import Random

import pytest

from contract_tests.target.target import mock_parameters
from mock_server.discovery import Vendor, api_names, load_lifecycle, load_vendor
from mock_server.engine.replies import encode_json
from mock_server.lifecycle.model import Lifecycle, Listing, Resource
from mock_server.lifecycle.pointers import Shown
from mock_server.openapi.json_values import read_json
from mock_server.openapi.schema import SchemaCompiler
from tests.contract_tests.lifecycles.declared import (
    answer_schema,
    leads,
    operations_of,
    parameters_of,
    parts_of,
)

VENDORS = {name: load_vendor(name) for name in api_names()}
LIFECYCLES = {
    name: lifecycle
    for name, vendor in VENDORS.items()
    if (lifecycle := load_lifecycle(vendor)) is not None
}
RESOURCES = [
    pytest.param(VENDORS[name], resource, id=f"{name}-{resource.name}")
    for name, lifecycle in LIFECYCLES.items()
    for resource in lifecycle.resources
]
DRAWS = 40


@pytest.fixture(params=LIFECYCLES)
def declared(request: pytest.FixtureRequest) -> tuple[Vendor, Lifecycle]:
    return VENDORS[request.param], LIFECYCLES[request.param]


def test_every_operation_is_reached_or_left_out_for_a_reason(
    declared: tuple[Vendor, Lifecycle],
) -> None:
    vendor, lifecycle = declared
    reached = operations_of(lifecycle)
    assert reached | set(lifecycle.unreached) == set(vendor.spec.operations)
    assert not reached & set(lifecycle.unreached)
    assert all(len(reason) > 10 for reason in lifecycle.unreached.values())


def test_operations_that_a_key_makes_count_once_take_that_header(
    declared: tuple[Vendor, Lifecycle],
) -> None:
    vendor, lifecycle = declared
    if lifecycle.idempotency is None:
        return
    header = lifecycle.idempotency.header.lower()
    for operation in lifecycle.idempotency.operations:
        names = parameters_of(vendor.spec.operations[operation], "header")
        assert header in {name.lower() for name in names}, operation


@pytest.mark.parametrize(("vendor", "resource"), RESOURCES)
def test_reads_and_updates_take_what_names_a_record(vendor: Vendor, resource: Resource) -> None:
    fixed = set(mock_parameters(vendor))
    named = fixed | {resource.id_in_path, resource.parent_in_path}
    simple = [each for each in resource.removals if each.parts is None]
    for part in (*resource.reads, *resource.updates, *simple):
        wanted = parameters_of(vendor.spec.operations[part.operation], "path")
        assert wanted <= named, part.operation
        assert resource.id_in_path in wanted, part.operation
    assert not resource.owner_in_path or resource.owner_in_path in fixed


@pytest.mark.parametrize(("vendor", "resource"), RESOURCES)
def test_what_is_shown_is_in_the_schema_of_the_read(vendor: Vendor, resource: Resource) -> None:
    for read in resource.reads:
        schema = answer_schema(vendor.spec, read.operation)
        first = read is resource.reads[0]
        own = (resource.id, resource.stock, resource.created, resource.updated, resource.version)
        marks = [each.mark for each in resource.removals]
        shown = [read.at.get(each.name, each.shown) for each in resource.fields]
        for pointer in (*shown, *((*own, *marks) if first else ())):
            if pointer is not None:
                assert leads(vendor.spec, schema, read.record + pointer), pointer


@pytest.mark.parametrize(("vendor", "resource"), RESOURCES)
def test_what_is_listed_is_in_the_schema_of_the_list(vendor: Vendor, resource: Resource) -> None:
    for listing in (each for each in parts_of(resource) if isinstance(each, Listing)):
        schema = answer_schema(vendor.spec, listing.operation)
        shown: list[str | None] = [listing.id]
        if listing is not resource.history:
            shown += [listing.at.get(each.name, each.shown) for each in resource.fields]
        for pointer in shown:
            if pointer is not None:
                assert leads(vendor.spec, schema, f"{listing.items}/0{pointer}"), pointer
        assert listing.total is None or leads(vendor.spec, schema, listing.total)


@pytest.mark.parametrize(("vendor", "resource"), RESOURCES)
def test_lists_are_asked_with_parameters_that_they_take(vendor: Vendor, resource: Resource) -> None:
    for listing in (each for each in parts_of(resource) if isinstance(each, Listing)):
        taken = parameters_of(vendor.spec.operations[listing.operation], "query")
        sorts = [*listing.sorts, *([listing.order] if listing.order else [])]
        queries = [listing.query, *(sort.query for sort in sorts)]
        if listing.paging is not None:
            queries += [listing.paging.page(1, 3), listing.paging.last]
        queries += [each.universe for each in listing.filters]
        assert {name for query in queries for name, _ in query} <= taken


@pytest.mark.parametrize(("vendor", "resource"), RESOURCES)
def test_drawn_values_make_bodies_that_the_spec_allows(vendor: Vendor, resource: Resource) -> None:
    random = Random(resource.name)
    compiler = SchemaCompiler(vendor.spec)
    for change in (*([resource.create] if resource.create else ()), *resource.updates):
        body = vendor.spec.operations[change.operation].request_body
        if body is None or "application/json" not in body.content:
            continue
        validator = compiler.compile(body.content["application/json"]["schema"])
        chosen = [
            each
            for each in resource.fields
            if (each.create if change is resource.create else each.update)
            and (getattr(change, "fields", None) is None or each.name in change.fields)
        ]
        for _ in range(DRAWS):
            values = {each.name: each.kind.draw(random) for each in chosen}
            sent = change.body(values)
            if not _takes_from_a_record(sent):
                validator.validate(sent)


@pytest.mark.parametrize(("vendor", "resource"), RESOURCES)
def test_a_drawn_value_means_the_same_when_it_was_sent(vendor: Vendor, resource: Resource) -> None:
    random = Random(vendor.api.name)
    for each in resource.fields:
        for _ in range(DRAWS):
            drawn = each.kind.draw(random)
            arrived = read_json(encode_json(drawn))
            assert each.kind.meaning(arrived) == each.kind.meaning(drawn)


def _takes_from_a_record(body: object) -> bool:
    if isinstance(body, dict):
        return any(map(_takes_from_a_record, body.values()))
    if isinstance(body, list):
        return any(map(_takes_from_a_record, body))
    return isinstance(body, Shown)
