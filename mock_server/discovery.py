"""Find the APIs: each is one folder with an `API` and one spec of the same name."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mock_server.data import specs_directory
from mock_server.engine.api import Api
from mock_server.lifecycle.model import Lifecycle
from mock_server.openapi.document import SpecError, SpecIndex, load_document
from mock_server.state.store import Table
from mock_server.usage import UsageError, suggestion

#: The tables of each API, by their short names.
Tables = Mapping[str, Mapping[str, Table[Any]]]


class UnknownApi(UsageError):
    """An API was asked for that is not there; the message names those that are."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """One API and its spec; `module` is the package that declares the API, if one does."""

    api: Api
    spec: SpecIndex
    spec_path: Path
    module: str = ""


def api_names(package: str = "mock_server.apis") -> list[str]:
    """Return the names of all APIs, in order."""
    paths = importlib.import_module(package).__path__
    return sorted(module.name for module in pkgutil.iter_modules(paths) if module.ispkg)


def load_vendor(name: str, package: str = "mock_server.apis", specs: Path | None = None) -> Vendor:
    """Return one API; raises UnknownApi, and SpecError if its parts do not fit together."""
    known = api_names(package)
    if name not in known:
        raise UnknownApi(f"there is no API {name!r}; {suggestion(name, known)}")
    path = (specs or specs_directory()) / f"{name}.yaml"
    module = importlib.import_module(f"{package}.{name}")
    api = getattr(module, "API", None)
    if not isinstance(api, Api):
        raise SpecError(f"{package}.{name} exports no API")
    if api.name != name:
        raise SpecError(f"{package}.{name}: its API calls itself {api.name!r}")
    return Vendor(api, SpecIndex(name, load_document(path)), path, module.__name__)


def load_lifecycle(vendor: Vendor) -> Lifecycle | None:
    """Return what a vendor's `lifecycle` module declares, or None if it has no such module."""
    if not vendor.module or importlib.util.find_spec(f"{vendor.module}.lifecycle") is None:
        return None
    declared = importlib.import_module(f"{vendor.module}.lifecycle").LIFECYCLE
    if not isinstance(declared, Lifecycle):
        raise SpecError(f"{vendor.module}.lifecycle: LIFECYCLE is no Lifecycle")
    return declared


def load_vendors(
    names: Iterable[str] = (), package: str = "mock_server.apis", specs: Path | None = None
) -> list[Vendor]:
    """Return the named APIs, or all of them; raises as `load_vendor`."""
    return [load_vendor(name, package, specs) for name in names or api_names(package)]


def tables_of(vendors: Iterable[Vendor]) -> Tables:
    """Return the tables of each API, by their short names: those that its package defines."""
    found: dict[str, dict[str, Table[Any]]] = {}
    for vendor in vendors:
        package = vendor.api.seed.__module__.rpartition(".")[0]
        tables = found[vendor.api.name] = {}
        for name, module in list(sys.modules.items()):
            if name == package or name.startswith(f"{package}."):
                for value in list(vars(module).values()):
                    if isinstance(value, Table) and value.api == vendor.api.name:
                        tables[value.name.partition(".")[2]] = value
    return found
