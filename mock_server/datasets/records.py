"""The records of a data set, written to a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import fields
from typing import Any, BinaryIO, get_type_hints

from mock_server.control.generated import WantedData
from mock_server.control.seed_files.record_forms import form_of
from mock_server.datasets.formats import FORMATS, CsvWriter, columns_of
from mock_server.datasets.stream import RecordStream
from mock_server.seeding.fake import Fake
from mock_server.seeding.personas import SHARED, Persona
from mock_server.state.store import Table
from mock_server.usage import UsageError

Change = Callable[[str, int, dict[str, Any]], dict[str, Any]]
#: What is told how far it is, is told after so many records.
_STEP = 500


def require_streamable(name: str, persona: Persona) -> None:
    """Raise UsageError for a persona whose records cannot be made one by one."""
    if persona.messy or persona.catalogue == SHARED:
        raise UsageError(
            f"data writes no odd values and no shared goods, which the persona {name!r} has; "
            "create a sandbox with it and use `mock-server export`"
        )


def write_records(
    stream: RecordStream,
    table: Table[Any],
    file: BinaryIO,
    form: str,
    count: int | None = None,
    *,
    change: Change | None = None,
    spreadsheet_safe: bool = False,
    step: Callable[[int], None] | None = None,
) -> int:
    """Write so many records of a table, by default as many as the persona has; return how many.

    `change` may change each, by its table and number; `step` is called with the number so far.
    """
    record_form, number = form_of(table.record), 0

    def sink(record: Any) -> None:
        nonlocal number
        number += 1
        found = record_form.write(record)
        writer.write(found if change is None else change(table.name, number, found))
        if step is not None and number % _STEP == 0:
            step(number)

    name = table.name.partition(".")[2]
    with FORMATS[form](file, name, columns_of(_hints(table))) as writer:
        if isinstance(writer, CsvWriter):
            writer.spreadsheet_safe = spreadsheet_safe
        return stream.send(table.name, sink, count)


def data_file(wanted: WantedData) -> bytes:
    """Return the data set that control asks for; raises UsageError."""
    require_streamable(wanted.persona.name, wanted.persona)
    stream = RecordStream(wanted.vendor.api.seed, wanted.persona, lambda: Fake(wanted.seed))
    file = io.BytesIO()
    write_records(stream, wanted.table, file, wanted.form, wanted.count)
    return file.getvalue()


def _hints(table: Table[Any]) -> dict[str, Any]:
    hints = get_type_hints(table.record)
    return {field.name: hints[field.name] for field in fields(table.record) if field.init}
