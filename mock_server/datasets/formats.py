"""Files of records: JSON, NDJSON, CSV, Excel, Parquet and SQL, written record by record.

A record is a mapping of names to JSON values, as seed files have them: decimals and instants are
texts, which lose no digit. Where a format has no lists and objects, they are JSON in a text.
"""

from __future__ import annotations

import io
import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO, ClassVar, Literal, Self, get_args

import orjson

from mock_server.usage import UsageError, needs_extra

Record = dict[str, Any]
ColumnKind = Literal["whole", "decimal", "boolean", "instant", "text"]
_KINDS: Mapping[Any, ColumnKind] = {
    int: "whole",
    bool: "boolean",
    Decimal: "decimal",
    datetime: "instant",
}
#: Records are written so many at a time where a format has groups of them.
_GROUP = 500
_PARQUET_GROUP = 20_000
#: What an Excel sheet and one of its cells hold; numbers keep so many digits.
_EXCEL_ROWS, _EXCEL_CELL, _EXCEL_DIGITS = 1_048_576, 32_767, 15
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
#: A zip file needs a time for each of its parts, and the same data the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_SAVED_AT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_NEVER = rb"\g<1>1980-01-01T00:00:00Z"
#: What spreadsheets may take for a formula at the beginning of a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a table's records, and the kind of its values."""

    name: str
    kind: ColumnKind


