"""Every way in which the toy can be wrong, and what must then be found."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contract_tests.findings import Finding

ITEMS, ITEM = "/{house}/items", "/{house}/items/{item}"
NOTES, NOTE = f"{ITEM}/notes", f"{ITEM}/notes/{{note}}"
CARD, SHELF, MOVES = f"{ITEM}/card", "/{house}/shelves/{shelf}", f"{ITEM}/moves"
FILE = "/{house}/files/{file}"
SPEC, SENSE = "answers_conform", "answers_are_readable"
CREATED, LISTED = "read_after_create", "listed_after_create"
SEEN, KEPT = "read_after_update", "update_keeps_the_rest"
GONE = "gone_after_removal"
STAYS_GONE = "removed_stays_removed"
BACK = "removal_can_be_undone"
REFUSED = "rejected_writes_change_nothing"
UNREAD, UNCHANGED = (
    "unknown_is_not_read",
    "unknown_is_not_changed",
)
STOCK, ENTERED = "stock_is_conserved", "moves_are_recorded"
REFUSED_MOVE = "rejected_moves_change_nothing"
PAGES, LINKS = "pages_partition_list", "page_links_lead"
TOTALS, FILTERS = "totals_match_pages", "filters_are_exact"
SORTED = "sorts_are_ordered"
ONE_PAGE, ENDS = "new_record_on_one_page", "last_page_ends_list"
TIMES = "times_move_forward"
APART, UNSEEN = "accounts_are_separate", "other_account_cannot_read"
UNTOUCHED = "other_account_cannot_write"
NEEDS_CREDENTIAL = "credential_is_required"
OWNERS = "owners_are_separate"
RETRIES, UNIQUE = (
    "idempotency_keys",
    "duplicates_are_rejected",
)
FILES, WRONG_FILES = "files_read_back", "rejected_files_change_nothing"
OWN_FILES = "files_are_private"
ADDS_UP = "derived_values_add_up"
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
    Switch("identifiers are used twice", "identifiers_are_unique",
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
    Switch("an update undoes the one before", "updates_accumulate", f"GET {ITEM}", r"/\w+"),
    Switch("another record is changed too", "update_touches_one_record", f"GET {ITEM}"),
    Switch("the third change is lost", "random_walk", f"GET {ITEM}", r"/\w+"),
)  # fmt: skip
_LISTS = (
    Switch("pages overlap", PAGES, f"GET {ITEMS}", "a record"),
    Switch("a page leaves one out", PAGES, f"GET {ITEMS}", "records"),
    Switch("the last one is missing", TOTALS, f"GET {ITEMS}", "total"),
    Switch("pages are longer", PAGES, f"GET {ITEMS}", "a record"),
    Switch("a page tells another number", PAGES, f"GET {ITEMS}", "page"),
    Switch("offset is counted from one", PAGES, f"GET {SHELF}", "a record"),
    Switch("the shelf shows one twice", "listed_once", f"GET {SHELF}", "a record"),
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
    Switch("a filter does not know what is new", "filters_follow_writes",
           f"GET {ITEMS}", "kind"),
    Switch("filters only count alone", "filters_combine",
           f"GET {ITEMS}", r"\w+ with \w+"),
    Switch("sort is ignored", SORTED, f"GET {ITEMS}", "price"),
    Switch("numbers sort as text", "sorts_follow_writes", f"GET {ITEMS}", "stock"),
    Switch("sort leaves out", SORTED, f"GET {ITEMS}", "records"),
    Switch("order is wrong on page 2", SORTED, f"GET {ITEMS}", "title"),
    Switch("order is another", SORTED, f"GET {ITEMS}", "order"),
    Switch("the last page is the first", ENDS, f"GET {ITEMS}", "records"),
    Switch("the shelf fails far out", SPEC, f"GET {SHELF}", STATUS, ENDS),
    Switch("pages never end", ENDS, f"GET {ITEMS}", STATUS),
    Switch("an empty page follows a full one", "full_last_page_ends_list",
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
    Switch("notes are not told apart", "children_are_listed",
           f"GET {NOTES}", "a record"),
    Switch("notes are not told apart", "child_has_one_parent",
           f"GET {NOTE}", STATUS),
    Switch("notes are listed twice", "existing_children_are_listed",
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
    Switch("moved stock is forgotten", "update_keeps_stock",
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
    Switch("summary is off", "summaries_match_lists", "GET /{house}/summary", "/stock"),
    Switch("summary is kept", "summaries_follow_writes",
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
    Switch("changed before it was created", "changed_after_created",
           f"GET {ITEMS}", r"/items/\*/updated"),
    Switch("changed before it was created", "changed_after_created",
           f"GET {ITEM}", "/updated"),
    Switch("a list shows another price", "views_agree",
           f"GET {ITEM}", "/price"),
    Switch("accounts share a list", "views_agree",
           f"GET {ITEM}", STATUS),
    Switch("reading counts", "reads_have_no_side_effect", f"GET {ITEM}"),
    Switch("gross is a float", ADDS_UP, f"GET {ITEM}", "gross"),
    Switch("gross is rounded", ADDS_UP, f"GET {ITEMS}", "gross"),
    Switch("gross is that of the first price", "derived_values_follow_writes",
           f"GET {ITEM}", "gross"),
    Switch("spelling is raw", "values_are_normalised",
           f"GET {ITEM}", "/remark"),
    Switch("a form is ignored", "forms_equal_json", f"GET {ITEM}", r"/\w+"),
    Switch("a form changes nothing", "forms_equal_json", f"GET {ITEM}", r"/\w+"),
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
    Switch("others' items are read", "listed_records_are_private",
           f"GET {ITEM}", STATUS),
    Switch("others' items are listed", UNSEEN, f"GET {ITEMS}", FOREIGN),
    Switch("others' notes are listed", UNSEEN, f"GET {NOTES}", FOREIGN),
    Switch("others' items are changed", UNTOUCHED, f"PATCH {ITEM}", STATUS),
    Switch("others' items are deleted", UNTOUCHED, f"DELETE {ITEM}", STATUS),
    Switch("others' items are moved", UNTOUCHED, f"POST {MOVES}", STATUS),
    Switch("others' items are referred to", "references_stay_in_account",
           f"GET {ITEM}", "a reference by beside"),
    Switch("accounts share a list", APART, f"GET {ITEMS}", FOREIGN),
    Switch("numbers are one for all",
           "same_number_in_two_accounts", f"GET {ITEM}"),
    Switch("anybody may read", NEEDS_CREDENTIAL, f"GET {ITEM}", STATUS),
    Switch("anybody may create", NEEDS_CREDENTIAL, f"POST {ITEMS}", STATUS),
    Switch("anybody may change", NEEDS_CREDENTIAL, f"PATCH {ITEM}", STATUS),
    Switch("a wrong credential will do", NEEDS_CREDENTIAL, f"GET {ITEMS}", STATUS),
    Switch("who is refused is obeyed", NEEDS_CREDENTIAL, f"GET {ITEMS}", "records"),
    Switch("another owner's are read", OWNERS, f"GET {ITEM}", STATUS),
    Switch("another owner's are listed", OWNERS, f"GET {SHELF}", FOREIGN),
    Switch("another owner's are changed", OWNERS, f"PATCH {ITEM}", STATUS),
    Switch("another owner's are deleted", OWNERS, f"DELETE {ITEM}", STATUS),
)  # fmt: skip
SWITCHES = (
    *(*_WIRE, *_RECORDS, *_CHANGES, *_LISTS),
    *(*_REMOVALS, *_STOCK, *_SHOWN, *_ACCOUNTS),
)
