"""What must hold between answers; see `claim`."""

from contract_tests.claims.answers import Allows, Answers, Carries, Conforms, Refuses, Unlike
from contract_tests.claims.claim import CannotTell, Claim, ClaimContext
from contract_tests.claims.lists import (
    Advances,
    Distinct,
    Framed,
    Gained,
    Linked,
    Lists,
    SameMembers,
    Single,
    Sized,
    Totals,
)
from contract_tests.claims.moves import Entered, ShowsMove
from contract_tests.claims.properties import Differs, Grew, Moved, SameAs, Shows
from contract_tests.claims.relations import Follows, Marked, NotAsked, Related, Summed, Unfollowed
from contract_tests.claims.selections import Filtered, Narrowed, Ordered
from contract_tests.claims.times import NotBefore, SameTime, Timely

__all__ = [
    "Advances",
    "Allows",
    "Answers",
    "CannotTell",
    "Carries",
    "Claim",
    "ClaimContext",
    "Conforms",
    "Differs",
    "Distinct",
    "Entered",
    "Filtered",
    "Follows",
    "Framed",
    "Gained",
    "Grew",
    "Linked",
    "Lists",
    "Marked",
    "Moved",
    "Narrowed",
    "NotAsked",
    "NotBefore",
    "Ordered",
    "Refuses",
    "Related",
    "SameAs",
    "SameMembers",
    "SameTime",
    "Shows",
    "ShowsMove",
    "Single",
    "Sized",
    "Summed",
    "Timely",
    "Totals",
    "Unfollowed",
    "Unlike",
]
