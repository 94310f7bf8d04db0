"""A script as a shell script of curl calls that says whether the fault is there.

It runs wherever there are `sh` and curl, and a Python 3.8 with nothing installed where a value is
taken from an answer or more than a status is judged; that judgement travels with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from math import ceil
from shlex import quote as quoted
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from contract_tests.claims import ClaimContext, Related
from contract_tests.exchange.bodies import JSON, URLENCODED, encoded
from contract_tests.exchange.trace import Call
from contract_tests.reproduction import judge
from contract_tests.reproduction.expected import about_status, expectations
from contract_tests.reproduction.portable import NotPortable, standalone
from contract_tests.reproduction.running import CREDENTIAL, OTHER_CREDENTIAL, TARGET, paged
from contract_tests.reproduction.script import Script, ScriptRequest, Step
from contract_tests.reproduction.variables import VARIABLE, texts, without_controls
from contract_tests.target.run_tag import PREFIX
from contract_tests.target.session import WRONG, Session
from contract_tests.target.target import Target
from mock_server.lifecycle.model import ABSENT, Parts, Query
from mock_server.openapi.document import is_read
from mock_server.openapi.paths import escaped
from mock_server.openapi.security import SecurityScheme

_SERVED_AT = "http://127.0.0.1:8080"
#: What a call's body is written with: text, and variables in one form (`judge.main`).
_Pieces = list[str | tuple[str, str]]
#: In a query: how many records the pages before had.
_SEEN = "{{seen}}"

_PREAMBLE = f"""\
absent() {{
  [ ! -e "$work/{judge.REPLACED}" ] || cannot "{judge.GONE}"
  echo "The fault is not there."
  exit 0
}}
present() {{ echo "The fault is there: $1"; exit 1; }}
cannot() {{ echo "Inconclusive: $1" >&2; exit 2; }}
command -v curl >/dev/null 2>&1 || cannot "there is no curl"
umask 077
work=$(mktemp -d) || cannot "there is no place for files"
trap 'rm -rf "$work"' EXIT"""
_SEND = """\
# send NAME OPERATION METHOD URL OPTIONS…: make a call; what is answered is kept below NAME.
send() {
  name=$1 operation=$2 method=$3 url=$4
  shift 4
  code=$(curl --disable --silent --show-error --globoff --path-as-is --max-time 30 \\
    --request "$method" "$@" --dump-header "$work/$name.headers" --output "$work/$name.body" \\
    --write-out '%{http_code}' "$target$url$signed" 2>"$work/error") ||
    cannot "$method $url: $(cat "$work/error")"
  : >>"$work/$name.body"
  printf '%s' "$operation $method $url $code" >"$work/$name.status"
}"""
_JUDGE = """\
python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1 ||
  cannot "there is no python3 of 3.8 or later"
judge() { python3 -I "$work/judge.py" "$@"; }
cat >"$work/judge.py" <<'END_OF_JUDGE'"""


def served_at(target: Target) -> str:
    """Return the base URL that curl reaches a target by: of a mock in process, a server's usual."""
    return _SERVED_AT + urlsplit(target.base_url).path if target.in_process else target.base_url


