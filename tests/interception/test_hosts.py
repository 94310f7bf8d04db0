"""Which hosts are a vendor's, by the servers of its spec."""

from __future__ import annotations

import re

import pytest

from mock_server.engine.api import Operations
from mock_server.interception.hosts import AllowedHosts, BadHost, VendorHosts, is_loopback
from mock_server.openapi.document import SpecError
from tests.engine.toy import toy_document, toy_vendor


def vendor(*servers, name="toy"):
    return toy_vendor(toy_document({}, servers=list(servers)), Operations(), name=name)


SHARDED = {
    "url": "https://api.{shard}.toy.test:8443/v1",
    "variables": {"shard": {"default": "a1"}},
}


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("api.a1.toy.test", True),
        ("API.b-2.Toy.TEST.", True),
        ("api.a.b.toy.test", False),
        ("api..toy.test", False),
        ("apixa1.toy.test", False),
        ("evil-api.a1.toy.test", False),
        ("api.a1.toy.test.evil.test", False),
        ("toy.test", False),
        ("", False),
    ],
)
def test_a_variable_stands_for_one_label(host, found):
    hosts = VendorHosts([vendor(SHARDED)])
    assert (hosts.find(host) is not None) == found


def test_a_variable_with_listed_values_stands_for_those_alone():
    listed = {**SHARDED, "variables": {"shard": {"default": "a1", "enum": ["a1", "b.2"]}}}
    hosts = VendorHosts([vendor(listed)])
    assert [bool(hosts.find(f"api.{each}.toy.test")) for each in ("a1", "b.2", "bx2")] == [
        True,
        True,
        False,
    ]


def test_the_port_and_scheme_are_the_servers():
    (host,) = VendorHosts([vendor(SHARDED)]).hosts
    assert (host.scheme, host.port, host.example) == ("https", 8443, "api.a1.toy.test")
    assert re.fullmatch(host.pattern, host.example)


@pytest.mark.parametrize("url", ["/v1", "http://localhost:8080/v1", "https://other.test/v2"])
def test_servers_that_are_no_host_of_the_vendors_native_path_count_for_nothing(url):
    first = {"url": "https://toy.test/v1"}
    assert [each.example for each in VendorHosts([vendor(first, {"url": url})]).hosts] == [
        "toy.test"
    ]


def test_two_apis_at_one_host_cannot_be_told_apart():
    first = vendor({"url": "https://a.toy.test"})
    second = vendor(
        {"url": "https://{x}.toy.test", "variables": {"x": {"default": "b"}}}, name="second"
    )
    with pytest.raises(SpecError, match=r"a\.toy\.test is a server of second and toy"):
        VendorHosts([first, second])


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        *[("localhost", True), ("a.localhost", True), ("127.9.9.9", True), ("[::1]", True)],
        *[("localhost.evil.test", False), ("127.0.0.1.evil.test", False), ("10.0.0.1", False)],
    ],
)
def test_this_machine_is_known_by_name_and_address(host, ours):
    assert is_loopback(host) == ours
    assert (host in AllowedHosts([], VendorHosts([]))) == ours


def test_hosts_are_let_through_by_name_or_pattern():
    allowed = AllowedHosts(["Db.Test", "*.cdn.test"], VendorHosts([]))
    assert [each in allowed for each in ("db.test", "a.b.cdn.test", "cdn.test", "x.db.test")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("name", ["api.a1.toy.test", "http://db.test", "a b", ""])
def test_a_host_that_cannot_be_let_through_is_named(name):
    with pytest.raises(BadHost, match=re.escape(name or "''")):
        AllowedHosts([name], VendorHosts([vendor(SHARDED)]))
