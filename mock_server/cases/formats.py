"""Files of cases: data, scripts and collections, each ready to be run as it is."""

from __future__ import annotations

import base64
import csv
import io
import json
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as Xml

from mock_server.cases.model import Call, Case, Step
from mock_server.cases.runner import RESERVED
from mock_server.openapi.security import SecurityScheme

DEFAULT_KEY = "test-cases"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the cases of an API are sent: its base URL and how a credential is presented."""

    api: str
    base_url: str
    scheme: SecurityScheme
    seed: int


def as_json(cases: Sequence[Case], target: Target) -> str:
    """Return one JSON document."""
    document = {
        "api": target.api,
        "seed": target.seed,
        "base_url": target.base_url,
        "variables": {"key": DEFAULT_KEY, **RESERVED},
        "cases": [record(case) for case in cases],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def as_ndjson(cases: Sequence[Case], _: Target) -> str:
    """Return a JSON object a line, one for each case."""
    return "".join(json.dumps(record(case), ensure_ascii=False) + "\n" for case in cases)


def record(case: Case) -> dict[str, Any]:
    """Return a case as a JSON value."""
    found = asdict(case)
    found["variables"] = {"tag": case.tag, **{n: {"x": c} for n, c in case.long_texts.items()}}
    return found


_COLUMNS = (
    "id", "operation", "kind", "field", "rule", "method", "path", "query", "headers", "body",
    "status", "answer", "spec", "basis", "source", "setup",
)  # fmt: skip


def as_csv(cases: Sequence[Case], _: Target) -> str:
    """Return a table, a row for each case."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for case in cases:
        expected = case.expected
        writer.writerow(
            [
                case.id, case.operation, case.kind, case.field, case.rule, case.call.method,
                case.call.path, _query(case.call), "; ".join(map(": ".join, case.call.headers)),
                case.call.body, expected and expected.status,
                json.dumps(expected.body, ensure_ascii=False) if expected else "",
                case.spec, case.basis, case.source,
                "; ".join(f"{step.call.method} {step.call.path}" for step in case.setup),
            ]
        )  # fmt: skip
    return text.getvalue()


def _query(call: Call) -> str:
    return "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in call.query)


def _escaped(text: str) -> str:
    """A text as it goes into a URL, its variables left alone."""
    parts = text.split("{{")
    found = quote(parts[0], safe="")
    for part in parts[1:]:
        name, _, rest = part.partition("}}")
        found += f"{{{{{name}}}}}{quote(rest, safe='')}"
    return found


def _target(call: Call) -> str:
    query = _query(call)
    return call.path + (f"?{query}" if query else "")


# --- Postman


#: Compares an answer with what is expected, in JavaScript; `varies` are places to leave out.
_COMPARE = """\
const without = (value, pointers) => {
  for (const pointer of pointers) {
    if (pointer === '') return null;
    const parts = pointer.split('/').slice(1).map(p => p.replace(/~1/g, '/').replace(/~0/g, '~'));
    const last = parts.pop();
    let at = value;
    for (const part of parts) { at = at === null || at === undefined ? at : at[part]; }
    if (at !== null && at !== undefined) delete at[last];
  }
  return value;
};
"""


