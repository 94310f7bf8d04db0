"""`python -m lab.standin`: serve the stand-in on this machine alone."""

from __future__ import annotations

import argparse
import re
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from itertools import count
from typing import Any, NoReturn, cast

import uvicorn
from a2wsgi import WSGIMiddleware

from lab.standin.database import Database
from lab.standin.service import BASE_PATH, Service
from lab.standin.switches import Defect, Switch, Variation

_HOST = "127.0.0.1"
_WRONG_USE = 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(_WRONG_USE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until it is interrupted; returns 0, or 2 if it cannot be done."""
    parser = _parser()
    options = parser.parse_args(arguments)
    listed = [*(Defect if options.list_defects else ())]
    listed += [*(Variation if options.list_variations else ())]
    if listed:
        print(_table(listed))
        return 0
    try:
        database = Database(options.database)
    except sqlite3.Error as problem:
        parser.error(f"--database {options.database}: {problem}")
    with closing(database):
        try:
            listener = socket.create_server((_HOST, options.port))
        except OSError as problem:
            parser.error(f"--port {options.port}: {problem.strerror}")
        with listener:
            _serve(database, listener, options)
    return 0


def _serve(database: Database, listener: socket.socket, options: argparse.Namespace) -> None:
    switches = frozenset([*options.defect, *options.variation])
    service = Service(
        database,
        _clock(options.seconds_a_call),
        switches,
        options.rate_limit,
        options.products,
    )
    print(f"http://{_HOST}:{listener.getsockname()[1]}{BASE_PATH}", flush=True)
    for each in switches:
        print(f"{each.word}: {each.description}", flush=True)
    application = WSGIMiddleware(cast("Any", service.application))
    config = uvicorn.Config(application, log_level="warning", date_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def _clock(step: float) -> Callable[[], float]:
    """The time, later by so many seconds with each call: what far away takes long is quick here."""
    calls = count(1)
    # No sandbox has a clock for it: it is a service of its own.
    return lambda: time.time() + step * next(calls)  # noqa: TID251


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m lab.standin",
        description="Serve a stand-in for a real service. Any key like `standin-one-au1` is an "
        "account of its own.",
    )
    parser.add_argument("--port", type=_port, default=8090, help="0 for any that is free")
    parser.add_argument(
        "--database", default=":memory:", metavar="FILE", help="where it keeps its state; in memory"
    )
    parser.add_argument(
        "--rate-limit", type=_amount, default=0, metavar="N",
        help="requests a minute for each account (the real service: 200); any number if 0",
    )  # fmt: skip
    parser.add_argument(
        "--products", type=_amount, default=60, metavar="N",
        help="how many products an account has from the start; with 60, the list has a second page",
    )  # fmt: skip
    parser.add_argument(
        "--seconds-a-call", type=_seconds, default=0.0, metavar="N",
        help="how much later it is on its clock with each call, as if each had taken so long",
    )  # fmt: skip
    for kind in (Defect, Variation):
        word = kind.__name__.lower()
        parser.add_argument(
            f"--{word}", action="append", default=[], metavar="NAME", type=_chooser(kind),
            help=f"switch one on; --list-{word}s names them",
        )  # fmt: skip
        parser.add_argument(f"--list-{word}s", action="store_true", help=f"list every {word}")
    return parser


def _chooser(kind: type[Switch]) -> Callable[[str], Switch]:
    name = kind.__name__.lower()

    def choose(word: str) -> Switch:
        for each in kind:
            if each.word == word:
                return each
        raise argparse.ArgumentTypeError(f"there is no {name} {word!r}; --list-{name}s names them")

    return choose


def _amount(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("must be 0 or more")
    return int(text)


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", text):
        raise argparse.ArgumentTypeError("must be 0 or more, such as 0.4")
    return float(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("must be from 0 to 65535")
    return int(text)


def _table(switches: Iterable[Switch]) -> str:
    return "\n".join(
        f"{each.word:28} {each.area:12} {each.description} ({', '.join(each.operations)})"
        for each in switches
    )


if __name__ == "__main__":
    sys.exit(main())
