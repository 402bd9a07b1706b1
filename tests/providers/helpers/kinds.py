"""Every kind of event and what the rules decide about it: the table that every provider is held to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, auto

from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Action, Decision, Mode, Rules
from tests.calendars import in_days

ME, ALIAS, ADDED = "alice@contoso.example", "a.moreno@contoso.example", "alice@club.example"
BOSS, STRANGER = "bob@contoso.example", "all-hands@contoso.example"
MINE = frozenset({ME, ADDED})
"""The account's address and one that the member added."""
START, END = in_days(3, 9), in_days(3, 11)
TRIP_END = in_days(5, 6)
FIRST_DAY = in_days(7).date()
LAST_DAY = FIRST_DAY + timedelta(days=2)


class When(StrEnum):
    """How long it lasts: two hours, no time, two nights and the day between, a whole day, three days."""

    HOURS = auto()
    MOMENT = auto()
    TRIP = auto()
    DAY = auto()
    DAYS = auto()

    @property
    def times(self) -> tuple[datetime, datetime]:
        """For events that aren't all-day; aware UTC."""
        return START, {When.MOMENT: START, When.TRIP: TRIP_END}.get(self, END)

    @property
    def days(self) -> tuple[date, date] | None:
        """The first day and the day after the last."""
        last = {When.DAY: FIRST_DAY, When.DAYS: LAST_DAY}.get(self)
        return (FIRST_DAY, last + timedelta(days=1)) if last else None


class Kind(StrEnum):
    OWN = auto()
    BLOCK_TAG = auto()
    PREFER_TAG = auto()
    TAG_IN_DESCRIPTION = auto()
    TAG_IN_FORMATTED_DESCRIPTION = auto()
    BOTH_TAGS = auto()
    FREE = auto()
    FREE_WITH_TAG = auto()
    ALL_DAY = auto()
    ALL_DAY_WITH_TAG = auto()
    DAYS = auto()
    TRIP = auto()
    NO_LENGTH = auto()
    NO_LENGTH_WITH_TAG = auto()
    OUT_OF_OFFICE = auto()
    OUT_OF_OFFICE_FOR_DAYS = auto()
    HOLIDAY = auto()
    HOLIDAY_MARKED_FREE = auto()
    WORKING_ELSEWHERE = auto()
    WORKING_ELSEWHERE_WITH_TAG = auto()
    BIRTHDAY = auto()
    FOCUS_TIME = auto()
    CANCELLED = auto()
    CANCELLED_OUT_OF_OFFICE = auto()
    PRIVATE = auto()
    CONFIDENTIAL = auto()
    TENTATIVE = auto()
    ACCEPTED = auto()
    ACCEPTED_WITHOUT_TAG = auto()
    ACCEPTED_BY_ALIAS = auto()
    ACCEPTED_BY_ADDED_ADDRESS = auto()
    DECLINED = auto()
    DECLINED_OUT_OF_OFFICE = auto()
    MAYBE = auto()
    UNANSWERED = auto()
    TO_UNKNOWN_ADDRESS = auto()
    ORGANISED = auto()
    ORGANISED_AND_ALL_DECLINED = auto()
    BY_ME = auto()
    BY_ADDED_ADDRESS = auto()
    BY_SOMEBODY_ELSE = auto()
    SOMEBODY_ELSE_IS_AWAY = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """`matching`: the decision in that mode, whatever else is set; `never`: why it counts in no other mode.

    Where it is `free` or lasts whole days it counts in those modes only where the calendar's settings say so.
    """

    matching: Decision
    never: Reason | None = None
    free: bool = False
    when: When = When.HOURS

    def expected(self, rules: Rules) -> Decision:
        if rules.mode is Mode.MATCHING:
            return self.matching
        if self.never:
            return Decision(None, self.never)
        if self.free and not rules.counts_free:
            return Decision(None, Reason.MARKED_FREE)
        if self.when.days and not rules.counts_all_day:
            return Decision(None, Reason.ALL_DAY)
        return _EVERY[rules.mode]


SETTINGS = [
    Rules(mode, MINE, counts_free=counts_free, counts_all_day=counts_all_day)
    for mode in Mode
    for counts_free in (False, True)
    for counts_all_day in (True, False)
]
_EVERY = {
    Mode.BLOCK: Decision(Action.BLOCK, Reason.EVERY_EVENT_BLOCKS),
    Mode.PREFER: Decision(Action.PREFER, Reason.EVERY_EVENT_PREFERRED),
}
_UNTAGGED = Decision(None, Reason.NO_TAG)
_NOC = Decision(Action.BLOCK, Reason.TAG_IN_TITLE, "noc")
_AWAY = Decision(Action.BLOCK, Reason.OUT_OF_OFFICE)
_HOLIDAY = Decision(Action.BLOCK, Reason.HOLIDAY)
_NO_NEWS = Reason.INFORMATION


def _never(reason: Reason) -> Row:
    return Row(Decision(None, reason), never=reason)


