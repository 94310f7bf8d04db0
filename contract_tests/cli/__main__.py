"""`python -m contract_tests.cli`: the command, where it is not on the PATH."""

import sys

from contract_tests.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
