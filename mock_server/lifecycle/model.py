"""The life of a vendor's records, as data: which operation does what, and what must then be seen.

JSON pointers (`/price`) say where something is in a shown record or an answer; `""` is all of
it, and `/prices/currency=AUD/price` finds its way by a text (`pointers.find`). In the body of an
update or a move, `pointers.Shown` stands for what the record shows. Statuses are numbers. Callables
are pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, Literal

from mock_server.lifecycle.files import Attachment, File
from mock_server.lifecycle.listings import Filter, Json, Listing, Sort, Source
from mock_server.lifecycle.paging import Query
from mock_server.lifecycle.pointers import ABSENT
from mock_server.lifecycle.values import Kind

__all__ = ["ABSENT", "File", "Filter", "Json", "Listing", "Query", "Sort", "Source"]

#: Asks the target for another record: operationId and path parameters → the answer's body.
Look = Callable[[str, Mapping[str, str]], Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """What is sent besides method and path template; `body` is ABSENT where there is none.

    If `headers` give a form's content type, the body is a mapping of texts and `File`s.
    """

    path: Mapping[str, str | Source] = field(default_factory=dict)
    query: Query = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = ABSENT


@dataclass(frozen=True, slots=True)
class Field:
    """One property that callers set.

    `shown` points at it in a record as its first read shows it (None: nowhere as such; `optional`:
    a record may leave it out). `wrong` are values that must be refused. `create` and `update` say
    whether those may name it. A value is drawn from `kind`, or from the existing ones of `source`.
    `needs` are fields that a request must name too if it names this one. `kept` are values that are
    taken in another spelling: what is sent, and what is then shown. A text that `makes` something
    names another record, which is made if there is none of that name.
    """

    name: str
    kind: Kind
    shown: str | None = None
    required: bool = False
    clearable: bool = False
    optional: bool = False
    create: bool = True
    update: bool = True
    wrong: tuple[Any, ...] = ()
    source: Source | None = None
    needs: tuple[str, ...] = ()
    kept: tuple[tuple[Any, Any], ...] = ()
    makes: bool = False


@dataclass(frozen=True, slots=True)
class Create:
    """How a record is created.

    `body` makes the request body of field values. `record` points at the record in the answer
    (None: it is not there), `id` at its identifier in the answer. If the answer tells neither, the
    record is looked up in the first list by its tag. `at` as in `Read`, for the answer. `wrong`
    make bodies that must be refused, by what is wrong with them, where no field's value says it.
    `forms` are media types in which the same fields may be sent, as texts. `always` are fields that
    it names although it could leave them out, as later requests build on them.
    """

    operation: str
    body: Callable[[Json], Any] = dict
    record: str | None = ""
    id: str | None = "/id"
    headers: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[str, str | None] = field(default_factory=dict)
    wrong: Mapping[str, Callable[[Json], Any]] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    always: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """How a record is changed.

    With `partial`, what a request does not name stays; otherwise every required field is sent, and
    `keeps` says whether what it does not name stays all the same. `fields` are those it may name
    (None: all with `update`). `absent` as in `Resource`, `at` as in `Read`, for the answer, `forms`
    as in `Create`.
    """

    operation: str
    partial: bool = True
    body: Callable[[Json], Any] = dict
    record: str | None = ""
    fields: tuple[str, ...] | None = None
    at: Mapping[str, str | None] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """An operation that shows one record; `at` says where a field is if not at its own pointer.

    A field whose pointer is None in `at` is not shown by this operation.
    """

    operation: str
    record: str = ""
    at: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Removal:
    """How a record is taken away.

    After it, a read is answered with one of `Resource.absent` (`reads` is `absent`), or still
    shows the record (`shown`); `hidden` says whether lists leave it out. `mark` points at what then
    tells that it is gone, in a record shown with `reveal_read`, and `marked` judges it. `reveal` is
    the query with which the first list shows it again. `undo` brings it back. `again` are the
    statuses of doing it once more (None: not known). `given` are values that a record needs
    to be taken away so. `name` tells two removals by one operation apart. `changes` are the fields
    that it changes (None: not known).
    """

    operation: str
    effect: Literal["deletes", "archives", "deactivates"]
    reads: Literal["absent", "shown"] = "absent"
    hidden: bool = True
    parts: Callable[[str], Parts] | None = None
    mark: str | None = None
    marked: Callable[[Any], bool] = bool
    reveal: Query | None = None
    reveal_read: Query = ()
    undo: str | None = None
    undo_parts: Callable[[str], Parts] | None = None
    again: tuple[int, ...] | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    changes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """An operation that moves stock: `parts` makes it of a record's id and a quantity.

    `effect` is what a quantity does to the stock; `quantities` are those to try, `wrong` are to be
    refused. The resource's `history` gains one entry for each move; `shows` are values that it and
    the answer's body, if there is one, show by pointer (numbers in any spelling). If the body names
    a second record (`Shown.other`), `other` is what a quantity does to its stock, and `taken` lists
    all such records of the moved one. `also` are other numbers of the record that go up so much.
    `beyond` are stocks to begin with, each with a quantity that would take it out of its bounds.
    """

    name: str
    operation: str
    parts: Callable[[str, Decimal], Parts]
    effect: Callable[[Decimal], Decimal]
    quantities: tuple[Decimal, ...] = (Decimal(1), Decimal(2), Decimal(7))
    wrong: tuple[Any, ...] = ()
    beyond: tuple[tuple[Any, Decimal], ...] = ()
    other: Callable[[Decimal], Decimal] | None = None
    shows: Callable[[Decimal], Mapping[str, Decimal | str]] | None = None
    taken: Listing | None = None
    also: Callable[[Decimal], Mapping[str, Decimal]] = lambda _: {}


@dataclass(frozen=True, slots=True)
class Relation:
    """What must hold between the properties of every shown record, such as prices and tax.

    `violation` tells how it does not hold, or returns None. `asks` are the operations it looks at.
    """

    name: str
    violation: Callable[[Json, Look], str | None]
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a record must show because of what was sent, where that is no single property.

    It is held to if a request named all of `needs`; `violation` gets what was sent and the record
    as the first read shows it, and says in a few words what is wrong, or returns None.
    """

    name: str
    needs: tuple[str, ...]
    violation: Callable[[Json, Json], str | None]