TABLE: dict[Kind, Row] = {
    Kind.OWN: Row(_UNTAGGED),
    Kind.BLOCK_TAG: Row(_NOC),
    Kind.PREFER_TAG: Row(Decision(Action.PREFER, Reason.TAG_IN_TITLE, "prefer oncall")),
    Kind.TAG_IN_DESCRIPTION: Row(Decision(Action.BLOCK, Reason.TAG_IN_DESCRIPTION, "not oncall")),
    Kind.TAG_IN_FORMATTED_DESCRIPTION: Row(Decision(Action.BLOCK, Reason.TAG_IN_DESCRIPTION, "not oncall")),
    Kind.BOTH_TAGS: Row(Decision(Action.BLOCK, Reason.TAG_IN_DESCRIPTION, "noc")),
    Kind.FREE: Row(_UNTAGGED, free=True),
    Kind.FREE_WITH_TAG: Row(_NOC, free=True),
    Kind.ALL_DAY: Row(_UNTAGGED, when=When.DAY),
    Kind.ALL_DAY_WITH_TAG: Row(_NOC, when=When.DAY),
    Kind.DAYS: Row(_UNTAGGED, when=When.DAYS),
    Kind.TRIP: Row(_NOC, when=When.TRIP),
    Kind.NO_LENGTH: Row(_UNTAGGED, never=Reason.NO_LENGTH, when=When.MOMENT),
    Kind.NO_LENGTH_WITH_TAG: Row(Decision(None, Reason.NO_LENGTH), never=Reason.NO_LENGTH, when=When.MOMENT),
    Kind.OUT_OF_OFFICE: Row(_AWAY),
    Kind.OUT_OF_OFFICE_FOR_DAYS: Row(_AWAY, when=When.DAYS),
    Kind.HOLIDAY: Row(_HOLIDAY, when=When.DAY),
    Kind.HOLIDAY_MARKED_FREE: Row(_HOLIDAY, free=True, when=When.DAY),
    Kind.WORKING_ELSEWHERE: Row(_UNTAGGED, never=_NO_NEWS),
    Kind.WORKING_ELSEWHERE_WITH_TAG: Row(_NOC, never=_NO_NEWS),
    Kind.BIRTHDAY: Row(_UNTAGGED, never=_NO_NEWS, when=When.DAY),
    Kind.FOCUS_TIME: Row(_UNTAGGED),
    Kind.CANCELLED: _never(Reason.CANCELLED),
    Kind.CANCELLED_OUT_OF_OFFICE: _never(Reason.CANCELLED),
    Kind.PRIVATE: Row(_NOC),
    Kind.CONFIDENTIAL: Row(_NOC),
    Kind.TENTATIVE: Row(_NOC),
    Kind.ACCEPTED: Row(_NOC),
    Kind.ACCEPTED_WITHOUT_TAG: Row(_UNTAGGED),
    Kind.ACCEPTED_BY_ALIAS: Row(_NOC),
    Kind.ACCEPTED_BY_ADDED_ADDRESS: Row(_NOC),
    Kind.DECLINED: _never(Reason.DECLINED),
    Kind.DECLINED_OUT_OF_OFFICE: _never(Reason.DECLINED),
    Kind.MAYBE: _never(Reason.TENTATIVE),
    Kind.UNANSWERED: _never(Reason.UNANSWERED),
    Kind.TO_UNKNOWN_ADDRESS: _never(Reason.NOT_YOURS),
    Kind.ORGANISED: Row(_NOC),
    Kind.ORGANISED_AND_ALL_DECLINED: Row(_NOC),
    Kind.BY_ME: Row(_NOC),
    Kind.BY_ADDED_ADDRESS: Row(_NOC),
    Kind.BY_SOMEBODY_ELSE: Row(_NOC),
    Kind.SOMEBODY_ELSE_IS_AWAY: Row(_AWAY),
}
_THEIRS = Decision(None, Reason.CREATED_BY_SOMEBODY_ELSE)
ELSEWHERE: dict[Kind, Row] = {
    Kind.BY_ME: TABLE[Kind.BY_ME],
    Kind.BY_ADDED_ADDRESS: TABLE[Kind.BY_ADDED_ADDRESS],
    Kind.BY_SOMEBODY_ELSE: Row(_THEIRS),
    Kind.SOMEBODY_ELSE_IS_AWAY: Row(_THEIRS),
    Kind.ACCEPTED_BY_ADDED_ADDRESS: TABLE[Kind.ACCEPTED_BY_ADDED_ADDRESS],
    Kind.TO_UNKNOWN_ADDRESS: TABLE[Kind.TO_UNKNOWN_ADDRESS],
    Kind.CANCELLED: TABLE[Kind.CANCELLED],
}
"""The rows of a calendar that may be shared or somebody else's: any but the account's own."""

_TITLES = {
    Kind.PREFER_TAG: "Home all week, prefer-oncall",
    Kind.BOTH_TAGS: "Prefer oncall",
}
_DESCRIPTIONS = {
    Kind.TAG_IN_DESCRIPTION: "Not\noncall, at the sea",
    Kind.TAG_IN_FORMATTED_DESCRIPTION: "<p>At the sea &amp; not&nbsp;<b>oncall</b></p>",
    Kind.BOTH_TAGS: "noc",
}
_WITHOUT_TAG = {kind for kind, row in TABLE.items() if row.matching in (_UNTAGGED, _AWAY, _HOLIDAY)}


def title_of(kind: Kind) -> str:
    """With a tag, unless something else decides. Events that never count have one too, in vain."""
    usual = "Dentist" if kind in _WITHOUT_TAG | set(_DESCRIPTIONS) else "Dentist (NOC)"
    return _TITLES.get(kind, usual)


def description_of(kind: Kind) -> str:
    return _DESCRIPTIONS.get(kind, "")