def as_postman(cases: Sequence[Case], target: Target) -> str:
    """Return a Postman collection (v2.1) with its variables and tests."""
    folders: dict[str, list[Any]] = {}
    for case in cases:
        items = [_postman_step(step, case, target) for step in case.setup]
        items.append(_postman_case(case, target))
        folders.setdefault(case.operation, []).append(
            {"name": f"{case.id} {case.field}: {case.rule}", "item": items}
        )
    document = {
        "info": {
            "name": f"{target.api} cases, seed {target.seed}",
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "variable": [
            {"key": name, "value": value} for name, value in environment(target).items()
        ],
        "item": [{"name": name, "item": items} for name, items in folders.items()],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def environment(target: Target) -> dict[str, str]:
    """Return the variables of a collection that a person may change."""
    return {"base_url": target.base_url, "key": DEFAULT_KEY, **RESERVED}


def postman_environment(target: Target) -> str:
    """Return an environment for Postman."""
    values = [
        {"key": name, "value": value, "enabled": True}
        for name, value in environment(target).items()
    ]
    document = {"name": f"{target.api} mock", "values": values}
    return json.dumps(document, indent=1) + "\n"


def _postman_request(call: Call, target: Target) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": call.method,
        "url": f"{{{{base_url}}}}{_target(call)}",
        "header": [{"key": name, "value": value} for name, value in call.headers],
        "auth": _postman_auth(call, target.scheme),
    }
    if call.body is not None:
        request["body"] = {"mode": "raw", "raw": call.body}
    return request


def _postman_auth(call: Call, scheme: SecurityScheme) -> dict[str, Any]:
    if call.credential is None:
        return {"type": "noauth"}
    value = f"{{{{{call.credential}}}}}"
    if scheme.kind == "bearer":
        return {"type": "bearer", "bearer": [{"key": "token", "value": value, "type": "string"}]}
    pairs = {"username": value, "password": ""}
    return {
        "type": "basic",
        "basic": [{"key": k, "value": v, "type": "string"} for k, v in pairs.items()],
    }


def _before(case: Case, setter: str) -> list[str]:
    """The variables of one case, as statements."""
    lines = [f"{setter}('tag', {json.dumps(case.tag)});"]
    lines += [f"{setter}('{n}', 'x'.repeat({count}));" for n, count in case.long_texts.items()]
    return lines


def _event(name: str, lines: Iterable[str]) -> dict[str, Any]:
    text = "\n".join(lines).splitlines()
    return {"listen": name, "script": {"type": "text/javascript", "exec": text}}


def _postman_step(step: Step, case: Case, target: Target) -> dict[str, Any]:
    lines = [
        "pm.test('setup succeeds', () => pm.expect(pm.response.code).to.be.below(300));",
    ]
    for name, pointer in step.captures.items():
        lines.append(
            f"pm.collectionVariables.set('{name}', String({_at('pm.response.json()', pointer)}));"
        )
    return {
        "name": f"setup: {step.call.method} {step.call.path}",
        "request": _postman_request(step.call, target),
        "event": [
            _event("prerequest", _before(case, "pm.collectionVariables.set")),
            _event("test", lines),
        ],
        "protocolProfileBehavior": {"followRedirects": False},
    }


def _postman_case(case: Case, target: Target) -> dict[str, Any]:
    expected = case.expected
    assert expected is not None
    lines = [
        f"pm.test('the status is {expected.status}', "
        f"() => pm.expect(pm.response.code).to.eql({expected.status}));"
    ]
    lines += _body_test(case, "pm.test", "pm.expect", "pm.response.json()", "pm.response.text()")
    return {
        "name": case.title,
        "request": _postman_request(case.call, target),
        "event": [
            _event("prerequest", _before(case, "pm.collectionVariables.set")),
            _event("test", lines),
        ],
        "protocolProfileBehavior": {"followRedirects": False, "disableBodyPruning": True},
    }


def _body_test(case: Case, test: str, expect: str, value: str, text: str) -> list[str]:
    expected = case.expected
    assert expected is not None
    if expected.body is None or case.call.method == "HEAD":
        return []
    if isinstance(expected.body, str):
        wanted = json.dumps(expected.body)
        return [f"{test}('the body is as expected', () => {expect}({text}).to.eql({wanted}));"]
    varies = json.dumps(expected.varies)
    wanted = json.dumps(expected.body)
    return [
        _COMPARE,
        f"{test}('the body is as expected', () => {expect}(without({value}, {varies}))"
        f".to.eql(without({wanted}, {varies})));",
    ]


def _at(value: str, pointer: str) -> str:
    """An expression of JavaScript for what a pointer leads to."""
    from mock_server.openapi.pointers import split

    return value + "".join(f"[{json.dumps(int(p) if p.isdecimal() else p)}]" for p in split(pointer))


# --- Bruno


def as_bruno(cases: Sequence[Case], target: Target) -> dict[str, str]:
    """Return the files of a Bruno collection by their paths."""
    meta = {"version": "1", "name": f"{target.api} cases", "type": "collection"}
    variables = "\n".join(f"  {name}: {value}" for name, value in environment(target).items())
    files = {
        "bruno.json": json.dumps(meta, indent=2) + "\n",
        "environments/mock.bru": f"vars {{\n{variables}\n}}\n",
    }
    for case in cases:
        folder = f"{case.operation}/{case.tag}"
        number = 0
        for number, step in enumerate(case.setup, 1):
            lines = ["test('setup succeeds', () => expect(res.getStatus()).to.be.below(300));"]
            lines += [
                f"bru.setVar('{name}', String({_at('res.getBody()', pointer)}));"
                for name, pointer in step.captures.items()
            ]
            files[f"{folder}/{number}-setup.bru"] = _bru(
                f"{case.tag} setup {number}", number, step.call, case, target, lines
            )
        expected = case.expected
        assert expected is not None
        lines = [
            f"test('the status is {expected.status}', "
            f"() => expect(res.getStatus()).to.equal({expected.status}));",
            *_body_test(case, "test", "expect", "res.getBody()", "String(res.getBody())"),
        ]
        files[f"{folder}/{number + 1}-case.bru"] = _bru(
            f"{case.tag} {case.field} {case.rule}", number + 1, case.call, case, target, lines
        )
    return files


def _bru(
    name: str, number: int, call: Call, case: Case, target: Target, tests: Iterable[str]
) -> str:
    mode = "none" if call.credential is None else target.scheme.kind
    media_type = dict(call.headers).get("Content-Type", "")
    body = "none" if call.body is None else "text"
    title = " ".join(name.split()).replace("{", "(").replace("}", ")")
    blocks = [
        f"meta {{\n  name: {title}\n  type: http\n  seq: {number}\n}}",
        f"{call.method.lower()} {{\n  url: {{{{base_url}}}}{_target(call)}\n"
        f"  body: {body}\n  auth: {mode}\n}}",
    ]
    headers = "".join(f"  {key}: {value}\n" for key, value in call.headers)
    if headers:
        blocks.append(f"headers {{\n{headers}}}")
    if mode == "basic":
        blocks.append(f"auth:basic {{\n  username: {{{{{call.credential}}}}}\n  password: \n}}")
    elif mode == "bearer":
        blocks.append(f"auth:bearer {{\n  token: {{{{{call.credential}}}}}\n}}")
    if call.body is not None:
        blocks.append(f"body:text {{\n{_indented(call.body)}\n}}")
    _ = media_type
    before = _before(case, "bru.setVar")
    blocks.append(f"script:pre-request {{\n{_indented(chr(10).join(before))}\n}}")
    blocks.append(f"tests {{\n{_indented(chr(10).join(tests))}\n}}")
    blocks.append("settings {\n  followRedirects: false\n  maxRedirects: 0\n}")
    return "\n\n".join(blocks) + "\n"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


# --- Scripts


def as_http(cases: Sequence[Case], target: Target) -> str:
    """Return a file for the REST clients of editors, with the setup of a case by its names."""
    lines = [f"@{name} = {value}" for name, value in environment(target).items()]
    for case in cases:
        expected = case.expected
        lines += ["", f"### {case.id}: {case.title}"]
        if expected is not None:
            lines.append(f"# expect {expected.status}")
        for number, step in enumerate(case.setup, 1):
            lines += [f"# @name {case.tag}_{number}", *_http(step.call, target), "", "###"]
        lines += _http(case.call, target)
    return "\n".join(lines) + "\n"


def _http(call: Call, target: Target) -> list[str]:
    lines = [f"{call.method} {{{{base_url}}}}{_target(call)}"]
    if call.credential is not None:
        key = f"{{{{{call.credential}}}}}"
        word = f"Basic {key}:" if target.scheme.kind == "basic" else f"Bearer {key}"
        lines.append(f"Authorization: {word}")
    lines += [f"{name}: {value}" for name, value in call.headers]
    return lines if call.body is None else [*lines, "", call.body]


def as_junit(cases: Sequence[Case], target: Target, problems: Sequence[Any] = ()) -> str:
    """Return the report of the check, as CI services read it."""
    wrong: Mapping[str, str] = {each.case.id: str(each) for each in problems}
    suite = Xml.Element(
        "testsuite", name=f"{target.api} cases", tests=str(len(cases)), failures=str(len(wrong))
    )
    for case in cases:
        entry = Xml.SubElement(suite, "testcase", classname=case.operation, name=case.title)
        if case.id in wrong:
            Xml.SubElement(entry, "failure", message=wrong[case.id])
    return Xml.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
