"""Probes of pages, orders and filters."""

from __future__ import annotations

from lab.standin.switches import StandInDefect, Variation
from tests.lab.standin.probes.registry import shows


def make_all(world, *names):
    """A product of each name, a second apart."""
    for name in names:
        world.make(name)
        world.now += 1


@shows(StandInDefect.OFFSET_OFF_BY_ONE)
def pages_leave_nothing_out(world):
    make_all(world, "a", "b", "c")
    assert world.pages(2) == [["a", "b"], ["c"]]


@shows(StandInDefect.LIMIT_ONE_MORE)
def a_page_has_no_more_than_it_was_asked_for(world):
    make_all(world, "a", "b", "c")
    assert world.names(per_page=2) == ["a", "b"]


@shows(StandInDefect.COUNT_WITHOUT_FILTER)
def totals_count_what_the_filter_lets_through(world):
    make_all(world, "a", "b")
    assert world.page("name:=a")["total_entries"] == 1


@shows(StandInDefect.NEXT_LINK_ON_LAST_PAGE)
def a_full_last_page_links_to_no_next_one(world):
    make_all(world, "a", "b")
    assert set(world.page(per_page=2)["links"]) == {"self"}


@shows(StandInDefect.NEXT_LINK_DROPS_FILTERS)
def the_next_link_keeps_the_filters(world):
    make_all(world, "a", "b", "a", "a")
    following = world.page("name:=a", per_page=2)["links"]["next"]
    assert [each["name"] for each in world.client.get(following).json()["products"]] == ["a"]


@shows(StandInDefect.ORDER_BY_MISSING)
def the_oldest_come_first(world):
    make_all(world, "b", "c", "a")
    assert world.names() == ["b", "c", "a"]


@shows(StandInDefect.TIES_DIFFER_BY_PAGE)
def rows_that_tie_are_on_one_page_each(world):
    for name in "abcd":
        world.make(name, item_code="same")
    seen = [name for page in world.pages(2, sort="item_code") for name in page]
    assert sorted(seen) == ["a", "b", "c", "d"]


@shows(Variation.TIES_NEWEST_FIRST)
def rows_that_tie_keep_the_order_of_their_ids(world):
    for name in "abc":
        world.make(name)
    assert world.names(sort="created_at") == ["a", "b", "c"]


@shows(StandInDefect.SECOND_SORT_COLUMN_IGNORED)
def the_second_column_sorts_what_ties_in_the_first(world):
    for name, code in (("b", "x"), ("c", "w"), ("a", "x")):
        world.make(name, item_code=code)
    assert world.names(sort="item_code,name") == ["c", "a", "b"]


@shows(StandInDefect.NUMBERS_SORTED_AS_TEXT)
def numbers_sort_by_their_value(world):
    for level in (10, 9, -1):
        world.make(str(level), stock_level=level)
    assert world.names(sort="stock_level") == ["-1", "9", "10"]


@shows(Variation.NULLS_FIRST)
def null_sorts_above_every_value(world):
    for name, level in (("none", None), ("two", 2), ("one", 1)):
        world.make(name, stock_level=level)
    assert world.names(sort="stock_level") == ["one", "two", "none"]
    assert world.names(sort="stock_level:desc") == ["none", "two", "one"]


@shows(Variation.PAST_THE_END_IS_LAST_PAGE)
def a_page_past_the_end_is_empty(world):
    make_all(world, "a", "b")
    page = world.page(page=9, per_page=1)
    assert (page["products"], page["total_entries"]) == ([], 2)


@shows(StandInDefect.AT_LEAST_AS_MORE_THAN)
def at_least_includes_the_bound(world):
    make_all(world, "a", "b", "c")
    assert world.names("created_at:>=2026-01-01T00:00:01Z") == ["b", "c"]


@shows(StandInDefect.ID_LIST_TAKES_FIRST)
def a_list_of_ids_finds_each(world):
    first, _, third = (world.make(name)["id"] for name in "abc")
    assert world.names(f"id:={first},{third}", sort="name") == ["a", "c"]


@shows(StandInDefect.WILDCARDS_NOT_ESCAPED)
def contains_takes_its_text_as_it_is(world):
    make_all(world, "50% off", "50 g, 5 off", "a_b", "axb", "[x]*?")
    assert world.names("name:~0% o") == ["50% off"]
    assert world.names("name:~a_b") == ["a_b"]
    assert world.names("name:~[x]*?") == ["[x]*?"]


@shows(Variation.TEXT_IGNORES_CASE)
def equal_texts_have_equal_case(world):
    make_all(world, "Roller", "roller")
    assert world.names("name:=roller") == ["roller"]
    assert world.names("name:!=roller") == ["Roller"]


@shows(Variation.CONTAINS_HEEDS_CASE)
def contains_ignores_case(world):
    make_all(world, "Öl 1", "öl 2", "Gel")
    assert world.names("name:~öL") == ["Öl 1", "öl 2"]
    assert world.names("name:~~ÖL%1") == ["Öl 1"]


@shows(StandInDefect.FILTERS_JOINED_BY_OR)
def all_filters_must_hold(world):
    make_all(world, "ab", "a", "b")
    assert world.names("name:~a", "name:~b") == ["ab"]
