"""Every way in which the toy can be wrong, and what must then be found."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contract_tests.findings import Finding

ITEMS, ITEM = "/{house}/items", "/{house}/items/{item}"
NOTES, NOTE = f"{ITEM}/notes", f"{ITEM}/notes/{{note}}"
CARD, SHELF, MOVES = f"{ITEM}/card", "/{house}/shelves/{shelf}", f"{ITEM}/moves"
FILE = "/{house}/files/{file}"
SPEC, SENSE = "answers keep to the spec", "answers make sense"
CREATED, LISTED = "what is created reads back as it was sent", "every list shows what was created"
SEEN, KEPT = "a change is seen by every read and list", "an update keeps what it does not name"
GONE = "what is taken away is gone from reads and lists"
STAYS_GONE = "what is gone cannot be changed or taken away again"
BACK = "what was taken away can be brought back"
REFUSED = "what is refused changes nothing"
UNREAD, UNCHANGED = (
    "a record that never was cannot be read",
    "a record that never was cannot be changed",
)
STOCK, ENTERED = "stock moves by what was moved", "every move is entered once"
REFUSED_MOVE = "a move that is refused moves nothing"
PAGES, LINKS = "pages partition the list", "links between pages lead where they say"
TOTALS, FILTERS = "totals are the number of records", "filters are sound and complete"
SORTED = "sorted lists are in order and complete"
ONE_PAGE, ENDS = "a new record is on exactly one page", "a list ends with its last page"
TIMES = "times are in UTC and move forward"
APART, UNSEEN = "each account's records are its own", "another account cannot read or list a record"
UNTOUCHED = "another account cannot touch a record"
STRANGERS = "nothing is done without a credential"
OWNERS = "a record is not reached through another owner"
RETRIES, UNIQUE = (
    "a retry with the same key counts once",
    "values that must be unique are refused the second time",
)
FILES, WRONG_FILES = "files read back as they were sent", "files that are refused change nothing"
OWN_FILES = "files are given to nobody else"
ADDS_UP = "prices and other derived values add up"
FOREIGN, STATUS = "another account's record", "/status"


@dataclass(frozen=True)
class Switch:
    """One way to be wrong, and the finding of the property that it breaks.

    `subject` is a regular expression, where what is drawn decides. `by` is the oracle whose cases
    come upon it, where the finding is about all answers.
    """

    name: str
    check: str
    operation: str
    subject: str = ""
    by: str = ""

    @property
    def oracle(self) -> str:
        """The oracle that has to be tried."""
        return self.by or self.check

    def is_told_by(self, finding: Finding) -> bool:
        """Say whether a finding is the one."""
        return (finding.check, finding.operation) == (self.check, self.operation) and bool(
            re.fullmatch(self.subject, finding.subject)
        )


_WIRE = (
    Switch("a status is undeclared", SPEC, f"POST {NOTES}", STATUS, CREATED),
    Switch("a header is missing", SPEC, f"POST {ITEMS}", "/headers/location", CREATED),
    Switch("a number is a text", SPEC, f"GET {ITEMS}", r"/body/items/\*/version", PAGES),
    Switch("a media type is another", SPEC, f"GET {NOTE}", "/headers/content-type", CREATED),
    Switch("the server fails", SPEC, f"DELETE {NOTE}", STATUS, GONE),
    Switch("a price is no number", SENSE, f"GET {ITEMS}", "", SORTED),
)
_RECORDS = (
    Switch("a field is lost", CREATED, f"GET {ITEM}", "/remark"),
    Switch("the answer to a creation is wrong", CREATED, f"POST {ITEMS}", "/title"),
    Switch("the label is wrong", CREATED, f"GET {ITEM}", "the label"),
    Switch("a list misses what is new", LISTED, f"GET {ITEMS}", "a record"),
    Switch("one request makes two", LISTED, f"GET {ITEMS}", "a record"),
    Switch("a list shows another price", LISTED, f"GET {ITEMS}", r"/items/\*/price"),
    Switch("identifiers are used twice", "each record has an identifier of its own",
           f"POST {ITEMS}", "/id"),
    Switch("codes may be used twice", UNIQUE, f"POST {ITEMS}", STATUS),
    Switch("used codes are refused and stored", UNIQUE, f"GET {ITEMS}", "records"),
)  # fmt: skip
_CHANGES = (
    Switch("an update is lost", SEEN, f"PUT {ITEM}", "/title"),
    Switch("the answer is old", SEEN, f"PATCH {ITEM}", r"/\w+"),
    Switch("a card is stale", SEEN, f"GET {CARD}", "/card/name"),
    Switch("the shelf is stale", SEEN, f"GET {SHELF}", r"/shelf/\*/item/name"),
    Switch("null clears nothing", SEEN, f"GET {ITEM}", "/code|/remark|/price"),
    Switch("the rest is nulled", KEPT, f"GET {ITEM}", "/remark"),
    Switch("an update undoes the one before", "two changes are both kept", f"GET {ITEM}", r"/\w+"),
    Switch("a neighbour is changed too", "a change leaves other records alone", f"GET {ITEM}"),
    Switch("the third change is lost", "records are what was done to them", f"GET {ITEM}", r"/\w+"),
)  # fmt: skip
_LISTS = (
    Switch("pages overlap", PAGES, f"GET {ITEMS}", "a record"),
    Switch("a page leaves one out", PAGES, f"GET {ITEMS}", "records"),
    Switch("the last one is missing", TOTALS, f"GET {ITEMS}", "total"),
    Switch("pages are longer", PAGES, f"GET {ITEMS}", "a record"),
    Switch("a page tells another number", PAGES, f"GET {ITEMS}", "page"),
    Switch("offset is counted from one", PAGES, f"GET {SHELF}", "a record"),
    Switch("the shelf shows one twice", "no record is listed twice", f"GET {SHELF}", "a record"),
    Switch("the next link leads back", LINKS, f"GET {ITEMS}", "records"),
    Switch("the previous link is missing", LINKS, f"GET {ITEMS}", "previous link"),
    Switch("links forget filters", LINKS, f"GET {ITEMS}", "records"),
    Switch("total counts archived", TOTALS, f"GET {ITEMS}", "total"),
    Switch("total forgets filters", TOTALS, f"GET {ITEMS}", "total"),
    Switch("others are counted", TOTALS, f"GET {ITEMS}", "total"),
    Switch("total lags behind", ONE_PAGE, f"GET {ITEMS}", "total"),
    Switch("filter is ignored", FILTERS, f"GET {ITEMS}", "kind"),
    Switch("filter is unsound", FILTERS, f"GET {ITEMS}", "title"),
    Switch("filter is incomplete", FILTERS, f"GET {ITEMS}", "price_from"),
    Switch("the path is ignored", FILTERS, f"GET {SHELF}", "shelf"),
    Switch("archived are not revealed", FILTERS, f"GET {ITEMS}", "archived"),
    Switch("a filter does not know what is new", "filters see what was just written",
           f"GET {ITEMS}", "kind"),
    Switch("filters only count alone", "filters narrow a list together",
           f"GET {ITEMS}", r"\w+ with \w+"),
    Switch("sort is ignored", SORTED, f"GET {ITEMS}", "price"),
    Switch("numbers sort as text", "orders see what was just written", f"GET {ITEMS}", "stock"),
    Switch("sort leaves out", SORTED, f"GET {ITEMS}", "records"),
    Switch("order is wrong on page 2", SORTED, f"GET {ITEMS}", "title"),
    Switch("order is another", SORTED, f"GET {ITEMS}", "order"),
    Switch("the last page is the first", ENDS, f"GET {ITEMS}", "records"),
    Switch("the shelf fails far out", SPEC, f"GET {SHELF}", STATUS, ENDS),
    Switch("pages never end", ENDS, f"GET {ITEMS}", STATUS),
    Switch("an empty page follows a full one", "no page follows a full last one",
           f"GET {ITEMS}", "page size"),
)  # fmt: skip
_REMOVALS = (
    Switch("archiving does nothing", GONE, f"GET {ITEM}", STATUS),
    Switch("archived are still read", GONE, f"GET {ITEM}", STATUS),
    Switch("archived are still listed", GONE, f"GET {ITEMS}", "a record"),
    Switch("archived has no mark", GONE, f"GET {ITEM}", "/archived"),
    Switch("archiving takes the newest too", GONE, f"GET {ITEM}", STATUS),
    Switch("retiring does nothing", GONE, f"GET {ITEM}", "/retired"),
    Switch("retiring changes the stock", GONE, f"GET {ITEM}", "/stock"),
    Switch("deleted are still read", GONE, f"GET {ITEM}", STATUS),
    Switch("deleted are still on the shelf", GONE, f"GET {SHELF}", "a record"),
    Switch("restoring does nothing", BACK, f"GET {ITEM}", "/archived"),
    Switch("restored are not on the shelf", BACK, f"GET {SHELF}", "a record"),
    Switch("notes are not told apart", "the records below another are listed in pages, all of them",
           f"GET {NOTES}", "a record"),
    Switch("notes are not told apart", "a record is not found below another than its own",
           f"GET {NOTE}", STATUS),
    Switch("notes are listed twice", "what stands below listed records is listed in pages",
           f"GET {NOTES}", "a record"),
    Switch("deleted can be changed", STAYS_GONE, f"PATCH {ITEM}", STATUS),
    Switch("deleting again succeeds", STAYS_GONE, f"DELETE {ITEM}", STATUS),
    Switch("any content is read", REFUSED, f"POST {ITEMS}", STATUS),
    Switch("any content is read", REFUSED, f"GET {ITEM}"),
    Switch("refused is stored", REFUSED, f"GET {ITEMS}", "records"),
    Switch("a refusal makes the last one again", REFUSED, f"GET {ITEMS}", "records"),
    Switch("a refused change is made", REFUSED, f"GET {ITEM}"),
    Switch("missing title is taken", REFUSED, f"POST {ITEMS}", STATUS),
    Switch("long title is taken", REFUSED, f"PATCH {ITEM}", STATUS),
    Switch("unknown is a wrong request", UNREAD, f"GET {ITEM}", STATUS),
    Switch("deleting what never was succeeds", UNCHANGED, f"DELETE {ITEM}", STATUS),
)  # fmt: skip
_STOCK = (
    Switch("stock is moved twice", STOCK, f"GET {ITEM}", "/stock"),
    Switch("moved stock is forgotten", "an update leaves what was moved",
           f"GET {ITEM}", "/stock"),
    Switch("stock stops at nothing", STOCK, f"GET {ITEM}", "/stock"),
    Switch("stock is not moved", STOCK, f"GET {ITEM}", "/stock"),
    Switch("moves have the wrong sign", STOCK, f"GET {ITEM}", "/stock"),
    Switch("others' stock is moved too", STOCK, f"GET {ITEM}", ""),
    Switch("a transfer takes nothing", STOCK, f"GET {ITEM}", "/stock"),
    Switch("the shelf shows older stock", STOCK, f"GET {SHELF}", r"/shelf/\*/item/count"),
    Switch("a refused move moves", REFUSED_MOVE, f"GET {ITEM}"),
    Switch("a move that is too large is entered", REFUSED_MOVE, f"GET {MOVES}", "records"),
    Switch("an unknown item takes stock", REFUSED_MOVE, f"GET {ITEM}"),
    Switch("a move is not entered", ENTERED, f"GET {MOVES}", "records"),
    Switch("the entry tells another quantity", ENTERED, f"GET {MOVES}", "in"),
    Switch("the answer tells another quantity", ENTERED, f"POST {MOVES}", "in"),
    Switch("summary is off", "summaries add up", "GET /{house}/summary", "/stock"),
    Switch("summary is kept", "summaries follow what was just written",
           "GET /{house}/summary", "/stock"),
    Switch("retried creations act twice", RETRIES, f"GET {ITEMS}", "records"),
    Switch("retried moves act twice", RETRIES, f"GET {ITEM}", "/stock"),
    Switch("keys are one", RETRIES, f"GET {ITEM}", "/stock"),
    Switch("keys are one", RETRIES, f"POST {ITEMS}", "/id"),
    Switch("the last key alone is known", RETRIES, f"GET {ITEM}", "/stock"),
    Switch("the last key alone is known", RETRIES, f"POST {ITEMS}", "/id"),
    Switch("keys are one", RETRIES, f"GET {ITEM}", "/archived"),
    Switch("retried removals act twice", RETRIES, f"GET {ITEM}", "/archived"),
)  # fmt: skip
_SHOWN = (
    Switch("local time is shown as UTC", TIMES, f"GET {ITEM}", "/created"),
    Switch("created moves", TIMES, f"GET {ITEM}", "/created"),
    Switch("updated goes back", TIMES, f"GET {ITEM}", "/updated"),
    Switch("updated stays", TIMES, f"GET {ITEM}", "/updated"),
    Switch("moves are not dated", TIMES, f"GET {ITEM}", "/updated"),
    Switch("a list dates no change", TIMES, f"GET {ITEMS}", r"/items/\*/updated"),
    Switch("version stays", TIMES, f"GET {ITEM}", "/version"),
    Switch("moves leave the version", TIMES, f"GET {ITEM}", r"/version|/updated"),
    Switch("retiring leaves the version", TIMES, f"GET {ITEM}", r"/version|/updated"),
    Switch("changed before it was created", "no record was changed before it was created",
           f"GET {ITEMS}", r"/items/\*/updated"),
    Switch("changed before it was created", "no record was changed before it was created",
           f"GET {ITEM}", "/updated"),
    Switch("a list shows another price", "lists and reads show the same record",
           f"GET {ITEM}", "/price"),
    Switch("accounts share a list", "lists and reads show the same record",
           f"GET {ITEM}", STATUS),
    Switch("reading counts", "reading changes nothing", f"GET {ITEM}"),
    Switch("gross is a float", ADDS_UP, f"GET {ITEM}", "gross"),
    Switch("gross is rounded", ADDS_UP, f"GET {ITEMS}", "gross"),
    Switch("gross is that of the first price", "derived values follow what was just written",
           f"GET {ITEM}", "gross"),
    Switch("spelling is raw", "values are shown in the vendor's own spelling",
           f"GET {ITEM}", "/remark"),
    Switch("a form is ignored", "a form says what JSON says", f"GET {ITEM}", r"/\w+"),
    Switch("a form changes nothing", "a form says what JSON says", f"GET {ITEM}", r"/\w+"),
    Switch("files are corrupted", FILES, f"GET {FILE}", "a file"),
    Switch("files of one name are one", FILES, f"GET {FILE}", "a file"),
    Switch("a new picture is not kept", FILES, f"GET {FILE}", "a file"),
    Switch("a picture stays", FILES, f"GET {ITEM}", "/picture"),
    Switch("a file's size is wrong", FILES, f"GET {FILE}/about", "/size"),
    Switch("files are everybody's", OWN_FILES, f"GET {FILE}", STATUS),
    Switch("anybody may read", OWN_FILES, f"GET {FILE}/about", STATUS),
    Switch("any file is taken", WRONG_FILES, f"POST {ITEMS}", STATUS),
    Switch("refused is stored", WRONG_FILES, f"GET {ITEMS}", "records"),
)  # fmt: skip
_ACCOUNTS = (
    Switch("others' items are read", UNSEEN, f"GET {ITEM}", FOREIGN),
    Switch("others' items are read", "another account cannot read what one lists",
           f"GET {ITEM}", STATUS),
    Switch("others' items are listed", UNSEEN, f"GET {ITEMS}", FOREIGN),
    Switch("others' notes are listed", UNSEEN, f"GET {NOTES}", FOREIGN),
    Switch("others' items are changed", UNTOUCHED, f"PATCH {ITEM}", STATUS),
    Switch("others' items are deleted", UNTOUCHED, f"DELETE {ITEM}", STATUS),
    Switch("others' items are moved", UNTOUCHED, f"POST {MOVES}", STATUS),
    Switch("others' items are referred to", "a record refers to nothing of another account",
           f"GET {ITEM}", "a reference by beside"),
    Switch("accounts share a list", APART, f"GET {ITEMS}", FOREIGN),
    Switch("numbers are one for all",
           "two accounts' records with one number are two", f"GET {ITEM}"),
    Switch("anybody may read", STRANGERS, f"GET {ITEM}", STATUS),
    Switch("anybody may create", STRANGERS, f"POST {ITEMS}", STATUS),
    Switch("anybody may change", STRANGERS, f"PATCH {ITEM}", STATUS),
    Switch("a wrong credential will do", STRANGERS, f"GET {ITEMS}", STATUS),
    Switch("who is refused is obeyed", STRANGERS, f"GET {ITEMS}", "records"),
    Switch("another owner's are read", OWNERS, f"GET {ITEM}", STATUS),
    Switch("another owner's are listed", OWNERS, f"GET {SHELF}", FOREIGN),
    Switch("another owner's are changed", OWNERS, f"PATCH {ITEM}", STATUS),
    Switch("another owner's are deleted", OWNERS, f"DELETE {ITEM}", STATUS),
)  # fmt: skip
SWITCHES = (
    *(*_WIRE, *_RECORDS, *_CHANGES, *_LISTS),
    *(*_REMOVALS, *_STOCK, *_SHOWN, *_ACCOUNTS),
)
