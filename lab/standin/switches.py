"""What can be switched on: defects, and readings of what the documents leave open."""

from __future__ import annotations

from enum import Enum

_UPDATES = "updateProduct replaceProduct"
_SAVES = f"createProduct {_UPDATES}"
_NAMED_LISTS = "listProducts listProductSuppliers"
_LISTS = f"{_NAMED_LISTS} listTaxes listStockAdjustments"


class Switch(Enum):
    """Something that can be switched on by its `word`.

    Each value is (`area`, `bites`, `description`): the kind of promise it concerns, the
    operationIds whose answers show it, separated by spaces, and what then happens.
    """

    def __init__(self, area: str, bites: str, description: str) -> None:
        self.area = area
        self.operations = tuple(bites.split())
        self.description = description

    @property
    def word(self) -> str:
        """The name on a command line."""
        return self.name.lower().replace("_", "-")


class StandInDefect(Switch):
    """A bug as it occurs in services on a database."""

    CREATE_NOT_SAVED = ("persistence", "createProduct", "answers 201 and rolls back")
    UPDATE_NOT_SAVED = (
        "persistence",
        _UPDATES,
        "answers with the new values and stores the old ones",
    )
    UPDATE_ANSWERS_OLD = (
        "persistence",
        _UPDATES,
        "stores the new values and answers with the row as it was read before",
    )
    UPDATE_CLEARS_UNNAMED = (
        "persistence",
        _UPDATES,
        "sets every optional column that is not named to NULL",
    )
    PUT_INSERTS_COPY = (
        "persistence",
        "replaceProduct",
        "upserts without the key, so there is a second row",
    )
    REFUSED_UPDATE_HALF_SAVED = (
        "persistence",
        _UPDATES,
        "answers 422 when the fields that are right are already stored",
    )
    NAME_CUT_AT_100 = (
        "persistence",
        _SAVES,
        "the column is shorter than the document says, and the database cuts",
    )
    UPDATED_AT_STUCK = (
        "time",
        "updateProduct replaceProduct archiveProduct deleteProduct",
        "no trigger moves updated_at",
    )
    LOCAL_TIME = (
        "time",
        "createProduct updateProduct archiveProduct createStockAdjustment",
        "writes the local time, ten hours ahead, and calls it UTC",
    )
    ARCHIVED_STILL_LISTED = (
        "archiving",
        "listProducts",
        "forgets `archived_at IS NULL` in the list",
    )
    ARCHIVED_STILL_FOUND = (
        "archiving",
        "getProduct",
        "forgets `archived_at IS NULL` for one product",
    )
    DELETE_DOES_NOTHING = (
        "archiving",
        "deleteProduct",
        "the deprecated way answers 204 and archives nothing",
    )
    ARCHIVE_OF_NOTHING = (
        "archiving",
        "deleteProduct archiveProduct",
        "answers 204 however few rows it changed",
    )
    OFFSET_OFF_BY_ONE = ("paging", _LISTS, "skips a row between two pages")
    LIMIT_ONE_MORE = (
        "paging",
        _LISTS,
        "reads a row more to see whether there is a next page, and shows it",
    )
    COUNT_WITHOUT_FILTER = ("paging", _LISTS, "total_entries is COUNT(*) without the filters")
    NEXT_LINK_ON_LAST_PAGE = ("paging", _LISTS, "links to a next page after a full last one")
    NEXT_LINK_DROPS_FILTERS = ("paging", _LISTS, "links to pages without the filters")
    ORDER_BY_MISSING = (
        "sorting",
        _NAMED_LISTS,
        "without a sort, rows come as an index on the name has them",
    )
    TIES_DIFFER_BY_PAGE = (
        "sorting",
        _LISTS,
        "rows that tie stand in another order on every second page",
    )
    SECOND_SORT_COLUMN_IGNORED = ("sorting", _LISTS, "sorts by the first column alone")
    NUMBERS_SORTED_AS_TEXT = (
        "sorting",
        "listProducts listStockAdjustments",
        "stock levels and amounts sort as text",
    )
    AT_LEAST_AS_MORE_THAN = ("filtering", _LISTS, "takes `>=` for `>`")
    ID_LIST_TAKES_FIRST = ("filtering", _LISTS, "`id:=1,2` finds 1 alone")
    WILDCARDS_NOT_ESCAPED = ("filtering", _NAMED_LISTS, "`%` and `_` within `~` are wildcards")
    FILTERS_JOINED_BY_OR = ("filtering", _LISTS, "one of several filters is enough")
    STOCK_ADJUSTED_TWICE = ("stock", "createStockAdjustment", "a trigger and the code both add")
    STOCK_NOT_ADJUSTED = (
        "stock",
        "createStockAdjustment",
        "records the adjustment and leaves stock_level alone",
    )
    DECREASE_ADDS = ("stock", "createStockAdjustment", "adds what should be taken away")
    STOCK_STOPS_AT_ZERO = ("stock", "createStockAdjustment", "a decrease never goes below 0")
    REFUSED_ADJUSTMENT_KEPT = (
        "stock",
        "createStockAdjustment",
        "is in no transaction: when the level is refused, the adjustment stays",
    )
    COST_PRICE_AS_FLOAT = ("money", _SAVES, "the column is REAL")
    PRICES_AS_FLOAT = ("money", _SAVES, "computes prices in binary and prints what comes out")
    TAX_INCLUDED_IGNORED = ("money", _SAVES, "adds the tax even to a price that includes it")
    GET_FROM_ANY_ACCOUNT = ("tenancy", "getProduct", "forgets the account for one product")
    UPDATE_IN_ANY_ACCOUNT = ("tenancy", _UPDATES, "forgets the account in the update")
    COUNT_OF_ALL_ACCOUNTS = ("tenancy", _LISTS, "forgets the account in the COUNT")
    TAX_OF_ANY_ACCOUNT = ("tenancy", _SAVES, "links another account's tax")
    TAXES_WITHOUT_KEY = ("errors", "listTaxes getTax", "asks nobody for a key")
    BLANK_NAME_ACCEPTED = ("errors", _SAVES, "saves a name of blanks")
    NOT_FOUND_AS_PAGE = (
        "errors",
        "getProduct getTax getProductSupplier getStockAdjustment",
        "the framework's own HTML page answers 404",
    )
    ERRORS_AS_LISTS = (
        "errors",
        "createProduct updateProduct replaceProduct createStockAdjustment",
        "422 has the framework's lists of texts",
    )
    RESET_TIME_MISSING = ("errors", "listProducts", "429 comes without X-RateLimit-Reset")
    IDS_AS_NUMBERS = (
        "shape",
        "createProduct getProduct listProducts",
        "ids of products are JSON numbers",
    )


