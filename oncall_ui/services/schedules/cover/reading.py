"""Reads requests as members see them, and counts those that wait for them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.cover.rounds import pace_of
from oncall_ui.domain.schedules.cover.states import Answer, RequestKind, RequestState
from oncall_ui.domain.schedules.ledger.lines import MILLI
from oncall_ui.domain.schedules.ledger.repayment import Repayment
from oncall_ui.models import (
    Member,
    Participant,
    PublishedShift,
    RequestAnswer,
    Schedule,
    ScheduleAccess,
    ShiftRequest,
)
from oncall_ui.services.schedules.access import access_of
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.cover.repaid import Repaid
from oncall_ui.services.schedules.cover.rows import back_of, open_requests, visible
from oncall_ui.services.schedules.cover.undo import ALONE, undo_until
from oncall_ui.services.schedules.cover.views import AskedView, RequestView, Swaps, Who
from oncall_ui.services.schedules.ledger.lines import slot_points
from oncall_ui.services.schedules.people import names_of

SETTLED = 40
"""How many are listed."""
SETTLED_STATES = (RequestState.TAKEN, RequestState.UNDONE)


def read_swaps(app: App, member_id: int, schedule_id: int, at: datetime) -> Swaps:
    """Raises NotAllowed unless the member is on the schedule, or manages it."""
    with app.db.read() as session:
        schedule = visible(session, member_id, schedule_id)
        reader = _Reader(_Rows(session, schedule), member_id, access_of(session, member_id, schedule_id), at)
        views = [reader.view(row) for row in open_requests(session, schedule_id)]
        settled = [reader.view(row) for row in _settled(session, schedule_id)]
        waiting = [each for each in (*views, *settled) if each.waits_for_me]
        mine = [each for each in views if each.is_mine]
        return Swaps(
            waiting=tuple(waiting),
            mine=tuple(mine),
            others=tuple(each for each in views if each not in waiting and each not in mine),
            settled=tuple(settled),
            me=reader.me,
        )


def read_waiting(app: App, member_id: int, at: datetime) -> tuple[RequestView, ...]:
    """What waits for the member in all their schedules, by the start of the shifts."""
    with app.db.read() as session:
        return waiting_in(session, member_id, at)


def waiting_in(session: Session, member_id: int, at: datetime) -> tuple[RequestView, ...]:
    found: list[RequestView] = []
    for schedule in _schedules(session, member_id, at):
        access = access_of(session, member_id, schedule.id or 0)
        found += _waiting(_Rows(session, schedule), member_id, access, at)
    return tuple(sorted(found, key=lambda each: (each.part.start, each.id)))


def waiting_numbers(
    session: Session, held: Mapping[int, Access], schedule: Schedule, at: datetime
) -> Mapping[int, int]:
    """How many requests of one schedule wait for each of the members, given what they may do with it."""
    numbers = dict.fromkeys(held, 0)
    if schedule.archived_at is None and _is_busy(session, schedule, at):
        theirs = select(ScheduleAccess.member_id).where(ScheduleAccess.schedule_id == schedule.id, _may_be_asked())
        rows = _Rows(session, schedule)
        for each in session.exec(theirs.where(col(ScheduleAccess.member_id).in_(held))):
            numbers[each] = len(_waiting(rows, each, held[each], at, is_counted=True))
    return numbers


def _waiting(
    rows: "_Rows", member_id: int, access: Access | None, at: datetime, *, is_counted: bool = False
) -> list[RequestView]:
    """`is_counted`: without saying when they are repaid, which is most of the work."""
    reader = _Reader(rows, member_id, access, at, is_counted=is_counted)
    return [view for view in map(reader.view, rows.unsettled) if view.waits_for_me]


def _may_be_asked() -> ColumnElement[bool]:
    return col(ScheduleAccess.access).in_([Access.MANAGER, Access.MEMBER])


def _open_after(at: datetime) -> tuple[ColumnElement[bool], ...]:
    is_open = col(ShiftRequest.state).in_([RequestState.OPEN, RequestState.APPROVAL]) | (
        col(ShiftRequest.undo_by).is_not(None) & (col(ShiftRequest.state) == RequestState.TAKEN)
    )
    return is_open, col(ShiftRequest.start) > at - timedelta(minutes=1)


def _is_busy(session: Session, schedule: Schedule, at: datetime) -> bool:
    busy = select(ShiftRequest.id).where(ShiftRequest.schedule_id == schedule.id, *_open_after(at))
    return session.exec(busy.limit(1)).first() is not None


def _schedules(session: Session, member_id: int, at: datetime) -> Sequence[Schedule]:
    """The member's own that aren't archived and where something is open. Administrators decide in their own ones."""
    held = select(ScheduleAccess.schedule_id).where(ScheduleAccess.member_id == member_id, _may_be_asked())
    busy = select(ShiftRequest.schedule_id).where(*_open_after(at))
    return session.exec(
        select(Schedule)
        .where(col(Schedule.id).in_(held), col(Schedule.id).in_(busy), col(Schedule.archived_at).is_(None))
        .order_by(col(Schedule.id))
    ).all()


def _undoing(session: Session, schedule_id: int) -> Sequence[ShiftRequest]:
    return session.exec(
        select(ShiftRequest).where(
            ShiftRequest.schedule_id == schedule_id,
            ShiftRequest.state == RequestState.TAKEN,
            col(ShiftRequest.undo_by).is_not(None),
        )
    ).all()


def _settled(session: Session, schedule_id: int) -> Sequence[ShiftRequest]:
    return session.exec(
        select(ShiftRequest)
        .where(ShiftRequest.schedule_id == schedule_id, col(ShiftRequest.state).in_(SETTLED_STATES))
        .order_by(col(ShiftRequest.settled_at).desc(), col(ShiftRequest.id).desc())
        .limit(SETTLED)
    ).all()


class _Rows:
    """What is stored about the requests of one schedule, the same for all members."""

    def __init__(self, session: Session, schedule: Schedule) -> None:
        self.session, self.schedule = session, schedule
        self.names = names_of(session, schedule.id or 0)
        self.participants = session.exec(select(Participant).where(Participant.schedule_id == schedule.id)).all()
        self._answers: dict[int, Sequence[RequestAnswer]] = {}

    @cached_property
    def unsettled(self) -> Sequence[ShiftRequest]:
        schedule_id = self.schedule.id or 0
        return [*open_requests(self.session, schedule_id), *_undoing(self.session, schedule_id)]

    def answers(self, request_id: int) -> Sequence[RequestAnswer]:
        """As they were asked; then who comes next."""
        if request_id not in self._answers:
            self._answers[request_id] = self.session.exec(
                select(RequestAnswer)
                .where(RequestAnswer.request_id == request_id)
                .order_by(col(RequestAnswer.asked_at).is_(None), col(RequestAnswer.asked_at), col(RequestAnswer.rank))
            ).all()
        return self._answers[request_id]


class _Reader:
    """Of the requests of one schedule, as one member sees them."""

    def __init__(
        self, rows: _Rows, member_id: int, access: Access | None, at: datetime, *, is_counted: bool = False
    ) -> None:
        session, schedule = rows.session, rows.schedule
        self._rows, self._session, self._schedule, self._at = rows, session, schedule, at
        self._people = {
            row.id or 0: Who(row.id or 0, rows.names[row.id or 0], row.colour, row.member_id == member_id)
            for row in rows.participants
        }
        self._members = {row.id or 0: row.member_id for row in rows.participants}
        self.me = next((each.id for each in self._people.values() if each.is_me), None)
        self._repaid = Repaid(session, schedule, self.me, at) if self.me and not is_counted else None
        self._manages = access is Access.MANAGER

    def view(self, row: ShiftRequest) -> RequestView:
        shift = self._session.get_one(PublishedShift, row.shift_id)
        back = back_of(self._session, row)
        view = RequestView(
            id=row.id or 0,
            schedule_id=row.schedule_id,
            schedule=self._schedule.name,
            zone=self._schedule.zone,
            kind=row.kind,
            state=row.state,
            part=Part(shift.start, row.role, row.start, row.end),
            shift_end=shift.end,
            type=shift.type,
            points=self._points(shift, row.role, row.start, row.end),
            points_back=self._points_back(row),
            holder=self._people[row.holder_id],
            taker=self._people.get(row.taker_id or 0),
            back=back,
            by=self._by(row),
            note=row.note,
            takes_swaps=row.takes_swaps,
            pace=pace_of(row.start, self._at, row.pace),
            asked=tuple(self._asked(row)),
            settled_at=row.settled_at,
            undo_by=row.undo_by,
            may_manage=self._manages,
            may_undo=self._may_undo(row),
        )
        return replace(view, repaid=self._repaid_of(view)) if view.waits_for_me else view

    def _repaid_of(self, view: RequestView) -> Repayment | None:
        if self._repaid is None or view.state is not RequestState.OPEN or view.proposals:
            return None
        more = view.points - view.points_back
        return self._repaid.of(-more if view.holder.is_me else more)

    def _asked(self, row: ShiftRequest) -> list[AskedView]:
        return [
            AskedView(
                who=self._people[each.participant_id],
                answer=each.answer,
                asked_at=each.asked_at,
                until=each.until,
                answered_at=each.answered_at,
                back=back_of(self._session, each),
            )
            for each in self._rows.answers(row.id or 0)
            if each.answer is not Answer.CANT
        ]

    def _by(self, row: ShiftRequest) -> str:
        asker = row.taker_id if row.kind is not RequestKind.COVER else row.holder_id
        if row.by_id is None or row.by_id == self._members.get(asker or 0):
            return ""
        member = self._session.get(Member, row.by_id)
        return member.name if member else ""

    def _points(self, shift: PublishedShift, role: str, start: datetime, end: datetime) -> float:
        share = (end - start) / (shift.end - shift.start)
        return slot_points(self._schedule, shift, role) * share / MILLI

    def _points_back(self, row: ShiftRequest) -> float:
        if row.back_shift_id is None or row.back_start is None or row.back_end is None:
            return 0.0
        shift = self._session.get_one(PublishedShift, row.back_shift_id)
        return self._points(shift, row.back_role, row.back_start, row.back_end)

    def _may_undo(self, row: ShiftRequest) -> bool:
        if row.state is not RequestState.TAKEN or row.end <= self._at:
            return False
        if self._manages:
            return True
        if self.me not in {row.taker_id, row.holder_id}:
            return False
        is_fresh = row.taker_id == self.me and row.settled_at is not None and self._at - row.settled_at <= ALONE
        return is_fresh or self._at < undo_until(self._schedule, row)
