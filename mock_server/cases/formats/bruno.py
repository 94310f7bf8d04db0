"""A collection for Bruno and its command-line runner, bru: a folder of text files."""

from __future__ import annotations

import json
from collections.abc import Sequence

from mock_server.cases.formats import javascript
from mock_server.cases.formats.sent import Sent, Target, sent
from mock_server.cases.model import Case

_SET = "bru.setVar"
#: Fills variables in, as Bruno does before scripts are run.
_TAG = r"/\{\{(\w+)\}\}/g, (_, name) => bru.getVar(name) ?? bru.getEnvVar(name)"


def as_bruno(cases: Sequence[Case], target: Target) -> dict[str, str]:
    """Return the files of a collection by their paths, with the environment `mock`."""
    meta = {"version": "1", "name": f"{target.api} cases", "type": "collection"}
    variables = "\n".join(f"  {name}: {value}" for name, value in target.variables.items())
    files = {
        "bruno.json": json.dumps(meta, indent=2) + "\n",
        "environments/mock.bru": f"vars {{\n{variables}\n}}\n",
    }
    numbers: dict[str, int] = {}

    def add(case: Case, name: str, request: Sent, test: str) -> None:
        number = numbers[case.operation] = numbers.get(case.operation, 0) + 1
        path = f"{case.operation}/{number:04}-{name.partition(':')[0].replace(' ', '-')}.bru"
        files[path] = _file(name, number, case, request, test)

    for case in cases:
        for index, step in enumerate(case.setup, 1):
            status = "expect(res.getStatus())"
            test = javascript.setup_test("test", status, "res.getBody()", _SET, step.captures)
            add(case, f"{case.tag} setup {index}", sent(step.call, target), test)
        test = javascript.answer_test(
            case, "test", "expect", "res.getStatus()", "res.getBody()", "String(res.getBody())"
        )
        add(case, f"{case.tag}: {case.field}: {case.rule}", sent(case.call, target), test)
    return files


def _file(name: str, number: int, case: Case, request: Sent, test: str) -> str:
    title = " ".join(name.split()).translate(str.maketrans("{}", "()"))
    auth = "none" if request.user is None else "basic"
    # An empty text is written as none: they are the same on the wire.
    url = f"{{{{base_url}}}}{request.target}"
    body = "text" if request.body else "none"
    blocks = [
        f"meta {{\n  name: {title}\n  type: http\n  seq: {number}\n}}",
        f"{request.method.lower()} {{\n  url: {url}\n  body: {body}\n  auth: {auth}\n}}",
    ]
    if request.headers:
        headers = "".join(f"  {key}: {value}\n" for key, value in request.headers)
        blocks.append(f"headers {{\n{headers}}}")
    if request.user is not None:
        blocks.append(f"auth:basic {{\n  username: {request.user}\n  password: \n}}")
    before = javascript.variables(case, _SET)
    if request.body:
        blocks.append(f"body:text {{\n{_indented(request.body)}\n}}")
        if "\r" in request.body:  # the file has no line breaks but its own
            before += f"\nreq.setBody({json.dumps(request.body)}.replace({_TAG}));"
    blocks.append(f"script:pre-request {{\n{_indented(before)}\n}}")
    blocks.append(f"tests {{\n{_indented(test)}\n}}")
    # What is compared is the first answer, and the URL is written as it is sent.
    blocks.append("settings {\n  encodeUrl: false\n  followRedirects: false\n  maxRedirects: 0\n}")
    return "\n\n".join(blocks) + "\n"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))
