"""The words, names and money of a locale, by Faker and by the Unicode CLDR that Babel carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from faker import Factory
from faker.config import AVAILABLE_LOCALES
from faker.providers.lorem import Provider as Lorem

from mock_server.seeding.fake import Fake
from mock_server.seeding.inventory import InventoryProvider
from mock_server.usage import UsageError, needs_extra, suggestion

#: A currency without parts has units of little worth; prices in it have more of them.
_UNITS_WITHOUT_PARTS = 100
_SIZES = ("100 g", "250 g", "500 g", "1 kg", "50 ml", "250 ml", "1 l", "S", "M", "L")
_CODE = re.compile(r"[A-Z]{3}")
_LONGEST_NAME = 60


class Locale:
    """One of Faker's locales and its currency; raises UsageError for one that Faker has not."""

    def __init__(self, name: str) -> None:
        needs_extra("data", "babel", "--locale")
        known = sorted(AVAILABLE_LOCALES)
        if name not in known:
            raise UsageError(f"there is no locale {name!r}; {suggestion(name, known)}")
        self.name = name

    @cached_property
    def currency(self) -> str:
        """The code of the currency that is legal tender there (ISO 4217)."""
        from babel.core import get_global
        from babel.numbers import get_territory_currencies

        language, _, territory = self.name.partition("_")
        found = get_territory_currencies(territory) if territory else []
        if not found:
            likely = str(get_global("likely_subtags").get(language, "en_Latn_US"))
            found = get_territory_currencies(likely.rpartition("_")[2])
        return str(found[-1]) if found else "USD"

    @cached_property
    def has_parts(self) -> bool:
        """Whether the currency has parts, as the yen has none."""
        from babel.numbers import get_currency_precision

        return get_currency_precision(self.currency) > 0


class LocalFake(Fake):
    """Gives values in the words of a locale; the same seed gives the same values."""

    def __init__(self, seed: int, locale: Locale) -> None:
        super().__init__(seed)
        generator = Factory.create(locale.name)
        generator.random = self._generator.random
        self._generator = generator
        self._provider = LocalInventoryProvider(generator, locale)


class LocalInventoryProvider(InventoryProvider):
    """Inventories in the words of a locale: companies, places, names and prices.

    Where Faker has no words of the language, product names are English, with a local brand.
    """

    def __init__(self, generator: Any, locale: Locale) -> None:
        super().__init__(generator)
        self._locale = locale
        language = locale.name.partition("_")[0]
        lorem = next(each for each in generator.providers if isinstance(each, Lorem))
        self._has_words = str(getattr(lorem, "__lang__", "")).partition("_")[0] == language

    def product_name(self) -> str:
        """Return a product's name in the words of the language."""
        if not self._has_words:
            return f"{self.brand()} {super().product_name()}"
        words = f"{self.generator.word()} {self.generator.word()}"
        return f"{words[:1].upper()}{words[1:]} {self.pick(_SIZES)}"

    def description(self) -> str:
        """Return a sentence in the words of the language."""
        return str(self.generator.sentence()) if self._has_words else super().description()

    def brand(self) -> str:
        """Return a family name of the place, as brands have."""
        return str(self.generator.last_name())

    def supplier_name(self) -> str:
        """Return a company of the place."""
        return str(self.generator.company())[:_LONGEST_NAME]

    def price(self) -> Decimal:
        """Return a plausible price in the currency of the place."""
        price = super().price()
        if self._locale.has_parts:
            return price
        whole = (price * _UNITS_WITHOUT_PARTS).quantize(Decimal(1), ROUND_HALF_UP)
        return whole.quantize(Decimal("0.01"))


class LocalRecords:
    """Puts a locale's people and currency into written records.

    The account's own currency, `home`, changes places with the locale's.
    """

    def __init__(self, locale: Locale, seed: int, home: str | None) -> None:
        self._fake = LocalFake(seed, locale)
        self._swapped = {home: locale.currency, locale.currency: home} if home else {}

    def __call__(self, table: str, number: int, record: dict[str, Any]) -> dict[str, Any]:
        """Return the record that comes as `number` in a table, with what fits the locale."""
        for name in ("first_name", "last_name"):
            if isinstance(record.get(name), str):
                provider = self._fake(table, number, name)
                record[name] = str(getattr(provider.generator, name)())
        for holder, name in currencies_in(record, of_currencies=table.endswith("currencies")):
            holder[name] = self._swapped.get(holder[name], holder[name])
        return record


def currencies_in(
    value: Any, *, of_currencies: bool = False
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each place in a written record where a currency's code is, as an object and a name."""
    if isinstance(value, list):
        for item in value:
            yield from currencies_in(item, of_currencies=of_currencies)
    elif isinstance(value, dict):
        for name, item in value.items():
            named = name.endswith("currency") or (of_currencies and name == "name")
            if named and isinstance(item, str) and _CODE.fullmatch(item):
                yield value, name
            else:
                yield from currencies_in(item, of_currencies=name == "currencies")
