"""JSON that is given on a command line, or in a file that it names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mock_server.openapi.json_values import NotJson, read_json
from mock_server.usage import UsageError


def json_object(text: str, what: str) -> dict[str, Any]:
    """Return the object that a text is, or with `@FILE` what is in the file; raises UsageError."""
    try:
        if text.startswith("@"):
            found = read_json(Path(text[1:]).read_bytes())
        else:
            found = read_json(text.encode("utf-8", "surrogateescape"))
    except OSError as problem:
        raise UsageError(f"{text[1:]}: {problem.strerror}") from problem
    except (NotJson, UnicodeEncodeError) as problem:
        raise UsageError(f"{what} is not JSON: {problem}") from problem
    if not isinstance(found, dict):
        raise UsageError(f"{what} must be a JSON object")
    return found
