"""`mock-server data`: what a person at a terminal or a script gets of it."""

import csv
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mock_server.cli import main


@pytest.fixture
def data(capfd):
    def run(*arguments):
        status = main(["data", *arguments])
        output = capfd.readouterr()
        return status, output.out, output.err

    return run


def test_without_more_it_writes_the_products_of_the_typical_account(data):
    status, out, _ = data("cliniko")
    records = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert len(records) == 60
    assert {"id", "name", "price", "stock_level"} <= set(records[0])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(data):
    first, again, other = (
        data("cliniko", "--count", "20", "--seed", seed)[1] for seed in ("7", "7", "8")
    )
    assert first == again != other


@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "xlsx", "parquet", "sql"])
def test_a_file_is_the_same_each_time_and_its_name_says_its_format(form, data, tmp_path):
    files = [tmp_path / f"{name}.{form}" for name in "ab"]
    for file in files:
        assert data("skhokho", "--count", "30", "--output", str(file))[0] == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    assert sorted(tmp_path.iterdir()) == files


@pytest.mark.parametrize(
    ("locale", "currency", "in_the_name"),
    [("ja_JP", "JPY", "\u3040-\u9fff"), ("el_GR", "EUR", "\u0370-\u03ff")],
)
def test_a_locale_brings_its_words_and_its_currency(locale, currency, in_the_name, data):
    _, out, _ = data("exsited", "--locale", locale, "--count", "5")
    for line in out.splitlines():
        item = json.loads(line)
        assert item["currencies"][0]["name"] == currency
        low, high = in_the_name[0], in_the_name[-1]
        assert any(low <= letter <= high for letter in item["name"])


def test_a_locale_gives_the_business_its_currency_and_people_their_names(data):
    business = json.loads(data("built", "businesses", "--locale", "pl_PL")[1])
    assert business["currency"] == "PLN"
    plain, local = (
        [json.loads(line)["last_name"] for line in data("cliniko", "users", *more)[1].splitlines()]
        for more in ((), ("--locale", "ja_JP"))
    )
    assert plain != local


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["clinko"], "did you mean cliniko?"),
        (["cliniko", "produts"], "did you mean products?"),
        (["cliniko", "--persona", "typicl"], "did you mean typical?"),
        (["cliniko", "--persona", "messy"], "data writes no odd values"),
        (["cliniko", "--locale", "de_DD"], "did you mean de_DE"),
        (["cliniko", "--format", "cvs"], "did you mean csv?"),
        (["cliniko", "--count", "0"], "0 is not in the range"),
        (["cliniko", "--count", "-3"], "-3 is not in the range"),
        (["cliniko", "--spreadsheet-safe"], "is for --format csv"),
        (["cliniko", "--output", "no/such/folder/x.csv"], "No such file or directory"),
    ],
)
def test_wrong_use_gets_one_line_that_mends_it(arguments, message, data):
    status, out, err = data(*arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_a_full_disk_is_named_in_one_line(form, data):
    status, _, err = data("cliniko", "--format", form, "--output", "/dev/full")
    assert status == 2
    assert err == "mock-server: /dev/full: No space left on device\n"


def test_a_broken_off_write_leaves_the_old_file_and_no_part_of_a_new_one(data, tmp_path):
    file = tmp_path / "products.xlsx"
    file.write_bytes(b"old")
    status, _, err = data("cliniko", "taxes", "--count", "5", "--output", str(file))
    assert (status, file.read_bytes()) == (2, b"old")
    assert "ask for 4 at most" in err
    assert list(tmp_path.iterdir()) == [file]


def started(*arguments, **options):
    command = [sys.executable, "-m", "mock_server", "data", "cliniko", "--count", "900000"]
    # Whoever runs the tests in the background ignores SIGINT, and so would this process.
    return subprocess.Popen(
        [*command, *arguments],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **options,
    )


def test_ctrl_c_leaves_no_file(tmp_path):
    process = started("--output", str(tmp_path / "products.csv"))
    while not list(tmp_path.iterdir()):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    assert list(tmp_path.iterdir()) == []


def test_a_closed_pipe_ends_it_quietly():
    process = started("--format", "csv", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    heading = next(csv.reader(io.StringIO(process.stdout.readline().decode())))
    process.stdout.close()
    assert heading[0] == "id"
    assert process.wait(30) == 141
    assert process.stderr.read() == b""
    process.stderr.close()
