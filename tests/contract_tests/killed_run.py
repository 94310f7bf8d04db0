"""Makes records as a run does, one after the other, until it is killed; started by a test."""

from __future__ import annotations

import sys
from pathlib import Path

from contract_tests.target.guard import guarded
from contract_tests.target.ledger import Ledger
from contract_tests.target.profiles import WRITES
from contract_tests.target.run_tag import RunTag
from contract_tests.target.service import url_target
from contract_tests.target.write_policy import OwnRecords
from mock_server.discovery import load_lifecycle

TAG = RunTag("killed")


def main(api: str, url: str, credential: str, other: str, ledger: str) -> None:
    target = url_target(api, url, credential, other)
    lifecycle = load_lifecycle(target.vendor)
    policy = OwnRecords(lifecycle, Ledger(Path(ledger)), TAG, target.parameters)
    held, _ = guarded(target, WRITES, policy=policy)
    clients = [held.client("first"), held.client("other")]
    number = 0
    while True:
        number += 1
        answer = clients[number % 2].post("/products", json={"name": TAG.name()})
        sys.stdout.write(f"{answer.status_code}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
