"""The wheel works where nothing else is installed, and does not touch others' packages."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
from packaging.metadata import parse_email

from mock_server import __version__
from tests.conftest import ROOT
from tests.packaging.clean_environment import CleanEnvironment, brought_in_by, run

DATA = "mock_server/_data"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder)]
    run([*build, str(ROOT)], cwd=folder)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def contents(wheel) -> dict[str, bytes]:
    """The bytes of every file in the wheel, by its path there."""
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_top_level_is_our_two_packages_and_the_metadata(wheel, contents):
    assert wheel.name == f"inventory_mock_server-{__version__}-py3-none-any.whl"
    assert {name.split("/")[0] for name in contents} == {
        "mock_server",
        "contract_tests",
        f"inventory_mock_server-{__version__}.dist-info",
    }


def test_the_specs_and_the_fixtures_travel_as_data_inside_ours(contents):
    expected = {
        f"{DATA}/{file.relative_to(ROOT).as_posix()}": file.read_bytes()
        for folder in ("specs", "fixtures")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    assert f"{DATA}/specs/cliniko.yaml" in expected
    assert f"{DATA}/fixtures/personas.yaml" in expected
    assert {name: data for name, data in contents.items() if name.startswith(DATA)} == expected


def test_every_file_of_our_packages_is_in_it(contents):
    for package in ("mock_server", "contract_tests"):
        for file in (ROOT / package).rglob("*"):
            if file.is_file() and file.suffix != ".pyc":
                assert file.relative_to(ROOT).as_posix() in contents


def test_a_plain_installation_is_small(contents):
    metadata, _ = parse_email(contents[f"inventory_mock_server-{__version__}.dist-info/METADATA"])
    brought = brought_in_by(metadata["requires_dist"])
    assert len(brought) <= 35, sorted(brought)
    size = sum(map(len, contents.values()))
    size += sum(
        path.stat().st_size
        for each in brought.values()
        for file in each.files or ()
        if file.suffix != ".pyc" and (path := Path(each.locate_file(file))).is_file()
    )
    assert size <= 60_000_000
    absent = {"flask", "hypothesis", "schemathesis", "trustme"}
    assert not absent & set(brought)


def test_installed_beside_anothers_fixtures_package_it_serves_and_leaves_that_one_alone(
    wheel, contents, tmp_path
):
    metadata, _ = parse_email(contents[f"inventory_mock_server-{__version__}.dist-info/METADATA"])
    environment = CleanEnvironment(tmp_path / "environment")
    plain = brought_in_by(metadata["requires_dist"])
    environment.link(plain.values())
    others = distribution("fixtures")
    environment.link([others])
    before = anothers(environment)
    environment.install(wheel)

    assert environment.consistent() == "No broken requirements found.\n"
    for command, extra in (("contract-tests run", "contract"), ("mock-server run -- x", "run")):
        program, *arguments = command.split()
        refused = subprocess.run(
            [environment.scripts / program, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert refused.returncode == 2
        assert refused.stderr.endswith(
            f" needs more packages: pip install 'inventory-mock-server[{extra}]'\n"
        )
    with serving(environment, tmp_path) as base_url:
        answer = httpx.get(f"{base_url}/products", auth=("test-au1", ""), timeout=60)
        assert answer.status_code == 200
        assert answer.json()["total_entries"] > 0
        front = httpx.get(httpx.URL(base_url).join("/"), follow_redirects=True)
        assert front.status_code == 200
        assert "pip install 'inventory-mock-server[console]'" in front.text
        assert base_url in front.text
        docs = httpx.get(httpx.URL(base_url).join("/cliniko/docs"), follow_redirects=True)
        assert docs.text == front.text
        with_pages = brought_in_by(metadata["requires_dist"], "console")
        environment.link(each for name, each in with_pages.items() if name not in plain)

    with serving(environment, tmp_path) as base_url:
        docs = httpx.get(httpx.URL(base_url).join("/cliniko/docs"), follow_redirects=True)
        assert docs.status_code == 200
        assert docs.headers["content-type"].startswith("text/html")

    assert anothers(environment) == before
    assert not set(contents) & {str(file) for file in others.files or ()}
    imported = "import fixtures; print(fixtures.__file__, fixtures.TempDir.__module__)"
    assert run([str(environment.scripts / "python"), "-I", "-c", imported], cwd=tmp_path) == (
        f"{environment.packages}/fixtures/__init__.py fixtures._fixtures.tempdir\n"
    )


def test_installed_it_gives_tests_their_mocks(wheel, contents, tmp_path):
    metadata, _ = parse_email(contents[f"inventory_mock_server-{__version__}.dist-info/METADATA"])
    environment = CleanEnvironment(tmp_path / "environment")
    environment.link(brought_in_by([*metadata["requires_dist"], "pytest"]).values())
    environment.install(wheel)
    (tmp_path / "test_sync.py").write_text(
        "def test_sync(mock_inventory):\n"
        "    with mock_inventory.cliniko.client() as client:\n"
        "        assert client.get('/products/1').status_code == 200\n"
    )
    pytest_command = [
        str(environment.scripts / "python"),
        "-I",
        "-m",
        "pytest",
        "-W",
        "error",
        "-q",
    ]
    assert "1 passed" in run(pytest_command, cwd=tmp_path)


def test_installed_it_compares_a_server_with_a_mock(wheel, contents, tmp_path):
    metadata, _ = parse_email(contents[f"inventory_mock_server-{__version__}.dist-info/METADATA"])
    environment = CleanEnvironment(tmp_path / "environment")
    environment.link(brought_in_by(metadata["requires_dist"], "contract").values())
    environment.install(wheel)
    suite = str(environment.scripts / "contract-tests")
    assert run([suite, "where"], cwd=tmp_path) == f"{environment.packages}/contract_tests\n"
    signed_in = {"HOME": str(tmp_path), "CONTRACT_TESTS_CREDENTIAL": "test-au1:"}
    with serving(environment, tmp_path) as base_url:
        diff = [suite, "diff", "cliniko", "--target", base_url, "--rate", "none", "--cases", "1"]
        assert "cliniko: nothing found" in run(diff, cwd=tmp_path, variables=signed_in)


def anothers(environment: CleanEnvironment) -> dict[Path, bytes]:
    """The files of the package `fixtures` that the environment holds, without compiled ones."""
    files = (environment.packages / "fixtures").rglob("*.*")
    return {file: file.read_bytes() for file in files if file.suffix != ".pyc"}


@contextmanager
def serving(environment: CleanEnvironment, home: Path) -> Iterator[str]:
    """Run `mock-server serve`; gives Cliniko's base URL as it prints it, and stops the server."""
    process = subprocess.Popen(
        [environment.scripts / "mock-server", "serve", "--port", "0"],
        cwd=home,
        env={"HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    hung = threading.Timer(300, process.kill)
    hung.start()
    try:
        assert process.stdout
        printed = []
        for line in process.stdout:
            printed.append(line)
            if address := re.search(r"http://127\.0\.0\.1:[1-9]\d*/cliniko/v1$", line.strip()):
                yield address.group()
                break
        else:
            pytest.fail(f"no base URL in what it printed:\n{''.join(printed)}")
    finally:
        hung.cancel()
        process.terminate()
        process.communicate()
    assert process.returncode in {0, -signal.SIGTERM}
