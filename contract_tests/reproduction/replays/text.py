"""Text of a target's, made fit for a line of source."""

from __future__ import annotations

import re

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def without_controls(text: str) -> str:
    """Return the text with everything that ends a line, or that a terminal obeys, replaced."""
    return _CONTROLS.sub("\ufffd", text)
