"""What the page of a try says: its changes, its status, and what setting them means."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.problem import Limit
from oncall_ui.domain.schedules.planning.result import Verdict, first_open
from oncall_ui.domain.schedules.shifts.rules import USUAL_POINTS
from oncall_ui.domain.schedules.what_if.changes import (
    Away,
    Change,
    Joins,
    Leaves,
    LimitsAre,
    PointsAre,
    RoleAdded,
    RoleRemoved,
    ShareIs,
)
from oncall_ui.services.schedules.what_if.effect import Figures
from oncall_ui.services.schedules.what_if.views import SOMEONE, Try
from pages.schedules.draft.review.tables import changed_slots
from pages.schedules.draft.words import LOOKING, calendars_words, seconds_words
from pages.schedules.editors.points import TYPES
from pages.schedules.plan.shift import role_words
from pages.schedules.rules.words import limit_words
from pages.widgets.dates import NBSP, count, short_day

A_DAY = timedelta(days=1)
EMPTY = "Add a change, and this page shows what it does to the published shifts"
WORKS = "It works, and nothing is published"


@dataclass(frozen=True, slots=True)
class Ground:
    """What changes are read against: names by participant and member id, and what is set."""

    people: Mapping[int, str]
    members: Mapping[int, str]
    points: Mapping[str, int]
    limits: tuple[Limit, ...]

    def name(self, participant: int) -> str:
        return self.people.get(participant, SOMEONE)

    def joining(self, change: Joins) -> str:
        member = self.members.get(change.member) if change.member else None
        return member or self.people.get(change.participant, SOMEONE)


@dataclass(frozen=True, slots=True)
class Status:
    """The line below the heading: what is said first, the rest, and its CSS class."""

    first: str
    rest: str
    css: str


def change_words(change: Change, ground: Ground) -> tuple[str, str]:
    """A title and a second line: `Dana is away`, `11 Jan to 22 Jan`."""
    match change:
        case Away(who, first, end):
            return f"{ground.name(who)} is away", _span(first, end)
        case Joins(_, _, first, share):
            return f"{ground.joining(change)} joins", f"{short_day(first)}, at {share}{NBSP}%"
        case Leaves(who, first):
            return f"{ground.name(who)} leaves", short_day(first)
        case ShareIs(who, first, share):
            return f"{ground.name(who)} has another share", f"{share}{NBSP}% from {short_day(first)}"
    return _set_words(change, ground)


def setting_words(changes: Iterable[Change], ground: Ground) -> Iterator[str]:
    """What becomes a setting when the draft is made, a sentence each."""
    for change in changes:
        if isinstance(change, Away):
            who = ground.name(change.participant)
            yield (
                f"The draft is planned with {who} away {_span(change.from_day, change.to_day)}. "
                f"Nothing is blocked for {who}: that is for {who} to do."
            )
        else:
            title, small = change_words(change, ground)
            yield f"{title}: {small}"


def status_of(found: Try | None, zone: ZoneInfo, at: datetime) -> Status:
    """What came out, in a sentence."""
    if found is None:
        return Status(EMPTY, "", "is-off")
    draft = found.review.draft
    if found.became:
        return Status("This became a draft", "", "is-ok")
    if draft.line.status is PlanStatus.PLANNING:
        return Status(LOOKING, " · nothing is published", "is-busy")
    if draft.line.status is PlanStatus.FAILED:
        return Status("This couldn’t be planned", f" · {draft.note}", "is-bad")
    if found.then is None:
        return Status("This try is over", "", "is-off")
    today = found.today or found.then
    worse = _worse(today, found.then)
    moved, before = len(changed_slots(draft.slots)), sum(slot.before is not None for slot in draft.slots)
    read = calendars_words(draft.slots, zone, at)
    rest = f" · {_proof(found)}, {read}; {moved} of {count(before, 'coming shift')} would change"
    return Status(worse or WORKS, rest, "is-warn" if worse else "is-ok")


def _proof(found: Try) -> str:
    draft = found.review.draft
    took = f" in {seconds_words(draft.took_seconds)}" if draft.took_seconds is not None else ""
    is_proven = draft.line.verdict is not Verdict.GOOD and first_open(draft.stages) is None
    return f"proven best{took}" if is_proven else "not proven best"


def _worse(today: Figures, then: Figures) -> str:
    """What gets worse first; empty: nothing that counts."""
    if (more := then.gaps - today.gaps) > 0:
        return f"{count(more, 'more shift')} would have nobody"
    if (more := then.blocked - today.blocked) > 0:
        return f"{count(more, 'more shift')} would fall on blocked days"
    if (more := then.limits - today.limits) > 0:
        return f"Limits would be broken {count(more, 'more time')}"
    return ""


def _set_words(change: Change, ground: Ground) -> tuple[str, str]:
    """Of a change that isn't about one person."""
    if isinstance(change, PointsAre):
        return "Points change", ", ".join(_points(change.points, ground.points)) or "as they are"
    if isinstance(change, LimitsAre):
        return "Limits change", " ".join(_limits(change.limits, ground)) or "as they are"
    if isinstance(change, RoleAdded):
        return "One role more", role_words(change.name)
    assert isinstance(change, RoleRemoved)  # the last kind there is
    return "One role less", role_words(change.name)


def _span(first: date, end: date) -> str:
    last = end - A_DAY
    return short_day(first) if first == last else f"{short_day(first)} to {short_day(last)}"


def _points(points: Mapping[str, int], stored: Mapping[str, int]) -> Iterator[str]:
    for kind, number in points.items():
        before = stored.get(kind, USUAL_POINTS.get(kind, 1))
        yield f"{TYPES.get(kind, kind)} {number} instead of {before}"


def _limits(limits: Sequence[Limit], ground: Ground) -> Iterator[str]:
    names = {str(each): name for each, name in ground.people.items()}
    for limit in limits:
        if limit not in ground.limits:
            yield f"Added: {limit_words(limit, names)}"
    for limit in ground.limits:
        if limit not in limits:
            yield f"Removed: {limit_words(limit, names)}"
