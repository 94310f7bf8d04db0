"""What a run names, it knows again, and so does whoever cleans up after it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.properties.actions import Actions
from contract_tests.target.mock import mock_target
from contract_tests.target.run_tag import RunTag, is_made_up
from contract_tests.target.session import Session
from mock_server.discovery import api_names, load_lifecycle

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)


@given(st.integers(), st.sampled_from(["", "261130114540"]), WORDS)
def test_a_name_is_recognised_whatever_the_seed_and_the_words_after_it(seed, moment, words):
    tag = RunTag.of_seed(seed, moment)
    for name in (tag.name(), tag.part("3a").name()):
        for text in (name, f"{name} {words}"):
            assert tag.owns(text)
            assert is_made_up(text)


@given(st.integers())
def test_a_run_does_not_take_the_names_of_another_for_its_own(seed):
    one, other = RunTag.of_seed(seed, "261130114540"), RunTag.of_seed(seed, "261130114541")
    assert not one.owns(other.name())
    assert not one.part("1").owns(one.name())


def test_no_name_is_made_twice():
    tag = RunTag("1")
    assert len({tag.name() for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hand Balm",
        "ct-",
        "ct-scan 1",
        "act-1-1",
        "ct-1",
        "ct-1-",
        "ct-1-1x",
        "my ct-1-1",
        5,
        None,
    ],
)
def test_what_people_name_is_not_taken_for_a_name_of_a_run(text):
    assert not is_made_up(text)
    assert not RunTag("1").owns(text)


@pytest.mark.parametrize("run", ["", "a b", "a-b", "ü"])
def test_a_run_is_named_by_letters_and_digits(run):
    with pytest.raises(ValueError, match="is no name of a run"):
        RunTag(run)


@pytest.mark.parametrize("api", api_names())
def test_every_record_that_the_suite_creates_carries_a_name_that_is_recognised(api):
    target = mock_target(api, "test.empty-tags")
    lifecycle = load_lifecycle(target.vendor)
    session = Session(target, lifecycle)
    resource = next(each for each in lifecycle.resources if each.create and each.tag)
    for seed in range(12):
        record = Actions(session, Random(seed)).create(resource)
        assert target.tag.owns(record.sent[resource.tag])
        assert is_made_up(record.sent[resource.tag])
    session.close()
