"""Records are read back as they were, by the fast way and by the forms alike."""

from __future__ import annotations

import pytest

from mock_server.app import build_server
from mock_server.control.seed_files.record_forms import form_of
from mock_server.discovery import api_names, tables_of
from mock_server.state.collection import every
from mock_server.state.sandbox import SandboxName
from mock_server.store.readers import reader_of
from mock_server.store.states import decode, encode


@pytest.mark.parametrize("name", api_names())
def test_every_seed_record_is_read_the_fast_way_and_is_the_same(name):
    server = build_server([name])
    tables = {table.name: table for table in tables_of(server.vendors)[name].values()}
    sandbox = server.sandboxes.open(SandboxName("test", "typical"))
    slow = 0
    for full, collection in sandbox.seed_state(name).collections.items():
        kind = tables[full].record
        for record in collection.derive(every):
            value = decode(encode(form_of(kind).write(record)))
            assert form_of(kind).read(value, "", []) == record
            try:
                assert reader_of(kind)(value) == record
            except (TypeError, ValueError, KeyError):
                slow += 1
    assert slow == 0


@pytest.mark.parametrize("value", [1, None, "", [], {}, {"name": 1}, {"colour": "red"}])
def test_what_is_not_as_it_is_written_is_left_to_the_forms(value):
    kind = next(iter(tables_of(build_server(["cliniko"]).vendors)["cliniko"].values())).record
    with pytest.raises((TypeError, ValueError, KeyError)):
        reader_of(kind)(value)
