"""The published slots as the plan draws them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.domain.schedules.conflicts.trouble import Trouble
from oncall_ui.domain.schedules.planning.problem import Span
from oncall_ui.domain.schedules.shifts.slot_key import slot_key
from oncall_ui.services.schedules.published.board import Board, BoardPerson, BoardSlot
from oncall_ui.services.schedules.published.read import ScheduleView, ShiftView
from pages.schedules.plan.lanes import Lane
from pages.schedules.plan.shift import Holder, Mark, PlanSlot
from pages.widgets.dates import count

ACCEPTED = "blocked, which was accepted"
INNER = "inner"
NO_CALENDAR = "no calendar connected"
NOT_READ = "beyond what was read"
OLD = {Freshness.STALE, Freshness.NEEDS_MEMBER}


class Slots:
    """Everything that is drawn of a board. `who` is the participant who is looked at; None: everyone."""

    def __init__(self, view: ScheduleView, board: Board, who: int | None, at: datetime) -> None:
        self._view, self._at, self._who = view, at, who
        self._people = {person.id: person for person in board.people}
        self._board = board

    def all(self) -> list[PlanSlot]:
        """By time and role."""
        return [self._slot(number, each) for number, each in enumerate(self._board.slots)]

    def lanes(self, slots: Sequence[PlanSlot]) -> tuple[list[Lane], list[PlanSlot]]:
        """A row per person who is looked at, and the gaps. `slots` are those of `all`."""
        held: dict[int | None, list[PlanSlot]] = {}
        for each, slot in zip(self._board.slots, slots, strict=True):
            held.setdefault(each.part.participant_id, []).append(slot)
        lanes = [
            Lane(
                str(person.id),
                holder_of(person),
                held.get(person.id, ()),
                person.blocks,
                person.preferences,
                [Span(max(span.start, self._at), span.end) for span in person.unknown if span.end > self._at],
            )
            for person in self._board.people
            if self._who in {None, person.id}
        ]
        gaps = [slot for slot in held.get(None, []) if slot.is_gap]
        return lanes, gaps if self._who is None else []

    def _slot(self, number: int, each: BoardSlot) -> PlanSlot:
        part, person = each.part, self._people.get(each.part.participant_id or 0)
        key = slot_key(part.shift_start, part.role)
        return PlanSlot(
            # A part that isn't the first needs a name of its own on the page.
            key=f"{key}\n{INNER}{number}" if part.via else _key_of(part, key, number),
            start=part.start,
            end=part.end,
            role=part.role,
            level=self._view.roles.index(part.role) if part.role in self._view.roles else len(self._view.roles),
            holder=holder_of(person) if person else _inner_holder(part),
            marks=frozenset(_marks(each)),
            details=tuple(self._details(each, person)),
            is_dim=self._who is not None and part.participant_id not in {self._who, None},
        )

    def _details(self, each: BoardSlot, person: BoardPerson | None) -> list[str]:
        found = [each.part.label] if each.part.label else []
        if each.is_blocked and each.part.is_accepted:
            found.append(ACCEPTED)
        return [*found, age_words(person, self._at)] if each.is_unknown and person else found


def _key_of(part: ShiftView, key: str, number: int) -> str:
    return key if part.start == part.shift_start else f"{key}\n{number}"


def shift_of_key(key: str) -> str:
    """The shift that a slot's key on the page is about."""
    return key.partition("\n")[0]


def is_nested(key: str) -> bool:
    """Whether another schedule fills the slot with this key."""
    return key.partition("\n")[2].startswith(INNER)


def holder_of(person: BoardPerson) -> Holder:
    return Holder(person.name, person.colour, person.id)


def _inner_holder(part: ShiftView) -> Holder | None:
    """Somebody of another schedule that fills the role; None: a gap."""
    return None if part.is_gap else Holder(part.name, part.member_id or 1)


def age_words(person: BoardPerson, at: datetime) -> str:
    """Why the calendars of a person don't say: `data 9 days old`."""
    if person.freshness is Freshness.NOTHING_CONNECTED:
        return NO_CALENDAR
    if person.freshness in OLD and person.read_at is not None:
        return f"data {count(max((at - person.read_at).days, 1), 'day')} old"
    return NOT_READ


def tally(slots: Sequence[BoardSlot], who: int) -> tuple[int, Mapping[str, int]]:
    """How many of the slots a participant has, and how many of each type."""
    found: dict[str, int] = {each.part.type: 0 for each in slots}
    for each in slots:
        found[each.part.type] += each.part.participant_id == who
    return sum(found.values()), found


def _marks(each: BoardSlot) -> list[Mark]:
    troubles = {Trouble.BLOCKED: Mark.CONFLICT, Trouble.LEFT: Mark.LEFT, Trouble.LIMIT: Mark.LIMIT}
    found = [troubles[each.trouble]] if each.trouble in troubles else []
    return found + [Mark.WISH] * each.is_preferred + [Mark.STALE] * each.is_unknown


def when_words(moment: datetime, zone: ZoneInfo) -> str:
    """`Wed 10:00`."""
    return f"{moment.astimezone(zone):%a %H:%M}"
