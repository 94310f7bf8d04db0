"""Who may import whom, and where time and chance may come from: read from the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from mock_server.discovery import api_names
from tests.conftest import ROOT

#: The parts that may import only those named, and themselves. What is not here sees everything.
LAYERS = {
    "mock_server.state": set(),
    "mock_server.seeding": {"mock_server.state", "mock_server.usage"},
    "mock_server.openapi": {"mock_server.usage"},
    "mock_server.engine": {"mock_server.journal", "mock_server.openapi", "mock_server.state"},
    "mock_server.lifecycle": {"mock_server.openapi"},
    "mock_server.apis": {
        "mock_server.engine",
        "mock_server.openapi",
        "mock_server.lifecycle",
        "mock_server.seeding",
        "mock_server.state",
    },
    "mock_server.usage": set(),
    "mock_server.start": set(),
    "mock_server.command_line": {"mock_server.usage"},
    # A second opinion borrows nothing.
    "lab.standin": set(),
    "mock_server.data": set(),
    "mock_server.settings": {"mock_server.state", "mock_server.usage"},
    "mock_server.faults": {
        "mock_server.data",
        "mock_server.engine",
        "mock_server.openapi",
        "mock_server.state",
        "mock_server.usage",
    },
    "mock_server.journal": {
        "mock_server.openapi",
        "mock_server.state",
        "mock_server.usage",
        "mock_server.__version__",
    },
    "mock_server.control": {
        "mock_server.command_line",
        "mock_server.console",
        "mock_server.data",
        "mock_server.discovery",
        "mock_server.engine",
        "mock_server.openapi",
        "mock_server.journal",
        "mock_server.faults",
        "mock_server.in_process",
        "mock_server.lifecycle",
        "mock_server.seeding",
        "mock_server.state",
        "mock_server.usage",
    },
    "mock_server.store": {
        "mock_server.__version__",
        "mock_server.control",
        "mock_server.discovery",
        "mock_server.engine",
        "mock_server.faults",
        "mock_server.journal",
        "mock_server.openapi",
        "mock_server.state",
        "mock_server.usage",
    },
    "mock_server.in_process": {"mock_server.faults"},
    "mock_server.output_file": set(),
    "mock_server.datasets": {
        "mock_server.command_line",
        "mock_server.control",
        "mock_server.data",
        "mock_server.discovery",
        "mock_server.output_file",
        "mock_server.seeding",
        "mock_server.state",
        "mock_server.usage",
    },
    # It makes servers of its own, and asks them.
    "mock_server.cases": {
        "mock_server.app",
        "mock_server.command_line",
        "mock_server.control",
        "mock_server.discovery",
        "mock_server.engine",
        "mock_server.in_process",
        "mock_server.lifecycle",
        "mock_server.openapi",
        "mock_server.output_file",
        "mock_server.settings",
        "mock_server.state",
        "mock_server.usage",
    },
    # It makes servers of its own, and reports what they saw.
    "mock_server.interception": {
        "mock_server.app",
        "mock_server.command_line",
        "mock_server.check",
        "mock_server.control",
        "mock_server.discovery",
        "mock_server.engine",
        "mock_server.in_process",
        "mock_server.journal",
        "mock_server.live",
        "mock_server.openapi",
        "mock_server.server_loop",
        "mock_server.settings",
        "mock_server.state",
        "mock_server.usage",
    },
    # It makes servers of its own, and opens their sandboxes.
    "mock_server.shrinking": {
        "mock_server.app",
        "mock_server.control",
        "mock_server.seeding",
        "mock_server.state",
    },
    "mock_server.live": {
        "mock_server.bounded_http",
        "mock_server.descriptors",
        "mock_server.faults.connection",
        "mock_server.usage",
    },
    "mock_server.bounded_http": {"mock_server.descriptors"},
    "mock_server.descriptors": set(),
    "mock_server.server_loop": {"mock_server.in_process"},
    "mock_server.discovery": {
        "mock_server.data",
        "mock_server.engine",
        "mock_server.openapi",
        "mock_server.lifecycle",
        "mock_server.state",
        "mock_server.usage",
    },
    "mock_server.console": {
        "mock_server.discovery",
        "mock_server.engine",
        "mock_server.openapi",
    },
    # The rooms of the contract suite; what is beside them sees all of them.
    "contract_tests.findings": set(),
    "contract_tests.garbage_collection": set(),
    "contract_tests.exchange": {
        "contract_tests.target.target",
        "mock_server.engine",
        "mock_server.lifecycle",
        "mock_server.openapi",
    },
    # A target may be a mock in process, which is made as a user makes one.
    "contract_tests.target": {
        "contract_tests.exchange",
        "mock_server.app",
        "mock_server.control.api.spec",
        "mock_server.control.api.vendor",
        "mock_server.discovery",
        "mock_server.engine",
        "mock_server.in_process",
        "mock_server.lifecycle",
        "mock_server.openapi",
        "mock_server.settings",
        "mock_server.state.clock",
        "mock_server.usage",
    },
    "contract_tests.claims": {
        "contract_tests.exchange",
        "contract_tests.target",
        "mock_server.lifecycle",
        "mock_server.openapi",
    },
    "contract_tests.reproduction": {
        "contract_tests.claims",
        "contract_tests.exchange",
        "contract_tests.findings",
        "contract_tests.target",
        "mock_server.discovery",
        "mock_server.journal.redaction",
        "mock_server.lifecycle",
        "mock_server.openapi",
        "mock_server.state.clock",
    },
    "contract_tests.properties": {
        "contract_tests.claims",
        "contract_tests.exchange",
        "contract_tests.findings",
        "contract_tests.garbage_collection",
        "contract_tests.reproduction",
        "contract_tests.target",
        "mock_server.discovery",
        "mock_server.lifecycle",
        "mock_server.openapi",
    },
    "contract_tests.fuzzing": {
        "contract_tests.claims",
        "contract_tests.exchange",
        "contract_tests.findings",
        "contract_tests.garbage_collection",
        "contract_tests.properties",
        "contract_tests.reproduction",
        "contract_tests.target",
        "mock_server.console.served",
        "mock_server.discovery",
        "mock_server.in_process",
        "mock_server.lifecycle",
        "mock_server.openapi",
        "mock_server.state.clock",
    },
    "contract_tests.differential": {
        "contract_tests.claims",
        "contract_tests.exchange",
        "contract_tests.findings",
        "contract_tests.properties",
        "contract_tests.reproduction",
        "contract_tests.target",
        "mock_server.discovery",
        "mock_server.lifecycle",
        "mock_server.openapi",
        "mock_server.usage",
    },
    # What was recorded is judged by the readers that the mock reads requests with.
    "contract_tests.recorded": {
        "contract_tests.claims",
        "contract_tests.differential",
        "contract_tests.exchange",
        "contract_tests.findings",
        "contract_tests.reproduction",
        "contract_tests.target",
        "mock_server.__version__",
        "mock_server.discovery",
        "mock_server.engine",
        "mock_server.in_process",
        "mock_server.journal",
        "mock_server.lifecycle",
        "mock_server.openapi",
        "mock_server.state.clock",
        "mock_server.usage",
    },
    "contract_tests.fidelity": {
        "contract_tests.exchange",
        "contract_tests.target",
        "mock_server.discovery",
        "mock_server.engine",
        "mock_server.lifecycle",
        "mock_server.openapi",
        "mock_server.usage",
    },
    "contract_tests.reports": {
        "contract_tests.findings",
        "contract_tests.target.secrets",
        "mock_server.__version__",
        "mock_server.usage",
    },
    "contract_tests.options": {
        "contract_tests.reports.baseline",
        "contract_tests.target.secrets",
    },
    "contract_tests.suite": {
        "contract_tests.findings",
        "contract_tests.fuzzing",
        "contract_tests.options",
        "contract_tests.properties",
        "contract_tests.reports",
        "contract_tests.target",
        "mock_server.discovery",
        "mock_server.lifecycle",
        "mock_server.state.clock",
        "mock_server.usage",
    },
    "contract_tests.cli": {
        "contract_tests.differential",
        "contract_tests.exchange",
        "contract_tests.fidelity",
        "contract_tests.findings",
        "contract_tests.options",
        "contract_tests.properties",
        "contract_tests.recorded",
        "contract_tests.reports",
        "contract_tests.suite",
        "contract_tests.target",
        "mock_server.__version__",
        "mock_server.command_line",
        "mock_server.control.cli.options",
        "mock_server.discovery",
        "mock_server.openapi",
        "mock_server.state.clock",
        "mock_server.usage",
    },
}
#: What those layers may import for its types alone.
TYPES_ONLY = {
    "mock_server.engine": {"mock_server.seeding"},
    "mock_server.state": {"mock_server.journal"},
}
#: What every vendor has, by the same name in each folder, beside what it alone needs.
VENDOR_FILES = {
    "__init__.py", "credentials.py", "errors.py", "handlers", "lifecycle", "models.py",
    "operations.py", "pages.py", "rules.yaml", "seed.py", "serializers.py",
}  # fmt: skip
ROOTS = {
    "mock_server.app",
    "mock_server.cli",
    "mock_server.check",
    "mock_server.__init__",
    "mock_server.__main__",
    "mock_server.pytest_plugin",
    "contract_tests",
    "lab",
}
#: Libraries that stay out of a vendor's package, and out of the state.
FRAMEWORKS = {"a2wsgi", "connexion", "flask", "schemathesis", "starlette", "uvicorn", "werkzeug"}
CLOCK = "mock_server.state.clock"
#: They wait until something has really happened; no sandbox's time passes meanwhile.
WAITS = {
    "mock_server.cli.workers",
    "mock_server.control.client.journal",
    "mock_server.store.shared_sqlite",
}
CLOCK_CALLS = {"now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp"}
UNSEEDED = {"secrets", "os.urandom", "uuid.uuid1", "uuid.uuid4"}


@dataclass(frozen=True)
class Import:
    """One imported name, and whether it is imported for its type alone."""

    name: str
    for_types: bool


def imports_of(tree: ast.AST, for_types: bool = False) -> Iterator[Import]:
    """Every import of a module, wherever in it it stands."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, for_types) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Import(f"{node.module}.{alias.name}", for_types) for alias in node.names)
        else:
            yield from imports_of(node, for_types or _checks_types(node))


