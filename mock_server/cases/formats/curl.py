"""A script of curl calls, which compares the answers with jq."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from typing import Any

from mock_server.cases.formats.sent import Sent, Target, parts_of, place_in, sent
from mock_server.cases.model import Case

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_HEAD = r"""#!/usr/bin/env bash
# COUNT cases of API, made with seed SEED. Needs curl and jq.
#
#   bash cases.sh [TEXT]     TEXT: only the cases with it in their names
#
# BASE_URL and KEY may be set in the environment; without KEY, each run has a sandbox of its own.
set -u
base_url=${BASE_URL:-BASE}
key=${KEY:-test-cases-$$}
RESERVED
wanted=${1:-}
passed=0 failed=0
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
for program in curl jq; do
  command -v "$program" >/dev/null || { echo "this needs $program" >&2; exit 2; }
done

times() { head -c "$1" /dev/zero | tr '\0' x; }

begin() { # NAME: a case begins, unless it is not wanted
  name=$1 problem=
  [[ $name == *"$wanted"* ]]
}

send() { # ARGUMENTS of curl: leaves the status in $status and the body in a file
  : >"$folder/answer"
  status=$(curl -sS --globoff -o "$folder/answer" -w '%{http_code}' "$@")
}

setup() { # ARGUMENTS of curl: a call that must succeed
  send "$@"
  [ "$status" -ge 200 ] && [ "$status" -lt 300 ] || problem="a call before it gave $status"
}

take() { jq -r "$1" "$folder/answer"; } # FILTER: what the last answer has there

expect() { # STATUS [json BODY PATHS-THAT-VARY | text BODY]
  if [ -z "$problem" ] && [ "$status" != "$1" ]; then
    problem="the status is $status, not $1"
  elif [ "${2:-}" = json ]; then
    jq -e --argjson body "$3" --argjson varies "$4" \
      'delpaths($varies) == ($body | delpaths($varies))' "$folder/answer" >/dev/null 2>&1 ||
      problem=${problem:-"the body is $(head -c 300 "$folder/answer")"}
  elif [ "${2:-}" = text ]; then
    [ "$(cat "$folder/answer"; echo .)" = "$3." ] ||
      problem=${problem:-"the body is $(head -c 300 "$folder/answer")"}
  fi
  if [ -z "$problem" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $name: $problem"
  fi
}
"""
_END = """
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
"""


def as_curl(cases: Sequence[Case], target: Target) -> str:
    """Return a script for bash."""
    given = {name: each for name, each in target.variables.items() if name not in _IN_HEAD}
    reserved = "\n".join(f"{name}={shlex.quote(value)}" for name, value in given.items())
    head = _HEAD.replace("COUNT", str(len(cases)), 1).replace(" API,", f" {target.api},", 1)
    head = head.replace("SEED", str(target.seed), 1).replace(":-BASE", f":-{target.base_url}", 1)
    blocks = [head.replace("\nRESERVED\n", f"\n{reserved}\n", 1)]
    for case in cases:
        name = shlex.quote(f"{case.tag} {case.title}")
        lines = [f"tag={case.tag}"]
        lines += [f"{name}=$(times {count})" for name, count in case.long_texts.items()]
        for step in case.setup:
            lines += _call("setup", sent(step.call, target))
            for variable, pointer in step.captures.items():
                lines.append(f"{variable}=$(take {shlex.quote(_filter(pointer))})")
        lines += [*_call("send", sent(case.call, target)), _expectation(case)]
        body = "\n".join(f"  {line}" for line in lines)
        blocks.append(f"\nif begin {name}; then\n{body}\nfi\n")
    return "".join([*blocks, _END])


_IN_HEAD = ("base_url", "key")


def _call(word: str, request: Sent) -> list[str]:
    lines, arguments = [], ["--head"] if request.method == "HEAD" else ["-X", request.method]
    if request.user is not None:
        arguments += ["-u", _quoted(f"{request.user}:")]
    for name, value in request.headers:
        arguments += ["-H", _quoted(f"{name}: {value}")]
    if request.body is not None:
        # In a file, as arguments are not as long as bodies may be.
        lines.append(f'printf %s {_quoted(request.body)} >"$folder/body"')
        arguments += ["--data-binary", '@"$folder/body"']
    arguments.append(_quoted(f"{{{{base_url}}}}{request.target}"))
    return [*lines, " ".join([word, *arguments])]


def _quoted(text: str) -> str:
    """A text for the shell, its variables filled in by it."""
    parts = _VARIABLE.split(text)
    quoted = [
        f'"${{{part}}}"' if index % 2 else shlex.quote(part)
        for index, part in enumerate(parts)
        if part
    ]
    return "".join(quoted) or "''"


def _filter(pointer: str) -> str:
    return "." + "".join(f"[{json.dumps(part)}]" for part in parts_of(pointer))


def _expectation(case: Case) -> str:
    expected = case.expected
    words: list[Any] = ["expect", expected.status]
    if isinstance(expected.body, str) and "json" not in expected.media_type:
        words += ["text", shlex.quote(expected.body)]
    elif expected.body is not None and case.call.method != "HEAD":
        varies = [place_in(expected.body, each) for each in expected.varies]
        words += ["json", shlex.quote(json.dumps(expected.body)), shlex.quote(json.dumps(varies))]
    return " ".join(map(str, words))
