"""How much memory records are counted to take."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mock_server.state.memory import size_of


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
