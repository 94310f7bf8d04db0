"""Where an account has not got what shows a fault, a reproduction does not say that it is gone."""

from __future__ import annotations

from contextlib import contextmanager
from random import Random

import pytest

from contract_tests.claims import Refuses, SameMembers
from contract_tests.properties.actions import Actions, ClaimViolated
from contract_tests.reproduction.pytest_module import pytest_module
from contract_tests.reproduction.shell import shell_script
from contract_tests.reproduction.shrink import Shortener
from contract_tests.target.service import url_target
from contract_tests.target.session import Session
from lab.serving import served
from lab.standin.switches import StandInDefect
from mock_server.discovery import load_lifecycle, load_vendor
from mock_server.lifecycle.model import Parts
from tests.contract_tests.differential.targets import standin
from tests.contract_tests.reproduction.again import ends, module_ends

KEYS = "standin-one-au1:", "standin-two-au1:"
PRODUCTS = load_lifecycle(load_vendor("cliniko")).resource("products")
LISTING = PRODUCTS.lists[0]


@contextmanager
def acting(*switches, products):
    """The actions of a case on the stand-in, over HTTP."""
    with served(standin(*switches, products=products)) as url:
        session = Session(url_target("cliniko", url, *KEYS), load_lifecycle(load_vendor("cliniko")))
        yield Actions(session, Random(1))
        session.close()


def written_down(actions, case):
    """The shell script and the pytest module of what a case finds."""
    with pytest.raises(ClaimViolated) as found:
        case(actions)
    breach = found.value.breach
    script, ran = Shortener(actions.session, lambda: None).shorten(breach.claim, breach.trace)
    assert ran is not None
    named = script, actions.session, "a case", breach.message
    return shell_script(*named), pytest_module(*named)


def both_end(written, folder, actions):
    """How both end on the service that is acted on: they agree."""
    url = actions.session.target.base_url
    status, said = ends(written[0], folder, url, *KEYS)
    assert module_ends(written[1], url, *KEYS)[0] == status, said
    return status


def small_pages_are_the_list(actions):
    pages, whole = (actions.pages(LISTING, size=size) for size in (20, 100))
    names = PRODUCTS.name, LISTING.operation, LISTING.operation
    actions.hold(SameMembers(pages, whole, *names))


def listed_is_refused_to_another(actions):
    [first, *_] = actions.records(actions.pages(LISTING), LISTING)
    parts = Parts(path={PRODUCTS.id_in_path: first["id"]})
    answer = actions.send(PRODUCTS.reads[0].operation, parts, "other")
    actions.hold(Refuses(answer))


def test_a_fault_between_pages_is_not_there_only_if_there_are_pages(tmp_path):
    with acting(StandInDefect.OFFSET_OFF_BY_ONE, products=45) as actions:
        written = written_down(actions, small_pages_are_the_list)
        assert both_end(written, tmp_path, actions) == 1
    for products, wanted in ((45, 0), (3, 2)):
        with acting(products=products) as actions:
            assert both_end(written, tmp_path, actions) == wanted


def test_a_fault_of_a_listed_record_is_not_there_only_if_it_is_still_listed(tmp_path):
    with acting(StandInDefect.GET_FROM_ANY_ACCOUNT, products=3) as actions:
        written = written_down(actions, listed_is_refused_to_another)
        archive_first(actions)
        # Another one that is listed shows the same fault.
        assert both_end(written, tmp_path, actions) == 1
    with acting(products=3) as actions:
        assert both_end(written, tmp_path, actions) == 0
        archive_first(actions)
        assert both_end(written, tmp_path, actions) == 2
    with acting(products=0) as actions:
        assert both_end(written, tmp_path, actions) == 2


def archive_first(actions):
    [first, *_] = actions.records(actions.pages(LISTING), LISTING)
    actions.do("archiveProduct", Parts(path={PRODUCTS.id_in_path: first["id"]}))
