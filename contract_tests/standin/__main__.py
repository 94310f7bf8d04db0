"""`python -m contract_tests.standin`: serve the stand-in on this machine alone."""

from __future__ import annotations

import argparse
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

import uvicorn
from a2wsgi import WSGIMiddleware

from contract_tests.standin.database import Database
from contract_tests.standin.service import BASE_PATH, Service
from contract_tests.standin.switches import Defect, Switch, Variation

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
        listener = socket.create_server((_HOST, options.port), reuse_port=False)
    except sqlite3.Error as problem:
        parser.error(f"--database {options.database}: {problem}")
    except (OSError, OverflowError) as problem:
        parser.error(f"--port {options.port}: {problem}")
    switches = frozenset([*options.defect, *options.variation])
    # The sandbox's clock is the mock's; a second service has the machine's, as real ones do.
    service = Service(
        database,
        time.time,  # noqa: TID251
        switches,
        options.rate_limit,
        options.products,
    )
    print(f"http://{_HOST}:{listener.getsockname()[1]}{BASE_PATH}", flush=True)
    print(f"with {', '.join(each.word for each in switches) or 'nothing'} switched on", flush=True)
    config = uvicorn.Config(WSGIMiddleware(service.application), log_level="warning")
    uvicorn.Server(config).run(sockets=[listener])
    database.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m contract_tests.standin",
        description="Serve a stand-in for a real service. Any key like `standin-one-au1` is an "
        "account of its own.",
    )
    parser.add_argument("--port", type=int, default=8090, help="0 for any that is free")
    parser.add_argument(
        "--database", default=":memory:", metavar="FILE", help="where it keeps its state; in memory"
    )
    parser.add_argument(
        "--rate-limit", type=int, default=0, metavar="N",
        help="requests a minute for each account (the real service: 200); any number if 0",
    )  # fmt: skip
    parser.add_argument(
        "--products", type=int, default=12, metavar="N",
        help="how many products an account has from the start",
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
    def choose(word: str) -> Switch:
        for each in kind:
            if each.word == word:
                return each
        raise argparse.ArgumentTypeError(f"there is no {kind.__name__.lower()} {word!r}")

    return choose


def _table(switches: Iterable[Switch]) -> str:
    return "\n".join(
        f"{each.word:28} {each.area:12} {each.description} ({', '.join(each.operations)})"
        for each in switches
    )


if __name__ == "__main__":
    sys.exit(main())
