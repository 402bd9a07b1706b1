"""A team that swaps shifts."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.models import Assignment, LedgerLine, PublishedShift, RequestAnswer, ShiftRequest
from oncall_ui.services.schedules.cover.counted import Part
from tests.services.helpers.schedules import balances_by_bucket, in_plan

ROLE = "primary"


@dataclass(frozen=True)
class Team:
    """The schedule's id, and those of its participants."""

    schedule: int
    b: int
    m: int
    c: int
    d: int


def day(number: int, role: str = ROLE) -> Part:
    """A whole slot of the plan."""
    return Part(in_plan(number), role, in_plan(number), in_plan(number + 1))


def request_of(app: App, number: int) -> ShiftRequest:
    with app.db.read() as session:
        return session.get_one(ShiftRequest, number)


def asked(app: App, number: int) -> list[int]:
    """The participants who were asked, in that order."""
    with app.db.read() as session:
        rows = session.exec(
            select(RequestAnswer)
            .where(RequestAnswer.request_id == number, col(RequestAnswer.asked_at).is_not(None))
            .order_by(col(RequestAnswer.asked_at), col(RequestAnswer.rank))
        )
        return [row.participant_id for row in rows]


def holders(app: App, schedule: int) -> list[int | None]:
    """Of every part that is true now, by time."""
    return [holder for holder, _, _ in parts(app, schedule)]


def parts(app: App, schedule: int) -> list[tuple[int | None, datetime, datetime]]:
    with app.db.read() as session:
        rows = session.exec(
            select(Assignment, PublishedShift)
            .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
            .where(PublishedShift.schedule_id == schedule, col(PublishedShift.cancelled_at).is_(None))
            .where(col(Assignment.ended_at).is_(None))
            .order_by(col(Assignment.start), col(Assignment.role))
        )
        return [(part.participant_id, part.start, part.end) for part, _ in rows]


def check_sums_and_tiles(app: App, schedule: int) -> None:
    """Every bucket sums to zero, and the parts that are true now tile every slot exactly."""
    with app.db.read() as session:
        assert set(balances_by_bucket(session, schedule)) <= {0}
        rows = session.exec(
            select(Assignment, PublishedShift)
            .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
            .where(PublishedShift.schedule_id == schedule, col(PublishedShift.cancelled_at).is_(None))
            .where(col(Assignment.ended_at).is_(None))
            .order_by(col(Assignment.start))
        ).all()
    slots: dict[tuple[int, str], list[tuple[datetime, datetime, datetime, datetime]]] = {}
    for part, shift in rows:
        slots.setdefault((part.shift_id, part.role), []).append((part.start, part.end, shift.start, shift.end))
    for tiles in slots.values():
        assert tiles[0][0] == tiles[0][2]
        assert tiles[-1][1] == tiles[-1][3]
        assert all(one[1] == two[0] for one, two in pairwise(tiles))
        assert all(start < end for start, end, _, _ in tiles)


def done(app: App, participant: int) -> int:
    """Thousandths of a point they carry."""
    with app.db.read() as session:
        rows = session.exec(select(LedgerLine.done).where(LedgerLine.participant_id == participant))
        return sum(rows)
