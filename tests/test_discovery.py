"""APIs are found by their folders, and refused in one line if their parts do not fit."""

from __future__ import annotations

import sys
from textwrap import dedent

import pytest

from mock_server.control.api.spec import NAME as CONTROL
from mock_server.data import fixtures_directory, specs_directory
from mock_server.discovery import UnknownApi, api_names, load_vendor, load_vendors
from mock_server.openapi.document import SpecError
from mock_server.settings import Settings

_API = """
    from mock_server.engine.api import Api, ErrorTable, FirstCall, Operations
    from mock_server.engine.errors import NEUTRAL_ERRORS
    API = Api(
        name="{name}", operations=Operations(), sandbox_key_of=lambda credential: None,
        errors=ErrorTable(dict.fromkeys(NEUTRAL_ERRORS)), seed=None, first_call=FirstCall("/"),
    )
"""
_SPEC = "{openapi: 3.0.3, info: {title: Toy, version: '1'}, paths: {}}"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A function (API name, source, spec) that puts one into the package `found_apis`."""
    package = tmp_path / "found_apis"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))

    def put(name, source=_API, spec=_SPEC):
        folder = package / name
        folder.mkdir()
        (folder / "__init__.py").write_text(dedent(source).replace("{name}", name))
        if spec is not None:
            (tmp_path / f"{name}.yaml").write_text(spec)

    yield put
    for name in [name for name in sys.modules if name.split(".")[0] == "found_apis"]:
        del sys.modules[name]


def _load(tmp_path, name):
    return load_vendor(name, "found_apis", tmp_path)


def test_every_folder_is_an_api_and_a_lone_module_is_none(place, tmp_path):
    place("two")
    place("one")
    (tmp_path / "found_apis" / "helper.py").touch()
    (tmp_path / "found_apis" / "empty").mkdir()
    assert api_names("found_apis") == ["one", "two"]
    found = load_vendors((), "found_apis", tmp_path)
    assert [(vendor.api.name, vendor.spec.title) for vendor in found] == [
        ("one", "Toy"),
        ("two", "Toy"),
    ]


def test_apis_are_loaded_by_name_in_the_order_that_was_asked_for(place, tmp_path):
    for name in ("one", "two", "three"):
        place(name)
    found = load_vendors(["two", "one"], "found_apis", tmp_path)
    assert [vendor.api.name for vendor in found] == ["two", "one"]
    assert found[0].spec_path == tmp_path / "two.yaml"


def test_an_api_that_is_not_there_is_refused_with_those_that_are(place, tmp_path):
    place("one")
    place("two")
    with pytest.raises(UnknownApi, match=r"^there is no API 'three'; there are one, two$"):
        _load(tmp_path, "three")


@pytest.mark.parametrize(
    ("source", "spec", "message"),
    [
        ("", _SPEC, "found_apis.toy exports no API"),
        ("API = 'toy'", _SPEC, "found_apis.toy exports no API"),
        (_API.replace("{name}", "other"), _SPEC, "found_apis.toy: its API calls itself 'other'"),
        (_API, None, "toy.yaml: "),
        (_API, "- nothing", "toy.yaml: not a mapping"),
        (_API, "a: [", "toy.yaml: "),
        (_API, "{openapi: 3.1.0}", "only OpenAPI 3.0 is supported"),
    ],
)
def test_parts_that_do_not_fit_are_refused_in_one_line(place, tmp_path, source, spec, message):
    place("toy", source, spec)
    with pytest.raises(SpecError) as caught:
        _load(tmp_path, "toy")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_four_apis_are_there():
    assert api_names() == ["built", "cliniko", "exsited", "skhokho"]


def test_every_spec_has_an_api_and_every_api_a_spec():
    specs = {path.stem for path in specs_directory().glob("*.yaml")}
    assert specs - {CONTROL} == set(api_names())
    assert (fixtures_directory() / "personas.yaml").is_file()


@pytest.mark.parametrize(
    ("option", "limited"),
    [("off", ()), ("on", ("test", "test-a")), ("test-a", ("test-a",)), ("test,test-x", ("test",))],
)
def test_rate_limits_are_on_for_all_for_some_or_for_none(option, limited):
    settings = Settings(rate_limited=option)
    found = tuple(name for name in ("test", "test-a") if settings.limits_rate_of(name))
    assert found == limited
