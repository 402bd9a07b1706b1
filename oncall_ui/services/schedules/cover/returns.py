"""Which shifts of somebody the holder of a slot could take in return."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, NotAllowed, RequestClosed
from oncall_ui.models import Assignment, PublishedShift, Schedule, ShiftRequest
from oncall_ui.services.schedules.access import MAX_ID
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.cover.deal import Deal, check, deal_of
from oncall_ui.services.schedules.cover.parts import held_slot
from oncall_ui.services.schedules.cover.rows import acting_for, visible

MOST = 8
"""How many of the next ones are looked at."""


@dataclass(frozen=True, slots=True)
class Return:
    """A shift that could be given in return. `breaks`: what that means for both, which they have to agree to."""

    part: Part
    type: str
    breaks: str


def read_returns(
    app: App,
    member_id: int,
    schedule_id: int,
    request_id: int,
    *,
    participant_id: int | None = None,
    at: datetime,
) -> tuple[Return, ...]:
    """Those of the member's next shifts, or a participant's, that the holder may have for the part that is asked about.

    Raises NotAllowed.
    """
    with app.db.read() as session:
        schedule = visible(session, member_id, schedule_id)
        request = session.get(ShiftRequest, request_id) if 0 < request_id <= MAX_ID else None
        if request is None or request.schedule_id != schedule_id:
            raise NotAllowed
        who = acting_for(session, member_id, schedule_id, participant_id)
        return tuple(returns_of(session, schedule, deal_of(session, request, who.id or 0, None), at))


def returns_of(session: Session, schedule: Schedule, deal: Deal, at: datetime) -> list[Return]:
    """For the deal: shifts of its taker that its holder may have, by time."""
    rows = session.exec(
        select(Assignment, PublishedShift)
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(Assignment.participant_id == deal.taker, col(Assignment.ended_at).is_(None))
        .where(PublishedShift.schedule_id == schedule.id, col(PublishedShift.cancelled_at).is_(None))
        .where(col(Assignment.start) > at)
        .order_by(col(Assignment.start))
        .limit(MOST)
    ).all()
    found = []
    for row, shift in rows:
        part = Part(shift.start, row.role, row.start, row.end)
        try:
            checked = check(session, schedule, Deal(deal.part, deal.holder, deal.taker, part), at)
        except (InvalidInput, RequestClosed):
            continue  # the holder may not have it, or nothing of this can be any more
        found.append(Return(part, shift.type, ", ".join(each for each in (checked.taker, checked.holder) if each)))
    return found


def read_offers(
    app: App, member_id: int, schedule_id: int, start: datetime, role: str, *, at: datetime
) -> tuple[Return, ...]:
    """As `read_returns`, for an offer to take what its holder has of the slot. Raises NotAllowed."""
    with app.db.read() as session:
        schedule = visible(session, member_id, schedule_id)
        slot = held_slot(session, schedule_id, start, role)
        who = acting_for(session, member_id, schedule_id, None)
        if slot is None:
            raise NotAllowed
        ahead = [part for part in slot.parts if part.start > at and part.participant_id not in {None, who.id}]
        if not ahead:
            return ()
        part = Part(start, role, ahead[0].start, ahead[0].end)
        return tuple(returns_of(session, schedule, Deal(part, ahead[0].participant_id or 0, who.id or 0), at))
