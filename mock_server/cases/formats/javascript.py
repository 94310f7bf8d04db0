"""The scripts of cases in Postman and Bruno, which are JavaScript with Chai."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mock_server.cases.formats.sent import parts_of
from mock_server.cases.model import Case

#: Takes what varies out of a JSON value.
_WITHOUT = """\
const without = (value, pointers) => {
  for (const pointer of pointers) {
    if (pointer === '') { return null; }
    const parts = pointer.split('/').slice(1).map(p => p.replace(/~1/g, '/').replace(/~0/g, '~'));
    const last = parts.pop();
    const holder = parts.reduce((at, part) => (at ? at[part] : at), value);
    if (holder && typeof holder === 'object') { holder[last] = null; }
  }
  return value;
};"""


def variables(case: Case, set_variable: str) -> str:
    """Return the statements that set the variables of one case."""
    lines = [f"{set_variable}('tag', {json.dumps(case.tag)});"]
    lines += [
        f"{set_variable}('{name}', 'x'.repeat({count}));" for name, count in case.long_texts.items()
    ]
    return "\n".join(lines)


def setup_test(
    test: str, status: str, value: str, set_variable: str, captures: Mapping[str, str]
) -> str:
    """Return the statements that hold a setup to success and keep what it gives."""
    lines = [f"{test}('the setup succeeds', () => {status}.to.be.below(300));"]
    for name, pointer in captures.items():
        place = "".join(f"[{json.dumps(part)}]" for part in parts_of(pointer))
        lines.append(f"{set_variable}('{name}', String({value}{place}));")
    return "\n".join(lines)


def answer_test(case: Case, test: str, expect: str, status: str, value: str, text: str) -> str:
    """Return the statements that hold an answer to what is expected."""
    expected = case.expected
    name = f"the status is {expected.status}"
    lines = [f"{test}('{name}', () => {expect}({status}).to.eql({expected.status}));"]
    wanted = json.dumps(expected.body)
    if isinstance(expected.body, str) and "json" not in expected.media_type:
        lines.append(f"{test}('the body is as expected', () => {expect}({text}).to.eql({wanted}));")
    elif expected.body is not None:
        varies = json.dumps(expected.varies)
        lines += [
            _WITHOUT,
            f"{test}('the body is as expected', () => {expect}(without({value}, {varies}))",
            f"  .to.eql(without({wanted}, {varies})));",
        ]
    return "\n".join(lines)
