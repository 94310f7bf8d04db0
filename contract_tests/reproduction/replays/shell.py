"""A replay as a shell script of curl calls that fails while the fault is there."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from shlex import quote
from urllib.parse import urlsplit

from contract_tests.reproduction.replays.calls import UNAUTHENTICATED, Replay, Sent
from contract_tests.reproduction.replays.text import without_controls
from contract_tests.target.target import Account
from mock_server.openapi.security import SecurityScheme

SERVED_AT = "http://127.0.0.1:8080"
_OPERATORS = {"<": "-lt", ">=": "-ge", "!=": "-ne", "==": "-eq"}
VARIABLES: dict[Account, str] = {
    "first": "CONTRACT_TESTS_CREDENTIAL",
    "other": "CONTRACT_TESTS_OTHER_CREDENTIAL",
}
POINTED = """\
# The value at a JSON pointer of a file, as a part of a URL.
pointed() {
  python3 -c '
import json, sys, urllib.parse
value = json.load(open(sys.argv[1]))
for part in sys.argv[2].split("/")[1:]:
    part = part.replace("~1", "/").replace("~0", "~")
    value = value[int(part)] if isinstance(value, list) else value[part]
print(urllib.parse.quote(value if isinstance(value, str) else json.dumps(value), safe=""))
' "$1" "$2"
}"""


def shell_script(replay: Replay) -> str:
    """Return the script; it ends with 1 while the fault is there, and with 0 without it.

    2 says that a call before the last one went otherwise, that the credential was refused, or that
    nothing answered.
    """
    return "\n".join(_lines(replay)) + "\n"


def _lines(replay: Replay) -> Iterator[str]:
    yield "#!/bin/sh"
    for line in (replay.title, *replay.message.strip().splitlines()):
        yield f"# {without_controls(line)}".rstrip()
    yield "# Ends with 1 while the fault is there, 0 without it, 2 if it cannot be told."
    yield "set -eu"
    default = replay.base_url
    if replay.in_process:
        yield "# A mock; start one with: mock-server serve"
        default = SERVED_AT + urlsplit(replay.base_url).path
    yield f'target="${{CONTRACT_TESTS_TARGET:-{default}}}"'
    yield "umask 077"
    yield "work=$(mktemp -d)"
    yield "trap 'rm -rf \"$work\"' EXIT"
    for account, variable in VARIABLES.items():
        if any(call.account == account for call in replay.calls):
            if replay.credential and account == "first":
                yield f': "${{{variable}:={replay.credential}}}"'
            yield from credential(account, variable, replay.scheme)
    if any(not isinstance(part, str) for call in replay.calls for part in call.url):
        yield POINTED
    for number, call in enumerate(replay.calls, 1):
        yield ""
        yield from _call(number, call, replay)
    yield ""
    yield from _verdict(replay, len(replay.calls))


def credential(account: Account, variable: str, scheme: SecurityScheme) -> Iterator[str]:
    """Yield lines that put the header with a credential into a file.

    Others can read a command line.
    """
    yield f'[ -n "${{{variable}:-}}" ] || {{ echo "{variable} is not set" >&2; exit 2; }}'
    value = f'"${variable}"'
    form = "Authorization: Bearer %s\\n"
    if scheme.kind == "apiKey":
        form = {
            "cookie": f"Cookie: {scheme.parameter}=%s\\n",
            "header": f"{scheme.parameter}: %s\\n",
            "query": "%s",
        }[scheme.location]
    elif scheme.kind == "basic":
        form = "Authorization: Basic %s\\n"
        yield f'case {value} in *:*) pair={value} ;; *) pair="${variable}:" ;; esac'
        value = '"$(printf %s "$pair" | base64 | tr -d \'\\n\')"'
    yield f'printf {quote(form)} {value} > "$work/{account}"'


def _call(number: int, call: Sent, replay: Replay) -> Iterator[str]:
    yield f"# {number}. {without_controls(str(call))}"
    options = ["--head" if call.method == "HEAD" else f"--request {quote(call.method)}"]
    url = '"$target"' + "".join(
        quote(part)
        if isinstance(part, str)
        else f'"$(pointed "$work/{part.step + 1}.body" {quote(part.pointer)})"'
        for part in call.url
    )
    if call.account is not None and replay.scheme.location == "query":
        sign = "&" if any("?" in part for part in call.url if isinstance(part, str)) else "?"
        url += f'"{sign}{replay.scheme.parameter}=$(cat "$work/{call.account}")"'
    elif call.account is not None:
        options.append(f'--header @"$work/{call.account}"')
    options += [f"--header {quote(_header(*pair))}" for pair in call.headers.items()]
    if call.body is not None:
        if "content-type" not in {name.lower() for name in call.headers}:
            options.append("--header 'Content-Type:'")
        text = _text(call.body)
        if text is not None:
            options.append(f"--data-raw {quote(text)}")
        else:
            yield f"base64 -d > \"$work/{number}.sent\" <<'END'"
            yield base64.b64encode(call.body).decode()
            yield "END"
            options.append(f'--data-binary @"$work/{number}.sent"')
    yield "status=$(curl --silent --show-error --globoff --path-as-is --max-time 30 \\"
    yield from (f"  {option} \\" for option in options)
    yield f'  --dump-header "$work/{number}.headers" --output "$work/{number}.body" \\'
    yield f"  --write-out '%{{http_code}}' {url}) || exit 2"
    if call is not replay.last:
        yield f'[ "$status" -eq {call.status} ] || {{ echo "{number}. → $status" >&2; exit 2; }}'
    elif call.account is not None and call.status != UNAUTHENTICATED:
        yield '[ "$status" -ne 401 ] || { echo "the credential is refused" >&2; exit 2; }'


def _verdict(replay: Replay, number: int) -> Iterator[str]:
    if replay.about_shape:
        # Curl writes no file where there is no body.
        yield f': >> "$work/{number}.body"'
        yield f"contract-tests check-answer {replay.api} {replay.last.operation_id} \\"
        yield f'  --status "$status" --headers "$work/{number}.headers" \\'
        yield f'  --body "$work/{number}.body"'
        return
    if replay.about_allow:
        yield f"sent=$(grep -i '^allow:' \"$work/{number}.headers\" | cut -d: -f2- | tr -d ' \\r')"
        test = f'"$sent" != {quote("".join(replay.last.allow.split()))}'
    else:
        operator, status = replay.expected
        test = f'"$status" {_OPERATORS[operator]} {status}'
    yield f'[ {test} ] || {{ echo "the fault is there: $status" >&2; exit 1; }}'


def _header(name: str, value: str) -> str:
    """A header as curl takes it, which would leave an empty one out."""
    return f"{name}: {value}" if value else f"{name};"


def _text(body: bytes) -> str | None:
    """The body as a text that can stand in a script."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None
