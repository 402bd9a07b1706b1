"""A published schedule whose shifts change hands again and again, and everything that is stored of that, counted."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from bench.faults.stage.published import DAYS, Published
from oncall_ui.domain.schedules.cover.states import RequestState
from oncall_ui.domain.schedules.destinations.kinds import CHOSEN_BY_KIND, DestinationKind
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.models import (
    Assignment,
    AuditEntry,
    Delivery,
    Destination,
    LedgerLine,
    Message,
    MessageLink,
    Participant,
    PublishedShift,
    RequestAnswer,
    Schedule,
    ShiftRequest,
    now,
)
from oncall_ui.services.schedules.cover.changes import withdraw
from oncall_ui.services.schedules.cover.rows import UNSETTLED
from oncall_ui.services.schedules.ledger.lines import slot_points
from oncall_ui.services.schedules.messages.links import create_link
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.schedules.published.publish import publish
from tests.services.helpers.cover import check_sums_and_tiles
from tests.services.helpers.schedules import in_plan

ROLE = "primary"
FIRST = 10
"""Shifts before that day stay as they are: they are so near that more than one is asked."""
Facts = Counter[tuple[str, ...]]
"""What is stored, by what it is."""


class Swapped:
    """Four members on twelve weeks of daily shifts, and a webhook that hears of every change."""

    def __init__(self, folder: Path, database_url: str | None) -> None:
        self.published = Published(folder, database_url)
        self.app, self.url = self.published.app, self.published.url
        self.manager, self.schedule = self.published.manager, self.published.schedule
        publish(self.app, self.manager, self.schedule, self.published.draft(), 1)
        with self.app.db.write() as session:
            self.members = {row.id or 0: row.member_id or 0 for row in session.exec(select(Participant))}
            events = {"events": list(CHOSEN_BY_KIND[DestinationKind.WEBHOOK])}
            kind = DestinationKind.WEBHOOK
            session.add(
                Destination(
                    schedule_id=self.schedule, kind=kind, name="Hook", account="hook", sealed="sealed", options=events
                )
            )
        self._day = FIRST

    def next_day(self) -> int:
        """One whose holder doesn't manage the schedule."""
        while True:
            self._day = FIRST + (self._day + 1 - FIRST) % (DAYS - 1 - FIRST)
            if self.members[self.holder(self._day)] != self.manager:
                return self._day

    def holder(self, day: int) -> int:
        """The participant who has the shift of that day, whole."""
        return self._parts(day)[0]

    def others(self, day: int) -> list[int]:
        """Who could take it, but for the holder and the manager."""
        holder = self.holder(day)
        return [each for each, member in self.members.items() if each != holder and member != self.manager]

    def day_of(self, participant: int, but: int) -> int:
        """The first day that is theirs, but not that one."""
        return next(day for day in range(FIRST, DAYS) if day != but and self.holder(day) == participant)

    def request(self) -> ShiftRequest:
        """The newest."""
        with self.app.db.read() as session:
            row = session.exec(select(ShiftRequest).order_by(col(ShiftRequest.id).desc())).first()
        assert row is not None
        return row

    def turn(self, request: int) -> RequestAnswer:
        """Of the one who is asked."""
        with self.app.db.read() as session:
            rows = select(RequestAnswer).where(RequestAnswer.request_id == request)
            return session.exec(rows.where(col(RequestAnswer.asked_at).is_not(None))).one()

    def link(self, request: int, participant: int) -> str:
        """As it is in the email that asks them."""
        with self.app.db.write() as session:
            rows = select(Message).where(
                Message.kind == MessageKind.ASKED, Message.member_id == self.members[participant]
            )
            message = next(row for row in session.exec(rows.order_by(col(Message.id).desc())))
            assert message.payload["request"] == request
            return create_link(session, message, "take", now() + timedelta(days=30))

    @contextmanager
    def approving(self, *, is_on: bool) -> Iterator[None]:
        """Meanwhile swaps wait for a manager, or not."""
        self._approve(is_on)
        yield
        self._approve(False)

    def tidy(self, day: int) -> None:
        """Nothing is asked any more, and somebody has the whole shift."""
        with self.app.db.read() as session:
            rows = select(ShiftRequest.id).where(col(ShiftRequest.state).in_(UNSETTLED))
            requests = [row or 0 for row in session.exec(rows)]
        for request in requests:
            withdraw(self.app, self.manager, self.schedule, request)
        if len(parts := self._parts(day)) > 1:
            whole = next(each for each in self.members if each not in parts)
            assign(self.app, self.manager, self.schedule, in_plan(day), ROLE, whole, before=parts[0])

    def facts(self) -> Facts:
        """Rows of everything that a step may write, by what they say. An email about several shifts counts for each."""
        with self.app.db.read() as session:
            return Counter(dict(_facts(session)))

    def faults(self) -> Iterator[str]:
        """What can't be, whatever has happened."""
        try:
            check_sums_and_tiles(self.app, self.schedule)
        except AssertionError:
            yield "a slot isn’t tiled exactly, or the ledger doesn’t sum to zero"
        with self.app.db.read() as session:
            for row in session.exec(select(ShiftRequest)):
                is_open = row.state in UNSETTLED
                if (row.closed_at is None, row.next_at is not None) != (is_open, is_open):
                    yield f"a request that is {row.state} is neither open nor closed"
                if row.state in {RequestState.TAKEN, RequestState.UNDONE} and row.taker_id is None:
                    yield "a request was taken by nobody"
            yield from _ledger(session, self.schedule)

    def _parts(self, day: int) -> list[int]:
        with self.app.db.read() as session:
            rows = select(Assignment.participant_id).where(
                Assignment.start >= in_plan(day),
                Assignment.start < in_plan(day + 1),
                col(Assignment.ended_at).is_(None),
            )
            return [row or 0 for row in session.exec(rows.order_by(col(Assignment.start)))]

    def _approve(self, is_on: bool) -> None:
        with self.app.db.write() as session:
            session.get_one(Schedule, self.schedule).swaps_need_approval = is_on


