"""How Schemathesis is set up for a target: what it may send, how much, and of what kind."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemathesis
from hypothesis import strategies as st
from jsonschema_rs import Draft202012
from PIL import Image
from schemathesis.config import SchemathesisConfig
from schemathesis.core.errors import SerializationNotPossible
from schemathesis.generation.jsonschema.builder import build
from schemathesis.generation.jsonschema.context import Alphabet
from schemathesis.transport.asgi import ASGI_TRANSPORT

from contract_tests.findings import Finding
from contract_tests.fuzzing.formats import with_formats
from contract_tests.fuzzing.transport import application
from contract_tests.target.target import Target
from mock_server.console.served import located_document
from mock_server.openapi.document import Json, SpecIndex, is_read
from mock_server.openapi.security import SecurityScheme

PHASES = ("examples", "coverage", "fuzzing", "stateful")
#: These ask for requests of their own: with another method, or without the credential. To leave a
#: check out does not stop its requests, so what makes them is left out as well.
_PROBING = ("ignored_auth", "unsupported_method", "allow_header_conformance")
#: These judge data that breaks the spec.
_OF_WRONG_DATA = ("negative_data_rejection", "missing_required_header")
#: Targets have time limits of their own, and a request may wait for its turn.
_PATIENCE = 3600.0


@dataclass(frozen=True, slots=True)
class Level:
    """How much is sent: examples for each operation in a phase, and which phases there are."""

    name: str
    max_examples: int
    phases: tuple[str, ...] = PHASES


SMOKE = Level("smoke", 2, ("examples", "fuzzing", "stateful"))
DEFAULT = Level("default", 20)
LEVELS = {level.name: level for level in (SMOKE, DEFAULT)}


def fuzzed_schema(target: Target, seed: int, level: Level, only: tuple[str, ...] = ()) -> Any:
    """Return Schemathesis' schema of a target, whose requests go where `carried_by` says.

    It has the operations whose ids are named by `only`, all if none is.
    """
    _register_formats()
    limited = not target.profile.undeclared
    path = target.base_url.removeprefix(_origin(target))
    # With an address in the document, some requests of Schemathesis would go there by themselves.
    document = with_formats(
        located_document(target.vendor, path), target.vendor.spec, _register_encoded
    )
    schema: Any = schemathesis.openapi.from_dict(document, config=_config(target, seed, level))
    schema.app = application
    schema.location = f"{path}/openapi.json"
    if limited or only:
        operations = target.vendor.spec.operations.values()
        fuzzed = [each.id for each in operations if not limited or is_read(each)]
        schema = schema.include(operation_id=[each for each in fuzzed if not only or each in only])
    return schema


def unsent_media_types(target: Target) -> Iterable[Finding]:
    """Yield a finding for each type of a request's body that Schemathesis would leave out."""
    for operation in target.vendor.spec.operations.values():
        if operation.request_body is None or not (target.profile.undeclared or is_read(operation)):
            continue
        for media_type in operation.request_body.content:
            try:
                ASGI_TRANSPORT._resolve_serializer(media_type)  # noqa: SLF001 - nothing else tells
            except SerializationNotPossible:
                yield Finding(
                    "unsent_media_type",
                    f"{operation.method.upper()} {operation.path}",
                    f"no body of type {media_type} can be written, so none is sent",
                    "setup",
                    subject=media_type,
                )


def _origin(target: Target) -> str:
    scheme, _, rest = target.base_url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def _config(target: Target, seed: int, level: Level) -> SchemathesisConfig:
    limited = not target.profile.undeclared
    left_out = (*_PROBING, *_OF_WRONG_DATA) if limited else ()
    fixed = {f"path.{name}": value for name, value in target.parameters.items()}
    phases: dict[str, Json] = {name: {"enabled": name in level.phases} for name in PHASES}
    # With what it gathers from answers, it would archive every record there is before it goes on.
    phases["examples"]["extra-data-sources"] = {"responses": False}
    if _says_what_lives(target.vendor.spec):
        # What is gathered is no better then, and gathering takes a fifth of the time.
        for name in ("coverage", "fuzzing"):
            phases[name]["extra-data-sources"] = {"responses": False}
    if limited:
        phases["coverage"]["unexpected-methods"] = []
        # It learns of credentials by leaving them out.
        phases["fuzzing"]["error-feedback"] = {"enabled": False}
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "workers": 1,
            "continue-on-failure": True,
            "request-timeout": _PATIENCE,
            "max-redirects": 0,
            # How long the data take to make is no fault of the service, and depends on the machine.
            "suppress-health-check": ["too_slow"],
            # What one run learns must not change what the next one sends.
            "cache": {"enabled": False},
            "generation": {
                "database": "none",
                "max-examples": level.max_examples,
                # The databases behind these services store no NUL, so no schema admits it.
                "allow-x00": False,
                **({"mode": "positive", "with-security-parameters": False} if limited else {}),
            },
            # Words from the mock's own source would change the requests whenever it changes, and
            # they end up in files.
            "analysis": {"constants": {"enabled": False}},
            "checks": {name: {"enabled": False} for name in left_out},
            "parameters": fixed,
            "phases": phases,
            "auth": {"openapi": _auth(target)},
        }
    )


def _says_what_lives(spec: SpecIndex) -> bool:
    """Whether the spec tells for path parameters where their values are listed."""
    parameters = [
        spec.resolve(parameter)
        for path, item in spec.document["paths"].items()
        for holder in (item, *(each.raw for each in spec.operations.values() if each.path == path))
        for parameter in holder.get("parameters", [])
    ]
    return any(each["in"] == "path" and "x-references" in each for each in parameters)


def _auth(target: Target) -> dict[str, dict[str, str]]:
    """The credential under each scheme that some operation tries first."""
    spec = target.vendor.spec
    first = {
        operation.security[0][0] for operation in spec.operations.values() if operation.security
    }
    return {
        name: presented(scheme, target.credential)
        for name, scheme in spec.security_schemes.items()
        if name in first
    }


def presented(scheme: SecurityScheme, credential: str) -> dict[str, str]:
    """Return a credential as Schemathesis is configured with it."""
    if scheme.kind == "apiKey":
        return {"api_key": credential}
    if scheme.kind == "basic":
        user, _, password = credential.partition(":")
        return {"username": user, "password": password}
    return {"bearer": credential}


@cache
def _register_formats() -> None:
    """Teach Schemathesis the formats of strings that these specs use."""
    whole = st.one_of(st.integers(1, 200), st.integers(-(1 << 63), (1 << 63) - 1))
    schemathesis.openapi.format("int64", whole.map(str))
    schemathesis.openapi.format("int32", st.integers(-(1 << 31), (1 << 31) - 1).map(str))
    decimal = st.decimals(-10_000, 10_000, places=2, allow_nan=False)
    schemathesis.openapi.format("decimal", decimal.map(lambda number: format(number, "f")))
    # The files that these vendors take are images, and some of them look whether it is one.
    images = [_image(kind) for kind in ("png", "jpeg", "gif", "webp")]
    schemathesis.openapi.format("binary", st.sampled_from(images))


def _register_encoded(name: str, schema: Json) -> None:
    """Teach Schemathesis what a string carries that is the JSON of a value of the schema."""
    carried = build(schema, draft=Draft202012, formats={}, alphabet=Alphabet(allow_x00=False))
    schemathesis.openapi.format(name, carried.map(json.dumps))


def _image(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (1, 1), "teal").save(buffer, kind)
    return buffer.getvalue()
