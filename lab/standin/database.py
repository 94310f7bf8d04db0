"""Rows in SQLite: the tables, transactions, and the few statements that are needed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lab.standin.decimals import compare

Row = sqlite3.Row

#: Identifiers are never given twice, and no two accounts have the same.
_TABLES = """
CREATE TABLE IF NOT EXISTS accounts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key_digest TEXT NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  email TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS taxes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts,
  name TEXT NOT NULL,
  rate TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS product_suppliers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts,
  name TEXT NOT NULL,
  hidden_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS products (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts,
  archived_at TEXT,
  cost_price TEXT COLLATE decimal,
  created_at TEXT NOT NULL,
  item_code TEXT,
  name TEXT NOT NULL,
  notes TEXT,
  price TEXT,
  price_includes_tax INTEGER,
  product_supplier_id INTEGER REFERENCES product_suppliers,
  serial_number TEXT,
  stock_level INTEGER,
  tax_id INTEGER REFERENCES taxes,
  updated_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS products_of_account ON products (account_id, created_at, id);
CREATE VIEW IF NOT EXISTS product_rows AS
  SELECT products.*, product_suppliers.name AS product_supplier_name, taxes.rate AS tax_rate
  FROM products
  LEFT JOIN product_suppliers ON product_suppliers.id = products.product_supplier_id
  LEFT JOIN taxes ON taxes.id = products.tax_id;
CREATE TABLE IF NOT EXISTS stock_adjustments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts,
  product_id INTEGER NOT NULL REFERENCES products,
  adjustment_type TEXT NOT NULL,
  archived_at TEXT,
  comment TEXT,
  user_id INTEGER NOT NULL REFERENCES users,
  quantity INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS adjustments_of_product ON stock_adjustments (account_id, product_id);
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """What follows WHERE, with the values of its question marks."""

    sql: str
    values: tuple[Any, ...] = ()

    @classmethod
    def of(cls, **columns: Any) -> Condition:
        """Return the condition that each column has that value."""
        return cls.all(*(cls(f"{column} IS ?", (value,)) for column, value in columns.items()))

    @classmethod
    def all(cls, *conditions: Condition) -> Condition:
        """Return the condition that all hold; that of none always does."""
        return cls._joined(" AND ", conditions)

    @classmethod
    def any(cls, *conditions: Condition) -> Condition:
        """Return the condition that one holds; that of none always does."""
        return cls._joined(" OR ", conditions)

    @classmethod
    def _joined(cls, word: str, conditions: tuple[Condition, ...]) -> Condition:
        values = tuple(value for each in conditions for value in each.values)
        return cls(word.join(f"({each.sql})" for each in conditions) or "1", values)


class Database:
    """One connection to a SQLite file, or to a database in memory, taken by one call at a time.

    Raises sqlite3.Error if the file cannot be opened or is no database.
    """

    def __init__(self, file: str = ":memory:") -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            file, timeout=30, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.create_collation("decimal", compare)
        self._connection.create_function("fold", 1, str.casefold, deterministic=True)
        try:
            self._connection.executescript(_TABLES)
        except sqlite3.Error:
            self._connection.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection in a transaction, which an exception undoes."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the connection; what is only in memory is gone."""
        self._connection.close()


# Names of tables and columns are always this package's own, and values always question marks.


def insert(connection: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> int:
    """Insert a row and return its id."""
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
    cursor = connection.execute(statement, tuple(values.values()))
    assert cursor.lastrowid is not None  # noqa: S101 - SQLite has one after an insert
    return cursor.lastrowid


def update(
    connection: sqlite3.Connection, table: str, values: Mapping[str, Any], condition: Condition
) -> int:
    """Change the rows that meet a condition and return how many there were."""
    changes = ", ".join(f"{column} = ?" for column in values)
    statement = f"UPDATE {table} SET {changes} WHERE {condition.sql}"  # noqa: S608
    return connection.execute(statement, (*values.values(), *condition.values)).rowcount


def delete(connection: sqlite3.Connection, table: str, condition: Condition) -> int:
    """Delete the rows that meet a condition and return how many there were."""
    statement = f"DELETE FROM {table} WHERE {condition.sql}"  # noqa: S608
    return connection.execute(statement, condition.values).rowcount


def select(
    connection: sqlite3.Connection, source: str, condition: Condition, tail: str = ""
) -> list[Row]:
    """Return the rows that meet a condition; `tail` orders and cuts them."""
    statement = f"SELECT * FROM {source} WHERE {condition.sql} {tail}"  # noqa: S608
    return connection.execute(statement, condition.values).fetchall()


def count(connection: sqlite3.Connection, source: str, condition: Condition) -> int:
    """Return how many rows meet a condition."""
    statement = f"SELECT COUNT(*) FROM {source} WHERE {condition.sql}"  # noqa: S608
    return int(connection.execute(statement, condition.values).fetchone()[0])
