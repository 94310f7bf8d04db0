"""`python -m mock_server` is the `mock-server` command."""

import sys

from mock_server.cli import main

sys.exit(main())
