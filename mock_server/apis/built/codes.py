"""The codes that Built makes up."""

from __future__ import annotations

import random

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_PREFIX_LENGTH = 4


def made_up_code(item_id: int) -> str:
    """Return the code of an item that came without one: `ITEM-001787` (observed)."""
    return f"ITEM-{item_id:06}"


def prefixed(code: str, source: random.Random) -> str:
    """Return an imported code with four random characters before it: `bd8U-LP45709`."""
    return f"{''.join(source.choice(_LETTERS) for _ in range(_PREFIX_LENGTH))}-{code}"