@dataclass(frozen=True, slots=True)
class Summary:
    """A number that an operation shows about all records of a list.

    `at` points at it in the answer, `expected` works it out from the records as listed.
    """

    operation: str
    at: str
    expected: Callable[[Sequence[Json]], Decimal]
    listing: str


@dataclass(frozen=True, slots=True)
class Unique:
    """A field whose value no two records share: a second is answered so, and never created."""

    field: str
    statuses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of record and all that is known of its life.

    `id_in_path` is the path parameter that names a record. `tag` is the text field that carries a
    run's mark. `absent` are the statuses that say there is no such record; `unknown` makes an
    identifier that none has. `stock`, `created`, `updated` (null or empty for what was never
    changed) and `version` (a number that goes up with each change) point into a record as the first
    read shows it; `dated_by` are moves and removals that set `updated` too. `parent` names the
    resource whose identifier `parent_in_path` is. `owner_in_path` is the path parameter of the
    target that says whose records are meant: with another value of it, a record is not seen.
    """

    name: str
    id_in_path: str = "id"
    id: str = "/id"
    fields: tuple[Field, ...] = ()
    tag: str | None = None
    create: Create | None = None
    reads: tuple[Read, ...] = ()
    lists: tuple[Listing, ...] = ()
    updates: tuple[Update, ...] = ()
    removals: tuple[Removal, ...] = ()
    moves: tuple[Move, ...] = ()
    history: Listing | None = None
    stock: str | None = None
    created: str | None = None
    updated: str | None = None
    version: str | None = None
    dated_by: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    summaries: tuple[Summary, ...] = ()
    unique: tuple[Unique, ...] = ()
    absent: tuple[int, ...] = (404,)
    refused: tuple[int, ...] = (400, 409, 422)
    unknown: Callable[[Random], str] = lambda random: str(random.randint(10**8, 10**9))
    parent: str | None = None
    parent_in_path: str = ""
    owner_in_path: str = ""
    attachments: tuple[Attachment, ...] = ()

    def field(self, name: str) -> Field:
        """Return a field; raises KeyError."""
        return {each.name: each for each in self.fields}[name]


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The header that makes a repeated request count once, and the operations that take it."""

    header: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """All resources of an API.

    `unauthenticated` are the statuses for a missing or wrong credential. `ignored` are pointers
    that may differ between two answers of the same state (for comparisons). `unreached` are the
    operations that nothing of this reaches, each with the reason.
    """

    resources: tuple[Resource, ...]
    idempotency: Idempotency | None = None
    unauthenticated: tuple[int, ...] = (401, 403)
    ignored: tuple[str, ...] = ()
    unreached: Mapping[str, str] = field(default_factory=dict)

    def resource(self, name: str) -> Resource:
        """Return a resource by name; raises KeyError."""
        return {each.name: each for each in self.resources}[name]
