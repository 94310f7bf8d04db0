"""The jars that a larder begins with."""

from __future__ import annotations

from mock_server.apis.larder.jars import JARS, Jar, jar_id

from mock_server.seeding.fake import Fake
from mock_server.seeding.personas import Persona
from mock_server.state.store import Transaction


def seed(transaction: Transaction, persona: Persona, fake: Fake) -> None:
    """Put as many jars as the persona has products."""
    for _ in range(persona.products):
        number = transaction.next_id(JARS)
        transaction.put(
            JARS,
            Jar(
                id=jar_id(number),
                label=fake("jar", number, "label").category(),
                grams=fake("jar", number, "grams").money(50, 900),
                next_to=jar_id(number - 1) if number > 1 else None,
                filled_at=fake("jar", number, "filled_at").moment(),
            ),
        )