def columns_of(hints: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return the columns of a record type, by the types of its fields."""
    return tuple(Column(name, _kind_of(hint)) for name, hint in hints.items())


def _kind_of(hint: Any) -> ColumnKind:
    kinds = {each for each in (get_args(hint) or (hint,)) if each is not type(None)}
    return _KINDS.get(kinds.pop(), "text") if len(kinds) == 1 else "text"


class Writer(ABC):
    """Writes records into a file; `table` is what they are, `close` ends the file's content.

    As a context manager it closes, or, if the block raises, only frees what it holds.
    """

    #: Whether the file is text, for a terminal to show.
    is_text: ClassVar[bool] = True

    def __init__(self, file: BinaryIO, table: str, columns: Sequence[Column]) -> None:
        self._file = file
        self._table = table
        self._columns = columns
        self._begin()

    @abstractmethod
    def write(self, record: Record) -> None:
        """Write one record."""

    def close(self) -> None:  # noqa: B027 - most formats have nothing to add
        """Write what comes after the last record."""

    def abandon(self) -> None:  # noqa: B027 - most formats hold nothing
        """Free what is held beside the file, as there will be no more records."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        (self.close if kind is None else self.abandon)()

    def _begin(self) -> None:  # noqa: B027 - most formats have nothing before
        """Write what comes before the first record."""


class NdjsonWriter(Writer):
    """One JSON object a line."""

    def write(self, record: Record) -> None:
        """Write one line."""
        self._file.write(orjson.dumps(record) + b"\n")


class JsonWriter(Writer):
    """One JSON array, a record a line."""

    def _begin(self) -> None:
        self._before = b"[\n"

    def write(self, record: Record) -> None:
        """Write one member of the array."""
        self._file.write(self._before + orjson.dumps(record))
        self._before = b",\n"

    def close(self) -> None:
        """End the array."""
        self._file.write(b"[]\n" if self._before == b"[\n" else b"\n]\n")


class CsvWriter(Writer):
    """CSV by RFC 4180 in UTF-8: null is nothing at all, the empty text is `""`.

    Texts are exact; with `spreadsheet_safe`, an apostrophe is put before what a spreadsheet may
    take for a formula.
    """

    spreadsheet_safe = False

    def _begin(self) -> None:
        self._row([column.name for column in self._columns])

    def write(self, record: Record) -> None:
        """Write one row."""
        self._row([record.get(column.name) for column in self._columns])

    def _row(self, values: Sequence[Any]) -> None:
        line = ",".join(map(self._cell, values))
        self._file.write(f"{line}\r\n".encode())

    def _cell(self, value: Any) -> str:
        if not isinstance(value, str):
            return "" if value is None else _quoted(_flat(value))
        if self.spreadsheet_safe and value.startswith(_FORMULA) and not _is_number(value):
            value = f"'{value}"
        return _quoted(value)


class SqlWriter(Writer):
    """A table and its rows in standard SQL, as SQLite and PostgreSQL take it."""

    _TYPES: ClassVar[Mapping[ColumnKind, str]] = {
        "whole": "BIGINT",
        "decimal": "NUMERIC",
        "boolean": "BOOLEAN",
        "instant": "TIMESTAMP WITH TIME ZONE",
        "text": "TEXT",
    }

    def _begin(self) -> None:
        self._rows: list[str] = []
        fields = ",\n".join(
            f"  {_identifier(column.name)} {self._TYPES[column.kind]}" for column in self._columns
        )
        self._file.write(f"CREATE TABLE {_identifier(self._table)} (\n{fields}\n);\n".encode())

    def write(self, record: Record) -> None:
        """Write one row, with others in one statement."""
        values = (self._value(column, record.get(column.name)) for column in self._columns)
        self._rows.append(f"({', '.join(values)})")
        if len(self._rows) == _GROUP:
            self._flush()

    def close(self) -> None:
        """Write the last rows."""
        self._flush()

    def _flush(self) -> None:
        if self._rows:
            rows = ",\n".join(self._rows)
            text = f"INSERT INTO {_identifier(self._table)} VALUES\n{rows};\n"
            self._file.write(text.encode())
            self._rows.clear()

    @staticmethod
    def _value(column: Column, value: Any) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if column.kind in {"whole", "decimal"} and _is_number(str(value)):
            return str(value)
        text = value if isinstance(value, str) else _flat(value)
        return "'" + text.replace("'", "''") + "'"


class ExcelWriter(Writer):
    """A sheet of Excel: numbers of up to 15 digits are numbers, all else is text, never a formula.

    Raises UsageError for what a sheet cannot hold.
    """

    is_text = False

    def _begin(self) -> None:
        needs_extra("data", "openpyxl", "--format xlsx")
        from openpyxl import Workbook

        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(self._table[:31])
        self._length = 0
        self._append([column.name for column in self._columns])

    def write(self, record: Record) -> None:
        """Write one row."""
        self._append([self._value(column, record.get(column.name)) for column in self._columns])

    def close(self) -> None:
        """Write the workbook."""
        book = io.BytesIO() if not self._file.seekable() else None
        with zipfile.ZipFile(book or self._file, "w", zipfile.ZIP_DEFLATED) as result:
            self._save(result)
        if book is not None:
            self._file.write(book.getvalue())

    def abandon(self) -> None:
        """Close and remove the sheet's own file."""
        with suppress(OSError, ValueError):
            self._sheet.close()
        self._sheet._writer.cleanup()  # noqa: SLF001 - nothing else removes it before the end

    def _append(self, values: Sequence[Any]) -> None:
        from openpyxl.cell import WriteOnlyCell

        self._length += 1
        if self._length > _EXCEL_ROWS:
            raise UsageError(
                f"an Excel sheet has {_EXCEL_ROWS - 1} rows at most beside its heading; "
                "use --format csv or parquet"
            )
        cells = []
        for value in values:
            if isinstance(value, str):
                text = _NOT_IN_XML.sub(lambda match: _escaped(match[0]), value)
                if len(text) > _EXCEL_CELL:
                    raise UsageError(
                        f"a cell of Excel holds {_EXCEL_CELL} characters, and a value has "
                        f"{len(text)}; use --format csv or parquet"
                    )
                cell = WriteOnlyCell(self._sheet)
                # Set by hand: what begins with = would be a formula.
                cell._value, cell.data_type = text, "s"  # noqa: SLF001
                cells.append(cell)
            else:
                cells.append(value)
        self._sheet.append(cells)

    @staticmethod
    def _value(column: Column, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if column.kind in {"whole", "decimal"} and _is_number(str(value)):
            digits = len(re.sub(r"\D", "", str(value)))
            number = Decimal(str(value))
            return number if digits <= _EXCEL_DIGITS else str(value)
        return value if isinstance(value, str) else _flat(value)

    def _save(self, result: zipfile.ZipFile) -> None:
        """Save the workbook, without the time of day that a workbook has in it."""
        import tempfile

        with tempfile.TemporaryFile() as saved:
            self._book.save(saved)
            with zipfile.ZipFile(saved) as parts:
                for part in parts.infolist():
                    info = zipfile.ZipInfo(part.filename, _NO_TIME)
                    info.compress_type = zipfile.ZIP_DEFLATED
                    with parts.open(part) as source, result.open(info, "w") as target:
                        if part.filename == "docProps/core.xml":
                            target.write(
                                _SAVED_AT.sub(rb"\g<1>1980-01-01T00:00:00Z", source.read())
                            )
                            continue
                        while block := source.read(1 << 16):
                            target.write(block)


class ParquetWriter(Writer):
    """A Parquet file: whole numbers, booleans and instants have their types, decimals are texts."""

    is_text = False

    def _begin(self) -> None:
        needs_extra("parquet", "pyarrow", "--format parquet")
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter as Parquet

        types = {
            "whole": pa.int64(),
            "boolean": pa.bool_(),
            "instant": pa.timestamp("us", tz="UTC"),
        }
        self._schema = pa.schema(
            [(column.name, types.get(column.kind, pa.string())) for column in self._columns]
        )
        self._records: list[Record] = []
        self._arrow = pa
        self._parquet = Parquet(self._file, self._schema)

    def write(self, record: Record) -> None:
        """Write one row, with others in one group."""
        self._records.append(
            {column.name: self._value(column, record.get(column.name)) for column in self._columns}
        )
        if len(self._records) == _PARQUET_GROUP:
            self._flush()

    def close(self) -> None:
        """Write the last rows and the index of the file."""
        self._flush()
        self._parquet.close()

    def abandon(self) -> None:
        """Close the file's index, which nobody reads."""
        with suppress(OSError, ValueError):
            self._parquet.close()

    def _flush(self) -> None:
        if self._records:
            table = self._arrow.Table.from_pylist(self._records, self._schema)
            self._parquet.write_table(table)
            self._records.clear()

    @staticmethod
    def _value(column: Column, value: Any) -> Any:
        if column.kind == "instant" and isinstance(value, str):
            return datetime.fromisoformat(value)
        if column.kind in {"whole", "boolean"} or value is None or isinstance(value, str):
            return value
        return _flat(value)


#: The formats by name, which is also how a file of that format ends.
FORMATS: Mapping[str, type[Writer]] = {
    "json": JsonWriter,
    "ndjson": NdjsonWriter,
    "csv": CsvWriter,
    "xlsx": ExcelWriter,
    "parquet": ParquetWriter,
    "sql": SqlWriter,
}


def _flat(value: Any) -> str:
    """A value that is no text, as JSON."""
    return orjson.dumps(value).decode()


def _quoted(text: str) -> str:
    if text and not any(character in text for character in ',"\r\n') and text == text.strip():
        return text
    return '"' + text.replace('"', '""') + '"'


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is not None


def _escaped(text: str) -> str:
    """What XML cannot carry as the format writes it; what looks like that has its first sign so."""
    return f"_x{ord(text[0]):04X}_" + text[1:]
