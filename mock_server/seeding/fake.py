"""Fake values that depend on what they are for, and on nothing else."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_server.seeding.inventory import InventoryProvider


class Fake:
    """Gives a Faker provider for each value, seeded by (seed, kind, index, field).

    The order in which values are asked for makes no difference, and neither does which others
    are: a new field changes no old one.
    """

    def __init__(self, seed: int) -> None:
        # Faker takes long to import, and a server that has made no records does without.
        from faker import Generator

        from mock_server.seeding.inventory import InventoryProvider

        self.seed = seed
        self._generator = Generator()
        self._generator.random = random.Random()  # noqa: S311 - reproducible on purpose
        self._provider = InventoryProvider(self._generator)

    def __call__(self, kind: str, index: int, field: str) -> InventoryProvider:
        """Return the provider for one field of one record; draw from it at once, it is reused."""
        key = f"{self.seed}/{kind}/{index}/{field}".encode()
        digest = hashlib.blake2b(key, digest_size=8).digest()
        self._generator.random.seed(int.from_bytes(digest))
        return self._provider
