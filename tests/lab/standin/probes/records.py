"""Probes of what is stored, archived and dated."""

from __future__ import annotations

from lab.standin.switches import StandInDefect, Variation
from tests.lab.standin.probes.registry import shows


@shows(StandInDefect.CREATE_NOT_SAVED)
def a_created_product_is_listed(world):
    world.make("Foam Roller")
    assert world.names() == ["Foam Roller"]


@shows(StandInDefect.UPDATE_NOT_SAVED)
def a_change_is_there_when_read_again(world):
    product = world.make(notes="old")
    world.change(product, notes="new")
    assert world.show(product)["notes"] == "new"


@shows(StandInDefect.UPDATE_ANSWERS_OLD)
def a_change_answers_with_what_is_stored(world):
    product = world.make(notes="old")
    assert world.change(product, notes="new").json() == world.show(product)


@shows(StandInDefect.UPDATE_CLEARS_UNNAMED)
def a_change_keeps_what_it_does_not_name(world):
    product = world.make(notes="kept", stock_level=3, product_supplier_name="Summit")
    assert world.change(product, item_code="A-1").json() == {**product, "item_code": "A-1"}


@shows(StandInDefect.PUT_INSERTS_COPY)
def a_put_makes_no_second_product(world):
    product = world.make("Old")
    world.change(product, "PUT", name="New")
    assert world.names() == ["New"]


@shows(StandInDefect.REFUSED_UPDATE_HALF_SAVED)
def a_refused_change_changes_nothing(world):
    product = world.make(notes="old")
    assert world.change(product, item_code="A-1", notes=5).status_code == 422
    assert world.show(product) == product


@shows(StandInDefect.NAME_CUT_AT_100)
def a_long_name_is_kept_whole(world):
    assert world.show(world.make("x" * 255))["name"] == "x" * 255


@shows(Variation.EMPTY_TEXT_AS_NULL)
def an_empty_text_is_not_null(world):
    assert world.show(world.make(notes=""))["notes"] == ""


@shows(StandInDefect.UPDATED_AT_STUCK)
def a_change_moves_updated_at(world):
    product = world.make()
    world.now += 5
    assert world.change(product, notes="new").json()["updated_at"] == "2026-01-01T00:00:05Z"


@shows(StandInDefect.LOCAL_TIME)
def times_are_utc(world):
    assert world.make()["created_at"] == "2026-01-01T00:00:00Z"


@shows(StandInDefect.ARCHIVED_STILL_LISTED)
def an_archived_product_leaves_the_list(world):
    world.archive(world.make("Gone"))
    world.make("Here")
    assert world.names() == ["Here"]


@shows(StandInDefect.ARCHIVED_STILL_FOUND)
def an_archived_product_is_not_found(world):
    product = world.make()
    world.archive(product)
    assert world.client.get(f"/products/{product['id']}").status_code == 404


@shows(Variation.ARCHIVED_STILL_CHANGED)
def an_archived_product_is_not_changed(world):
    product = world.make()
    world.archive(product)
    assert world.change(product, notes="new").status_code == 404


@shows(StandInDefect.DELETE_DOES_NOTHING)
def a_delete_archives(world):
    product = world.make()
    assert world.client.delete(f"/products/{product['id']}").status_code == 204
    assert world.show(product)["archived_at"] == "2026-01-01T00:00:00Z"


@shows(StandInDefect.ARCHIVE_OF_NOTHING)
def nothing_cannot_be_archived(world):
    assert world.client.post("/products/77/archive").status_code == 404


@shows(Variation.ARCHIVE_TWICE)
def what_is_archived_is_not_archived_again(world):
    product = world.make()
    world.archive(product)
    assert world.client.post("/products/77/archive").status_code == 404
    assert world.client.post(f"/products/{product['id']}/archive").status_code == 404
