"""What a generated shell script calls to judge the toy, which is none of the APIs there are."""

from __future__ import annotations

import sys

from contract_tests.reproduction import judge
from tests.contract_tests.toy.target import toy_vendor

if __name__ == "__main__":
    judge.load_vendor = lambda _: toy_vendor()
    sys.exit(judge.main(sys.argv[1:]))
