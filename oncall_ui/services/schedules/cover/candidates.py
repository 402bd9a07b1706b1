"""Who could take a part of a slot, best first, and who can't, each with the reasons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.domain.schedules.planning.hand_over import Hindrance
from oncall_ui.domain.schedules.planning.reasons import Fact
from oncall_ui.models import Assignment, Participant, PublishedShift, Schedule
from oncall_ui.services.schedules.cover.counted import Counted, Part
from oncall_ui.services.schedules.cover.parts import held_slot
from oncall_ui.services.schedules.people import names_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who doesn't have it. `is_asked`: nothing speaks against them, so they are asked when it is their turn.

    `may_take`: they may take it all the same, if they agree to what it breaks. `breaks` says which limits.
    """

    participant_id: int
    member_id: int
    name: str
    colour: int
    facts: tuple[Fact, ...]
    breaks: tuple[str, ...]
    is_asked: bool
    may_take: bool
    is_busy: bool
    """Whether they have another shift then."""


def candidates_of(
    session: Session, schedule: Schedule, part: Part, at: datetime, counted: Counted | None = None
) -> list[Candidate]:
    """Everybody on the schedule then who has an account, but for those who have something of the part."""
    counted = counted or Counted(session, schedule, [part], at)
    rows = _participants(session, schedule)
    names, busy = names_of(session, schedule.id or 0), _busy(session, rows.values(), part)
    holders = _holders(session, schedule, part)
    found = []
    for price in counted.prices(part):
        row = rows.get(price.person or "")
        if row is None or row.id in holders or Hindrance.NOT_THERE in price.hindrances:
            continue
        (effect,) = counted.effects({part: row.id or 0})
        is_busy = row.member_id in busy
        found.append(
            Candidate(
                participant_id=row.id or 0,
                member_id=row.member_id or 0,
                name=names[row.id or 0],
                colour=row.colour,
                facts=counted.facts(part, price),
                breaks=effect.words(),
                is_asked=effect.is_free and not is_busy,
                may_take=not effect.is_refused and not is_busy,
                is_busy=is_busy,
            )
        )
    return sorted(found, key=lambda each: (not each.is_asked, not each.may_take))


def _participants(session: Session, schedule: Schedule) -> dict[str, Participant]:
    rows = select(Participant).where(Participant.schedule_id == schedule.id, col(Participant.member_id).is_not(None))
    return {str(row.id): row for row in session.exec(rows)}


def _busy(session: Session, rows: Iterable[Participant], part: Part) -> set[int | None]:
    """The members who have another slot then, of any schedule."""
    members = {row.member_id for row in rows}
    return set(
        session.exec(
            select(Participant.member_id)
            .join(Assignment, col(Assignment.participant_id) == col(Participant.id))
            .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
            .where(col(Participant.member_id).in_(members), col(Assignment.ended_at).is_(None))
            .where(col(PublishedShift.cancelled_at).is_(None))
            .where(col(Assignment.start) < part.end, col(Assignment.end) > part.start)
        )
    )


def _holders(session: Session, schedule: Schedule, part: Part) -> set[int | None]:
    slot = held_slot(session, schedule.id or 0, part.of_shift, part.role)
    return set(slot.holders(part.start, part.end)) if slot else set()
