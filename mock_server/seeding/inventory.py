"""A Faker provider for the words and numbers of inventories.

Use it through `Fake` for reproducible records, or add it to any Faker:
`Faker().add_provider(InventoryProvider)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from faker.providers import barcode

from mock_server.seeding import words
from mock_server.seeding.epoch import SEED_EPOCH

T = TypeVar("T")


class InventoryProvider(barcode.Provider):
    """Products, suppliers, places, codes, prices and stock; `ean13` has a right check digit."""

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of `choices`."""
        index: int = self.generator.random.randrange(len(choices))
        return choices[index]

    def chance(self, percent: int) -> bool:
        """Return true in `percent` of a hundred cases."""
        return bool(self.generator.random.randrange(100) < percent)

    def whole(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        return int(self.generator.random.randint(low, high))

    def product_name(self) -> str:
        """Return a product's name, such as `Cedar Hand Balm 250 ml`."""
        quality, (noun, sizes) = self.pick(words.QUALITIES), self.pick(words.GOODS)
        return f"{quality} {noun} {self.pick(sizes)}"

    def service_name(self) -> str:
        """Return the name of something sold that has no stock."""
        return self.pick(words.SERVICES)

    def description(self) -> str:
        """Return one or two plain sentences about a product."""
        return f"{self.pick(words.REMARKS)} {self.pick(words.CARE)}"

    def category(self) -> str:
        """Return a product category."""
        return self.pick(words.CATEGORIES)

    def brand(self) -> str:
        """Return an invented brand."""
        return self.pick(words.BRANDS)

    def supplier_name(self) -> str:
        """Return an invented supplier."""
        return f"{self.pick(words.BRANDS)} {self.pick(words.SUPPLIER_KINDS)}"

    def unit(self) -> str:
        """Return a unit of measure."""
        return self.pick(words.UNITS)

    def sku(self) -> str:
        """Return a stock keeping unit's code, such as `KLM-40318`."""
        letters = "".join(self.pick("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(3))
        return f"{letters}-{self.whole(0, 99999):05}"

    def serial_number(self) -> str:
        """Return a maker's serial number, such as `SN-7741-09325`."""
        return f"SN-{self.whole(0, 9999):04}-{self.whole(0, 99999):05}"

    def money(self, low: int, high: int) -> Decimal:
        """Return an amount with two places from `low` to `high` whole units of currency."""
        return Decimal(self.whole(low * 100, high * 100)).scaleb(-2)

    def price(self) -> Decimal:
        """Return a plausible price: most end in .00, .50, .90, .95 or .99."""
        whole = self.whole(1, 40) if self.chance(70) else self.whole(40, 900)
        ending = self.pick((0, 50, 90, 95, 99)) if self.chance(85) else self.whole(0, 99)
        return Decimal(whole * 100 + ending).scaleb(-2)

    def stock(self) -> int:
        """Return a stock level: most are moderate, some zero, a few large."""
        kind = self.whole(0, 99)
        return 0 if kind < 12 else self.whole(1, 120) if kind < 92 else self.whole(121, 5000)

    def moment(self, since: datetime | None = None, until: datetime = SEED_EPOCH) -> datetime:
        """Return a whole second between two instants; by default in the year before the epoch."""
        start = since or until - timedelta(days=365)
        return start + timedelta(seconds=self.whole(0, int((until - start).total_seconds())))
