"""A `.http` file, as the REST clients of editors read it (VS Code, IntelliJ, Visual Studio)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from mock_server.cases.formats.sent import Sent, Target, sent
from mock_server.cases.model import Call, Case

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_LONGEST = 10_000


def as_http(cases: Sequence[Case], target: Target) -> str:
    """Return the file: a request after another, each with its name and the answer to expect.

    What a request takes from an answer before it is a request variable of that answer
    (`{{c0001_1.response.body.$.id}}`), as VS Code's REST Client has them. A case with a text that
    is longer than 10,000 characters is a comment, for these files cannot repeat a text.
    """
    blocks = [
        f"# {len(cases)} cases of {target.api}, made with seed {target.seed}.",
        "\n".join(f"@{name} = {value}" for name, value in target.variables.items()),
    ]
    for case in cases:
        blocks += _blocks(case, target)
    return "\n\n".join(blocks) + "\n"


def _blocks(case: Case, target: Target) -> list[str]:
    if any(count > _LONGEST for count in case.long_texts.values()):
        return [
            f"### {_line(case.tag, case.title)}\n# left out: its body is too long for this format"
        ]
    values = {"tag": case.tag, **{name: "x" * count for name, count in case.long_texts.items()}}
    blocks = []
    for index, step in enumerate(case.setup, 1):
        name = f"{case.tag}_{index}"
        title = f"{step.call.method} {step.call.path}"
        head = f"### {_line(case.tag, 'setup', title)}\n# @name {name}"
        blocks.append(_request(head, step.call, values, target))
        for variable, pointer in step.captures.items():
            path = "".join(_part(each) for each in pointer.split("/")[1:])
            values[variable] = f"{{{{{name}.response.body.${path}}}}}"
    expected = case.expected
    lines = [f"### {_line(case.tag, case.title)}", f"# Expected: {expected.status}"]
    if expected.body not in (None, ""):
        lines += [f"#   {line}" for line in _shown(expected.body).splitlines()]
    if expected.varies:
        lines.append(f"#   varies: {', '.join(expected.varies)}")
    lines.append("# @no-redirect")
    blocks.append(_request("\n".join(lines), case.call, values, target))
    return blocks


def _request(head: str, call: Call, values: Mapping[str, str], target: Target) -> str:
    request = sent(call, target)
    lines = [f"{request.method} {{{{base_url}}}}{_filled(request.target, values)}"]
    lines += [f"{name}: {_filled(value, values)}" for name, value in _headers(request)]
    body = "" if not request.body else "\n\n" + _filled(request.body, values).replace("\r\n", "\n")
    # No credential but the request's own is sent.
    return f"{head}\n# @no-cookie-jar\n" + "\n".join(lines) + body


def _headers(request: Sent) -> list[tuple[str, str]]:
    # The client encodes `user password`; an empty password is said by the colon.
    basic = [] if request.user is None else [("Authorization", f"Basic {request.user}:")]
    return [*basic, *request.headers]


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def _part(part: str) -> str:
    name = part.replace("~1", "/").replace("~0", "~")
    return f"[{name}]" if name.isdecimal() else f".{name}"


def _line(*words: str) -> str:
    return " ".join(" ".join(words).split())


def _shown(body: object) -> str:
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
