"""JSON that is given on a command line, or in a file that it names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mock_server.usage import UsageError


def json_object(text: str, what: str) -> dict[str, Any]:
    """Return the object that a text is, or with `@FILE` what is in the file; raises UsageError."""
    try:
        if text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8")
        found = json.loads(text)
    except OSError as problem:
        raise UsageError(f"{text[1:]}: {problem.strerror}") from problem
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno} column {problem.colno}"
        raise UsageError(f"{what} is not JSON: {problem.msg} at {place}") from problem
    except (ValueError, RecursionError) as problem:
        raise UsageError(f"{what} is not JSON: {problem}") from problem
    if not isinstance(found, dict):
        raise UsageError(f"{what} must be a JSON object")
    return found
