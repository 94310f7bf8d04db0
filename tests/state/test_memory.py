"""How much memory records are counted to take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace

from mock_server.app import build_server
from mock_server.state.memory import size_of
from mock_server.state.sandbox import SandboxName


@dataclass(frozen=True)
class Label:
    text: str
    others: dict[str, str] = field(default_factory=dict)


def test_a_longer_record_takes_more():
    short = Label("a")
    assert size_of(replace(short, text="a" * 1000)) == size_of(short) + 999
    assert size_of(replace(short, others={"b": "c" * 1000})) > size_of(short) + 1000


def test_a_record_has_the_same_size_whatever_was_counted_before_it():
    labels = [Label("a" * length) for length in range(5)]
    sizes = [size_of(label) for label in labels]
    assert sizes == sorted(set(sizes))
    assert [size_of(label) for label in reversed(labels)] == sizes[::-1]
    assert [size_of(label) for label in labels for _ in range(2)] == [
        size for size in sizes for _ in range(2)
    ]


def test_a_record_is_counted_field_by_field_whatever_its_fields_are_declared_as(vendors):
    sandbox = build_server([], vendors=vendors).sandboxes.open(SandboxName("test", "typical"))
    for vendor in vendors:
        sandbox.enter(vendor.api.name)

    def counted(value):
        if isinstance(value, str | bytes):
            return 60 + len(value)
        if isinstance(value, list | tuple | set | frozenset):
            return 60 + sum(map(counted, value))
        if isinstance(value, Mapping):
            return 60 + sum(counted(name) + counted(item) for name, item in value.items())
        if is_dataclass(value):
            return 60 + sum(counted(getattr(value, each.name)) for each in fields(value))
        return 60

    records = [
        record for table in sandbox.committed.collections.values() for _, record in table.items()
    ]
    assert len({type(record) for record in records}) > 10
    assert [size_of(each) for each in records] == [400 + counted(each) for each in records]