def _checks_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def layer_breaches(module: str, source: str) -> list[str]:
    """The imports of a module that its layer does not allow."""
    layer = next((each for each in LAYERS if _is_within(module, each)), None)
    if layer is None:
        return []
    own = ".".join(module.split(".")[:3]) if layer == "mock_server.apis" else layer
    found = []
    for each in imports_of(ast.parse(source)):
        allowed = {own} | LAYERS[layer]
        if each.for_types:
            allowed |= TYPES_ONLY.get(layer, set())
        ours = each.name.split(".")[0] in {"mock_server", "contract_tests", "lab", "tests"}
        if ours and not any(_is_within(each.name, package) for package in allowed):
            found.append(each.name)
        plain = layer in {"mock_server.apis", "mock_server.state", "mock_server.seeding"}
        if plain and each.name.split(".")[0] in FRAMEWORKS:
            found.append(each.name)
    return found


def clock_breaches(module: str, source: str) -> list[str]:
    """The places where a module reads the machine's clock; measuring how long is none."""
    tree = ast.parse(source)
    measuring = {"time.monotonic", "time.perf_counter"}
    if module in WAITS:
        measuring.add("time.sleep")
    found = [
        each.name
        for each in imports_of(tree)
        if _is_within(each.name, "time") and each.name not in {*measuring, "time"}
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            text = ast.unparse(node)
            owner, _, name = text.rpartition(".")
            if owner.split(".")[-1] in {"datetime", "date"} and name in CLOCK_CALLS:
                found.append(text)
            if owner == "time" and text not in measuring:
                found.append(text)
    return [] if module == CLOCK else found


def chance_breaches(_: str, source: str) -> list[str]:
    """The places where a module draws from a source that no seed fixes."""
    tree = ast.parse(source)
    imported = [each.name for each in imports_of(tree)]
    found = [
        name
        for name in imported
        if any(_is_within(name, source) for source in UNSEEDED)
        or (_is_within(name, "random") and name not in {"random", "random.Random"})
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            text = ast.unparse(node)
            if node.value.id == "random" and "random" in imported and text != "random.Random":
                found.append(text)
            if text in UNSEEDED:
                found.append(text)
    return found


def _modules() -> Iterator[tuple[str, str]]:
    for package in ("mock_server", "contract_tests", "lab"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name, path.read_text(encoding="utf-8")


MODULES = dict(_modules())


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_what_its_layer_may(module):
    assert layer_breaches(module, MODULES[module]) == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_takes_time_and_chance_from_the_sandbox_alone(module):
    if module.startswith("mock_server."):
        assert clock_breaches(module, MODULES[module]) == []
        assert chance_breaches(module, MODULES[module]) == []


def test_every_module_has_a_layer_or_may_see_everything():
    known = {*LAYERS, *ROOTS}
    assert [name for name in MODULES if not any(_is_within(name, part) for part in known)] == []


def test_nobody_imports_the_laboratory():
    for module, source in MODULES.items():
        if not _is_within(module, "lab"):
            named = [each.name for each in imports_of(ast.parse(source))]
            assert not [name for name in named if _is_within(name, "lab")], module


@pytest.mark.parametrize("folder", sorted((ROOT / "mock_server" / "apis").glob("[a-z]*/")))
def test_every_vendor_has_the_same_files_for_the_same_things(folder):
    there = {path.name for path in folder.iterdir()}
    assert VENDOR_FILES - there == set()


def test_nobody_names_a_vendor():
    for module, source in MODULES.items():
        if not _is_within(module, "mock_server.apis"):
            named = [each.name for each in imports_of(ast.parse(source))]
            assert not [name for name in named if _is_within(name, "mock_server.apis")], module


def test_no_code_outside_of_a_vendors_folder_knows_its_name():
    for module, source in MODULES.items():
        if not _is_within(module, "mock_server.apis"):
            texts = {
                node.value
                for node in ast.walk(ast.parse(source))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
            assert not texts & set(api_names()), module


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("mock_server.apis.cliniko.handlers.products", "from mock_server.apis.built import API"),
        ("mock_server.apis.cliniko.handlers.products", "from mock_server.apis import built"),
        ("mock_server.apis.cliniko.handlers.products", "import mock_server.app"),
        ("mock_server.apis.cliniko.handlers.products", "from mock_server import settings"),
        ("mock_server.apis.cliniko.handlers.products", "from connexion import request"),
        ("mock_server.apis.cliniko.handlers.products", "def f():\n    import flask"),
        ("mock_server.engine.api", "from mock_server.apis.cliniko import API"),
        ("mock_server.engine.api", "from mock_server.console.pages import PREFIX"),
        ("mock_server.engine.api", "from mock_server.seeding.fake import Fake"),
        ("mock_server.state.store", "from mock_server.engine.errors import ApiError"),
        ("mock_server.state.store", "import starlette.requests"),
        ("mock_server.seeding.fake", "from mock_server.engine.api import Api"),
        ("mock_server.live", "from mock_server.app import build_server"),
        ("contract_tests.claims.times", "from contract_tests.properties.actions import Actions"),
        ("contract_tests.exchange.trace", "from contract_tests.suite import run_suite"),
        ("contract_tests.properties.run", "from mock_server.state.store import State"),
        ("contract_tests.target.guard", "from mock_server.control.api import seeds"),
    ],
)
def test_a_breach_of_the_layers_is_seen(module, line):
    assert layer_breaches(module, line)


def test_an_import_for_types_is_seen_as_one():
    line = "if TYPE_CHECKING:\n    from mock_server.seeding.fake import Fake"
    assert layer_breaches("mock_server.engine.api", line) == []
    assert layer_breaches("mock_server.state.store", line) == ["mock_server.seeding.fake.Fake"]


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)", "datetime.datetime.now()", "date.today()", "datetime.utcnow()",
        "import time\ntime.time()", "from time import time", "time.strftime('%Y')",
        "read = datetime.now",
    ],
)  # fmt: skip
def test_a_look_at_the_machines_clock_is_seen(line):
    assert clock_breaches("mock_server.engine.api", line)
    assert clock_breaches(CLOCK, line) == []


@pytest.mark.parametrize(
    "line",
    [
        "import random\nrandom.random()", "import random\nrandom.shuffle(x)",
        "from random import choice", "import uuid\nuuid.uuid4()", "from uuid import uuid4",
        "import secrets", "from secrets import token_hex", "import os\nos.urandom(8)",
        "import random\nrandom.SystemRandom()",
    ],
)  # fmt: skip
def test_chance_without_a_seed_is_seen(line):
    assert chance_breaches("mock_server.engine.api", line)


@pytest.mark.parametrize(
    "line",
    [
        "import random\nrandom.Random(1)", "context.random.random()", "from uuid import UUID",
        "def draw(random):\n    return random.choice('ab')", "context.now", "now()",
        "from time import monotonic",
    ],
)  # fmt: skip
def test_what_the_sandbox_gives_may_be_used(line):
    assert clock_breaches("mock_server.engine.api", line) == []
    assert chance_breaches("mock_server.engine.api", line) == []