def _facts(session: Session) -> Iterator[tuple[tuple[str, ...], int]]:
    count = func.count()
    ended = col(Assignment.ended_at).is_not(None)
    for flag, number in session.exec(select(ended, count).group_by(ended)):
        yield ("part", "ended" if flag else "true"), number
    causes = select(Assignment.cause, count).where(~_is_rest()).group_by(col(Assignment.cause))
    for cause, number in session.exec(causes):
        yield ("part because of", cause), number
    yield ("ledger lines",), session.exec(select(count).select_from(LedgerLine)).one()
    for action, number in session.exec(select(AuditEntry.action, count).group_by(col(AuditEntry.action))):
        yield ("audit", action), number
    for kind, state, number in session.exec(
        select(ShiftRequest.kind, ShiftRequest.state, count).group_by(col(ShiftRequest.kind), col(ShiftRequest.state))
    ):
        yield ("request", kind, state), number
    undoing = select(count).where(col(ShiftRequest.undo_by).is_not(None))
    yield ("undo asked",), session.exec(undoing).one()
    is_asked, has_back = col(RequestAnswer.asked_at).is_not(None), col(RequestAnswer.back_shift_id).is_not(None)
    for answer, asked, back, number in session.exec(
        select(RequestAnswer.answer, is_asked, has_back, count).group_by(col(RequestAnswer.answer), is_asked, has_back)
    ):
        yield ("answer", str(answer), f"asked {asked}", f"in return {back}"), number
    yield ("link used",), session.exec(select(count).where(col(MessageLink.used_at).is_not(None))).one()
    yield ("webhook",), session.exec(select(count).select_from(Delivery)).one()
    told: Facts = Counter()
    for kind, payload in session.exec(select(Message.kind, Message.payload)):
        told["email", kind] += len(payload.get("changes", [None]))
    yield from told.items()


def _is_rest() -> ColumnElement[bool]:
    """What is left of a part that was ended: what that once came from is no fact of the step that ended it."""
    whole = aliased(Assignment)
    return exists().where(
        col(whole.shift_id) == col(Assignment.shift_id),
        col(whole.role) == col(Assignment.role),
        col(whole.ended_at) == col(Assignment.recorded_at),
        col(whole.participant_id) == col(Assignment.participant_id),
        col(whole.cause) == col(Assignment.cause),
        col(whole.cause_id).is_not_distinct_from(col(Assignment.cause_id)),
    )


def _ledger(session: Session, schedule_id: int) -> Iterator[str]:
    """Everybody has done what they have."""
    schedule = session.get_one(Schedule, schedule_id)
    wanted: Counter[int] = Counter()
    rows = select(Assignment, PublishedShift).join(
        PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id)
    )  # fmt: skip
    for part, shift in session.exec(rows.where(col(Assignment.ended_at).is_(None))):
        share = _length(part.start, part.end) / _length(shift.start, shift.end)
        wanted[part.participant_id or 0] += round(slot_points(schedule, shift, part.role) * share)
    done = select(LedgerLine.participant_id, func.sum(LedgerLine.done)).group_by(col(LedgerLine.participant_id))
    if wanted != Counter({participant or 0: int(total) for participant, total in session.exec(done)}):
        yield "the ledger says something else than the shifts"


def _length(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()
