"""Every format carries every value exactly, and a spreadsheet never gets a formula."""

import csv
import io
import json
import sqlite3

import openpyxl
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.datasets.formats import FORMATS, Column
from mock_server.usage import UsageError

COLUMNS = (
    Column("id", "whole"),
    Column("name", "text"),
    Column("price", "decimal"),
    Column("sold", "boolean"),
    Column("at", "instant"),
    Column("codes", "text"),
)
ROW = {
    "id": 1213533212211414017,
    "name": "=1+1",
    "price": "12.50",
    "sold": True,
    "at": "2026-01-31T12:00:00Z",
    "codes": [{"a": "O'Brien"}],
}
NOTHING = dict.fromkeys(ROW)


def written(form, records, columns=COLUMNS, **options):
    file = io.BytesIO()
    with FORMATS[form](file, "things", columns) as writer:
        for name, value in options.items():
            setattr(writer, name, value)
        for record in records:
            writer.write(record)
    return file.getvalue()


@pytest.mark.parametrize("records", [[], [ROW], [ROW, NOTHING]])
def test_json_and_its_lines_carry_the_records_as_they_are(records):
    assert json.loads(written("json", records)) == records
    lines = written("ndjson", records).decode().splitlines()
    assert [json.loads(line) for line in lines] == records


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("=@\t\r\n\",' ")))
def test_csv_carries_every_text_exactly(text):
    content = written("csv", [{"name": text}], COLUMNS[1:2]).decode()
    assert list(csv.reader(io.StringIO(content, newline=""))) == [["name"], [text]]


def test_csv_tells_null_from_the_empty_text():
    content = written("csv", [{"id": 1, "name": ""}, {"id": 2, "name": None}], COLUMNS[:2])
    assert content == b'id,name\r\n1,""\r\n2,\r\n'


def test_csv_is_safe_for_spreadsheets_on_demand_and_leaves_numbers_alone():
    rows = [{"name": name} for name in ("=1+1", "@x", "-5.20", "plain")]
    content = written("csv", rows, COLUMNS[1:2], spreadsheet_safe=True)
    assert content.decode().split() == ["name", "'=1+1", "'@x", "-5.20", "plain"]


def test_sql_makes_a_table_that_holds_the_rows():
    database = sqlite3.connect(":memory:")
    # Two statements, as a statement has no more than 500 rows.
    database.executescript(written("sql", [ROW] * 501 + [NOTHING]).decode())
    rows = database.execute("SELECT * FROM things").fetchall()
    assert len(rows) == 502
    codes = json.dumps(ROW["codes"], separators=(",", ":"))
    assert rows[0] == (ROW["id"], "=1+1", 12.5, True, ROW["at"], codes)
    assert rows[-1] == (None,) * 6


def test_excel_gets_text_for_what_looks_like_a_formula_and_for_long_numbers():
    content = written("xlsx", [ROW, NOTHING])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    cells = next(sheet.iter_rows(min_row=2, max_row=2))
    assert [cell.data_type for cell in cells] == ["s", "s", "n", "b", "s", "s"]
    assert [cell.value for cell in cells[:3]] == [str(ROW["id"]), "=1+1", 12.5]
    assert content == written("xlsx", [ROW, NOTHING])


def test_excel_says_what_a_sheet_cannot_hold(monkeypatch):
    with pytest.raises(UsageError, match="holds 32767 characters, and a value has 32768"):
        written("xlsx", [{"name": "x" * 32768}])
    monkeypatch.setattr("mock_server.datasets.formats._EXCEL_ROWS", 2)
    with pytest.raises(UsageError, match="1 rows at most"):
        written("xlsx", [ROW, ROW])


def test_excel_takes_characters_that_xml_has_not():
    content = written("xlsx", [{"name": "bell \x07, _x0007_"}], COLUMNS[1:2])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet["A2"].value in {"bell \x07, _x0007_", "bell _x0007_, _x005F_x0007_"}


def test_parquet_has_types_and_loses_no_digit():
    table = pyarrow.parquet.read_table(io.BytesIO(written("parquet", [ROW, NOTHING])))
    first, last = table.to_pylist()
    assert first["id"] == ROW["id"]
    assert first["price"] == "12.50"
    assert first["at"].isoformat() == "2026-01-31T12:00:00+00:00"
    assert json.loads(first["codes"]) == ROW["codes"]
    assert last == NOTHING


@pytest.mark.parametrize(("form", "module"), [("parquet", "pyarrow"), ("xlsx", "openpyxl")])
def test_a_format_without_its_library_says_how_to_get_it(form, module, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == module else name)
    with pytest.raises(UsageError, match=r"pip install 'inventory-mock-server\["):
        written(form, [])