def shell_script(script: Script, session: Session, name: str, message: str) -> str:
    """Return the shell script; empty if what judges it cannot be taken along.

    It ends with 1 if the fault is there, with 0 if it is not, and with 2 if that is inconclusive.
    """
    writer = _Writer(script, session)
    try:
        return "\n".join(writer.lines(name, message)) + "\n"
    except NotPortable:
        return ""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A call as curl makes it: `url`, header values and the body are pieces."""

    method: str
    url: _Pieces
    headers: Mapping[str, _Pieces]
    body: _Pieces | bytes | None


class _Writer:
    def __init__(self, script: Script, session: Session) -> None:
        self._script = script
        self._session = session
        self._target: Target = session.target
        self._expected = expectations(script, session.spec, session.lifecycle)
        self._named: dict[tuple[str, str], str] = {}
        self._in_query = self._target.scheme.location == "query"
        self._by_status = about_status(script)
        walks = any(step.walk is not None for step in script.steps)
        taken = any(found["step"] for found in VARIABLE.finditer(repr(script.steps)))
        self._judges = walks or taken or not self._by_status

    def lines(self, name: str, message: str) -> Iterator[str]:
        """Yield the lines of the script; raises NotPortable."""
        yield "#!/bin/sh"
        for line in (f"{self._target.vendor.api.name}: {name}", *message.strip().splitlines()):
            yield f"# {without_controls(line)}".rstrip()
        yield "# Ends with 1 if the fault is there, 0 if it is not, 2 if inconclusive."
        needed = ", and a python3 of 3.8 or later with nothing installed" if self._judges else ""
        yield f"# It needs curl{needed}."
        yield _PREAMBLE
        yield from self._signing()
        yield f"run={PREFIX}again$$ signed="
        yield _SEND
        if self._judges:
            yield _JUDGE
            yield self._judge()
            yield "END_OF_JUDGE"
        for number in range(len(self._script.steps)):
            yield ""
            yield from self._step(number)
        yield ""
        yield from self._verdict()

    def _signing(self) -> Iterator[str]:
        """The target, and a file with each credential: others can read a command line."""
        target = self._target
        default, on_mock = served_at(target), target.in_process
        if on_mock:
            yield "# A mock; start one with: mock-server serve"
        yield f"target=${{{TARGET}:-{quoted(default)}}}"
        callers = {step.call.account for step in self._script.steps}
        if self._asks_more():
            callers.add("first")
        credentials = {"first": target.credential, "other": target.other_credential}
        for account, variable in (("first", CREDENTIAL), ("other", OTHER_CREDENTIAL)):
            if account in callers:
                # What a mock has handed out itself is worth nothing to another one.
                if on_mock and not target.vendor.api.sign_in and credentials[account]:
                    yield f': "${{{variable}:={credentials[account]}}}"'
                yield f'[ -n "${{{variable}:-}}" ] || cannot "{variable} is not set"'
                yield from _kept_credential(account, f'"${variable}"', target.scheme)
        if "invalid_credential" in callers:
            yield from _kept_credential("invalid_credential", quoted(WRONG), target.scheme)

    def _asks_more(self) -> bool:
        return isinstance(self._script.claim, Related)

    def _judge(self) -> str:
        script, lifecycle = self._script, self._session.lifecycle
        operations = tuple(step.call.operation for step in script.steps)
        walks = {
            number: paged(lifecycle, step.call.operation)
            for number, step in enumerate(script.steps)
            if step.walk is not None
        }
        more = {number: paging.more for number, (_, paging) in walks.items()}
        items = {number: pointer for number, (pointer, _) in walks.items()}
        # What a relation looks at, it may read.
        read = self._session.spec.operations.values() if self._asks_more() else ()
        paths = {each.id: SimpleNamespace(path=each.path) for each in read if each.method == "get"}
        spec: Any = SimpleNamespace(operations=paths)
        context = ClaimContext(spec, lifecycle, tuple(self._target.parameters.items()))
        bare = Script((), script.claim, script.places, script.shown)
        case = judge.JudgedScript(bare, script.claim.looks, context, operations, more, items)
        source = standalone({"main": judge.main, "CASE": case}, _mentioned(script))
        call = "sys.exit(main(sys.argv[1:], pathlib.Path(sys.argv[0]).parent, CASE))"
        return f"{source}\nimport pathlib\nimport sys\n\n{call}"

    def _step(self, number: int) -> Iterator[str]:
        step = self._script.steps[number]
        sent = self._sent(step)
        shown = "".join(each if isinstance(each, str) else f"{{{each[0].strip('{#?<}')}}}"
                        for each in sent.url)  # fmt: skip
        yield f"# {number + 1}. {sent.method} {without_controls(shown)} → {step.status}"
        pieces = [*sent.url, *(each for value in sent.headers.values() for each in value)]
        pieces += sent.body if isinstance(sent.body, list) else []
        yield from self._variables(pieces)
        options = [f'--config "$work/{step.call.account}"'] if step.call.account else []
        url = self._words(sent.url)
        for name, value in sent.headers.items():
            # An empty header is left out unless it is written so.
            options.append(
                f"--header {self._words([f'{name}: ', *value] if value else [f'{name};'])}"
            )
        if sent.body is not None:
            if "content-type" not in {each.lower() for each in sent.headers}:
                options.append("--header 'Content-Type:'")
            yield from self._body(sent.body, number)
            options.append(f'--data-binary @"$work/{number}.sent"')
        elif sent.method == "HEAD":
            options.append("--head")
        if self._waits(number):
            yield f"sleep {ceil(self._target.settle)}"
        if self._in_query:
            sign = "&" if any("?" in each for each in sent.url if isinstance(each, str)) else "?"
            name = f"{sign}{self._target.scheme.parameter}="
            given = f'{quoted(name)}"$(cat "$work/{step.call.account}.query")"'
            yield f"signed={given if step.call.account else ''}"
        call = f"{step.call.operation} {sent.method} {url}"
        heading = quoted(f"{sent.method} {without_controls(shown)} answered")
        if step.walk is None:
            yield from _continued(f"send {number}.0 {call}", options)
            yield from self._look(number, heading)
            return
        yield "page=0 seen=0"
        yield "while :; do"
        yield from _continued(f"  send {number}.$page {call}", options)
        yield from self._look(number, heading)
        yield f'  more=$(judge more {number} "$page") || exit 2'
        yield "  page=$((page + 1))"
        yield f'  [ "$more" != no ] && [ "$page" -lt {step.walk.most} ] || break'
        yield "  seen=$more"
        yield "done"

    def _waits(self, number: int) -> bool:
        """Whether a step reads what may be shown late, for the one before it has written."""
        operations = self._session.spec.operations
        reads = [is_read(operations[step.call.operation]) for step in self._script.steps]
        return self._target.settle > 0 and number > 0 and reads[number] and not reads[number - 1]

    def _look(self, number: int, heading: str) -> Iterator[str]:
        """What the status says."""
        expected = self._expected[number]
        yield 'case "$code" in'
        if self._by_status and expected.wrong:
            wanted = f", and not {' or '.join(map(str, expected.fine))}" if expected.fine else ""
            yield f'  {_pattern(expected.wrong)}) present {heading}" $code{wanted}" ;;'
        else:
            known = [expected.first, *([expected.right] if expected.right else [])]
            if expected.goes_on(200):
                known = [*range(200, 300), *(each for each in known if not 200 <= each < 300)]
            yield f"  {_pattern(tuple(known))}) ;;"
        if expected.fine:
            yield f"  {_pattern(expected.fine)}) absent ;;"
        yield f'  *) cannot {heading}" $code, and not {expected.first}" ;;'
        yield "esac"

    def _verdict(self) -> Iterator[str]:
        if self._by_status:
            yield "absent"
            return
        if not self._asks_more():
            yield 'judge verdict "$run"'
            yield f"case $? in {judge.MENDED}) exit 0 ;; {judge.THERE}) exit 1 ;; *) exit 2 ;; esac"
            return
        yield "# What the claim depends on is asked for where it was not."
        yield "page=0"
        yield "while :; do"
        yield '  asked=$(judge verdict "$run")'
        yield "  case $? in"
        yield f'    {judge.MENDED}) echo "$asked"; exit 0 ;;'
        yield f'    {judge.THERE}) echo "$asked"; exit 1 ;;'
        yield f"    {judge.ASK}) ;;"
        yield "    *) exit 2 ;;"
        yield "  esac"
        yield '  [ "$page" -lt 20 ] || cannot "it asks for one record after the other"'
        name = f"{len(self._script.steps)}.$page"
        yield f'  send {name} ${{asked%% *}} GET "${{asked#* }}" --config "$work/first"'
        yield '  case "$code" in 2??) ;; *) cannot "GET ${asked#* } answered $code" ;; esac'
        yield "  page=$((page + 1))"
        yield "done"

    def _sent(self, step: Step) -> _Sent:
        """The call of a step, ready to be sent."""
        call = step.call
        if isinstance(call, ScriptRequest):
            headers = {name: _pieces(value, "text") for name, value in call.headers.items()}
            return _Sent(call.method, _pieces(call.url, "url"), headers, call.body)
        operation = self._session.spec.operations[call.operation]
        given = {name.lower(): value for name, value in call.parts.headers.items()}
        media_type = given.pop("content-type", JSON)
        sent = {"accept": self._session.accepted(call.operation), **given}
        body: _Pieces | bytes | None = None
        if call.parts.body is not ABSENT:
            body, sent["content-type"] = _content(call.parts.body, media_type)
        elif operation.request_body is not None and operation.request_body.required:
            sent["content-type"] = media_type
        url = _url(operation.path, call.parts, self._query(call, step), self._target.parameters)
        headers = {name: _pieces(value, "text") for name, value in sent.items()}
        return _Sent(operation.method.upper(), url, headers, body)

    def _query(self, call: Call, step: Step) -> list[tuple[str, str]]:
        """The parameters of a query; those that a walk changes are worked out by the shell."""
        if step.walk is None:
            return list(call.parts.query)
        _, paging = paged(self._session.lifecycle, call.operation)
        pages = [dict(paging.page(index, step.walk.size)) for index in range(3)]
        found = []
        for name, value in call.parts.query:
            values = [page.get(name) for page in pages]
            if name == paging.offset:
                value = _SEEN
            elif values[0] == value and len({*values}) > 1:
                first, second, third = (int(each or 0) for each in values)
                if third - second != second - first:
                    raise NotPortable(f"{call.operation}: its pages are not numbered")
                value = f"{{{{page {first} {second - first}}}}}"
            found.append((name, value))
        return found

    def _variables(self, pieces: _Pieces) -> Iterator[str]:
        """What earlier answers gave, as variables of the shell; one name for each form."""
        for each in pieces:
            if isinstance(each, str) or each in self._named:
                continue
            found = VARIABLE.fullmatch(each[0])
            if found is None or found["step"] is None:
                continue
            step, pointer = f"{found['step']}.{found['page'] or 0}", found["at"] or ""
            word = "of" + re.sub(r"\W+", "_", pointer).lower()[-30:]
            name = f"{word}_{step.replace('.', '_')}_{each[1]}"
            if name in self._named.values():
                name += f"_{len(self._named)}"
            self._named[each] = name
            form = "last" if found["kind"] == "<" else each[1]
            yield f"{name}=$(judge value {step} {quoted(pointer)} {form}) || exit 2"

    def _words(self, pieces: _Pieces) -> str:
        """Pieces as one word of the shell."""
        return "".join(map(self._word, pieces)) or "''"

    def _word(self, piece: str | tuple[str, str]) -> str:
        if isinstance(piece, str):
            return quoted(piece)
        if piece[0] == _SEEN:
            return '"$seen"'
        if piece[0].startswith("{{page "):
            first, by = piece[0].strip("{}").split()[1:]
            return f'"$((page * {by} + {first}))"'
        found = VARIABLE.fullmatch(piece[0])
        if found is not None and found["new"] is not None:
            return f'"$run-{found["new"]}"'
        return f'"${self._named[piece]}"'

    def _body(self, body: _Pieces | bytes, number: int) -> Iterator[str]:
        """Lines that write a body into a file."""
        written = []
        for piece in [body] if isinstance(body, bytes) else body:
            if isinstance(piece, tuple):
                written.append(f"printf %s {self._word(piece)}")
                continue
            content = piece.encode("utf-8", "surrogateescape") if isinstance(piece, str) else piece
            written.append(f"printf {quoted(_octal(content))}" if content else ":")
        yield f'{{ {"; ".join(written) or ":"}; }} >"$work/{number}.sent"'


def _mentioned(script: Script) -> Callable[[Any], bool]:
    """Return what tells the parts of a lifecycle that a claim names from all the others."""
    words = {step.call.operation for step in script.steps}

    def note(text: str) -> str:
        words.add(text)
        return text

    texts(script.claim, note)

    def is_kept(part: Any) -> bool:
        if not is_dataclass(part):
            return True
        named = [getattr(part, each, None) for each in ("name", "operation")]
        names = [each for each in (*named, *getattr(part, "needs", ())) if each]
        return not names or not words.isdisjoint(map(str, names))

    return is_kept


def _kept_credential(account: str, value: str, scheme: SecurityScheme) -> Iterator[str]:
    """Lines that write a configuration of curl that signs in."""
    yield f"secret=$(printf %s {value} | sed 's/[\\\\\"]/\\\\&/g')"
    if scheme.location == "query":
        yield f': >"$work/{account}"; printf %s {value} >"$work/{account}.query"'
        return
    form = f'header = "{scheme.parameter}: %s"'
    if scheme.kind == "basic":
        yield 'case "$secret" in *:*) ;; *) secret="$secret:" ;; esac'
        form = 'user = "%s"'
    elif scheme.kind == "bearer":
        form = 'header = "Authorization: Bearer %s"'
    elif scheme.location == "cookie":
        form = f'header = "Cookie: {scheme.parameter}=%s"'
    yield f'printf {quoted(form)} "$secret" >"$work/{account}"'


def _content(body: Any, media_type: str) -> tuple[_Pieces, str]:
    """A body with its variables, and its content type."""
    if media_type == URLENCODED:
        pairs = [(name, str(value)) for name, value in body.items()]
        return _joined(pairs), media_type
    content, media_type = encoded(body, media_type)
    text = content.decode("utf-8", "surrogateescape")
    if media_type != JSON:
        return _pieces(text, "text"), media_type
    pieces: _Pieces = []
    for each in re.split(r'("\{\{#[^{}]*\}\}")', text):
        pieces += [(each[1:-1], "json")] if each.startswith('"{{#') else _pieces(each, "inner")
    return pieces, media_type


def _url(
    template: str, parts: Parts, query: Query | list[tuple[str, str]], fixed: Mapping[str, str]
) -> _Pieces:
    pieces: _Pieces = []
    for each in re.split(r"(\{[^{}]*\})", template):
        if each.startswith("{"):
            pieces += _pieces(str({**fixed, **parts.path}[each[1:-1]]), "url", escaped)
        else:
            pieces.append(each)
    return [*pieces, "?", *_joined(query)] if query else pieces


def _joined(pairs: Any) -> _Pieces:
    """Pairs as a query."""
    pieces: _Pieces = []
    for place, (name, value) in enumerate(pairs):
        if VARIABLE.fullmatch(name):
            pieces += [*(["&"] if place else []), (name, "query")]
            continue
        pieces += [f"{'&' if place else ''}{escaped(name)}=", *_pieces(value, "url", escaped)]
    return pieces


def _pieces(text: str, form: str, plain: Callable[[str], str] = str) -> _Pieces:
    """A text in pieces: what is plain, and variables."""
    pieces: _Pieces = []
    last = 0
    for found in re.finditer(rf"{VARIABLE.pattern}|\{{\{{(?:page [^{{}}]*|seen)\}}\}}", text):
        pieces += [plain(text[last : found.start()]), (found[0], form)]
        last = found.end()
    return [each for each in (*pieces, plain(text[last:])) if each]


def _continued(command: str, options: list[str]) -> Iterator[str]:
    lines = [command, *(f"  {each}" for each in options)]
    yield from (f"{each} \\" for each in lines[:-1])
    yield lines[-1]


def _pattern(statuses: tuple[int, ...]) -> str:
    success = tuple(range(200, 300))
    if set(success) <= set(statuses):
        return "|".join(["2??", *(str(each) for each in statuses if each not in success)])
    return "|".join(map(str, statuses))


def _octal(content: bytes) -> str:
    """Bytes as what `printf` of any shell makes them of; a hyphen at first would be an option."""
    plain = {ord("%"): "%%", ord("\\"): "\\\\"}
    written = [
        plain.get(each) or (chr(each) if 32 <= each < 127 else f"\\{each:03o}") for each in content
    ]
    return "".join(written[:1]).replace("-", "\\055") + "".join(written[1:])
