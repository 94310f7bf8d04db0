"""The records of a seed file, and a seeder that starts with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from mock_server.control.seed_files.checks import mistakes_in
from mock_server.control.seed_files.files import SeedFileError, read_seed_file
from mock_server.control.seed_files.records import SeedRecords, read_records
from mock_server.discovery import Vendor, tables_of
from mock_server.seeding.seeder import Seed, SeedSource, SeedStates, varied
from mock_server.state.store import State
from mock_server.state.variation import Variation


def read_records_file(path: Path, vendors: Iterable[Vendor]) -> SeedRecords:
    """Return the records of a file for some APIs; raises SeedFileError with every mistake."""
    file = read_seed_file(path)
    vendors = list(vendors)
    tables = tables_of(vendors)
    records, problems = read_records(file.document, tables)
    problems += mistakes_in(records, vendors, tables)
    if problems:
        raise SeedFileError(file.described(problems))
    return records


def seeder_from(
    records: SeedRecords, persona: str, seeder: SeedStates, sources: Mapping[str, SeedSource]
) -> SeedStates:
    """Return a seeder that takes the records instead of a persona's, for the APIs they name.

    They are messy in the dimensions that a sandbox asks for, not in those of the persona.
    """

    def make(api: str, wanted: str, seed: int, variation: Variation) -> Seed:
        if wanted == persona and api in records.apis:
            state = records.of(api).put_into(State())
            dimensions = variation.messy or frozenset()
            return varied(state, sources[api], dimensions, seed, variation.only)
        return seeder.made(api, wanted, seed, variation)

    return SeedStates(make)
