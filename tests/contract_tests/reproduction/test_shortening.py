"""A sequence is shortened as long as the target still breaks the claim and a mock keeps it."""

from __future__ import annotations

from contextlib import contextmanager

from contract_tests.claims import Shows
from contract_tests.exchange.trace import Call, Trace
from contract_tests.reproduction.shrink import Shortener
from contract_tests.target.mock import mock_target
from contract_tests.target.run_tag import RunTag
from contract_tests.target.session import Session
from mock_server.discovery import load_lifecycle, load_vendor
from mock_server.lifecycle.model import Parts
from tests.contract_tests.differential.targets import changed, twisted

CLINIKO = load_lifecycle(load_vendor("cliniko"))
BODY = {"name": "Soap", "notes": "By the door", "item_code": "S-1"}
READ = "getProduct"


def louder(body):
    body["name"] = body["name"].upper()


@contextmanager
def sessions():
    """A session with a mock whose names are shown in capitals, and one with a sound mock."""
    found = [
        Session(target, CLINIKO, RunTag(tag))
        for target, tag in (
            (twisted(changed("GET", "/products/[0-9]+", louder)), "wrong"),
            (mock_target("cliniko"), "right"),
        )
    ]
    yield found
    for each in found:
        each.close()


def sent(session, *, before=2):
    """Some lists, then a product that is made and read."""
    trace = Trace()
    for _ in range(before):
        session.send(Call("listProducts"), trace)
    made, _ = session.send(Call("createProduct", Parts(body=BODY)), trace)
    session.send(Call(READ, Parts(path={"id": made.answer.at("/id")})), trace)
    return trace


def claim(number, name="Soap"):
    return Shows(number, "/name", name, "products", "name")


def test_no_step_and_no_property_is_left_that_it_does_not_take():
    with sessions() as (wrong, right):
        script, ran = Shortener(wrong, lambda: right).shorten(claim(3), sent(wrong))
    assert [step.call.operation for step in script.steps] == ["createProduct", READ]
    assert script.steps[0].call.parts.body == {"name": "Soap"}
    assert ran.trace[1].answer.at("/name") == "SOAP"


def test_without_a_sound_mock_nothing_is_left_out():
    with sessions() as (wrong, _):
        script, ran = Shortener(wrong, lambda: None).shorten(claim(3), sent(wrong))
    assert len(script.steps) == len(ran.trace) == 4


def test_what_fails_everywhere_says_nothing():
    with sessions() as (wrong, right):
        script, _ = Shortener(wrong, lambda: right).shorten(claim(3, "Balm"), sent(wrong))
    assert len(script.steps) == 4


def test_what_does_not_show_again_has_no_answers():
    with sessions() as (wrong, right):
        script, ran = Shortener(right, lambda: right).shorten(claim(3), sent(wrong))
    assert ran is None
    assert len(script.steps) == 4


def test_it_ends_after_so_many_tries():
    with sessions() as (wrong, right):
        sequence = sent(wrong, before=6)
        sends = wrong.requests
        script, _ = Shortener(wrong, lambda: right, most=2).shorten(claim(7), sequence)
    assert len(script.steps) == 7
    assert wrong.requests - sends == 8 + 7


def test_a_mock_is_made_when_it_is_needed_and_once():
    made = []
    with sessions() as (wrong, right):
        shortener = Shortener(wrong, lambda: made.append(1) or right)
        assert made == []
        for _ in range(2):
            shortener.shorten(claim(3), sent(wrong))
    assert made == [1]