class Variation(Switch):
    """Another reading where the documents are silent; no bug.

    Four look like bugs, and would be if the mock's way were written anywhere. But that an archived
    product cannot be changed follows from no more than how it is read; that a product without a
    price has null for both prices is one way to take "string or null"; and of case in `=`, or of
    what becomes of an empty text, nothing is said at all.
    """

    OTHER_NOT_FOUND_TEXT = (
        "errors",
        "getProduct getTax getProductSupplier getStockAdjustment",
        "404 names the record in its text",
    )
    PAST_THE_END_IS_LAST_PAGE = ("paging", _LISTS, "a page past the end shows the last one")
    TIES_NEWEST_FIRST = ("sorting", _LISTS, "rows that tie come with the highest id first")
    NULLS_FIRST = (
        "sorting",
        "listProducts listStockAdjustments",
        "NULL sorts below every value, as in MySQL, not above, as in PostgreSQL",
    )
    CONTAINS_HEEDS_CASE = (
        "filtering",
        _NAMED_LISTS,
        "`~` and `~~` tell capitals from small letters",
    )
    ARCHIVE_TWICE = (
        "archiving",
        "archiveProduct deleteProduct",
        "archiving again answers 204, not 404",
    )
    ARCHIVED_STILL_CHANGED = (
        "archiving",
        _UPDATES,
        "an archived product can be changed like any other",
    )
    EMPTY_TEXT_AS_NULL = ("persistence", _SAVES, "stores '' as NULL, as many forms do")
    TEXT_IGNORES_CASE = (
        "filtering",
        _NAMED_LISTS,
        "`=` on text takes capitals and small letters for the same, as some collations do",
    )
    NULL_PRICE_AS_ZERO = ("money", _SAVES, "a product without a price costs 0")


#: What is switched on in one stand-in.
Switches = frozenset[Switch]
