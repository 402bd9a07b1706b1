"""What was planned, and what changed in what was published: when, by whom, and how it was at any moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import AssignmentCause
from oncall_ui.domain.schedules.planning.result import StageResult
from oncall_ui.models import Assignment, Member, PlanInput, PublishedShift, SchedulePlan
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.drafts.results import stages_of
from oncall_ui.services.schedules.drafts.views import AUTOMATIC, PlanLine, list_plans
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.schedules.published.publish_slots import Change
from oncall_ui.services.schedules.published.read import ShiftView, shifts_between
from oncall_ui.services.schedules.published.settings_changes import SettingsChange, settings_changes

MOST_MOMENTS = 200


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan with its certificate. `read_at`: of the oldest calendar it was planned from."""

    line: PlanLine
    stages: tuple[StageResult, ...]
    published_by: str
    input_hash: str
    is_by_hand: bool
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Moment:
    """What changed at once. `by` is empty where the account is gone, `plan` is the number of the plan it came from.

    `changes` are the slots that changed hands, by time; `new` is how many were published for the first time.
    """

    at: datetime
    by: str
    cause: AssignmentCause
    plan: int | None
    changes: tuple[Change, ...]
    new: int


@dataclass(frozen=True, slots=True)
class History:
    """All the newest first. `names` are those of participants."""

    plans: tuple[PlanRecord, ...]
    moments: tuple[Moment, ...]
    names: Mapping[int, str]
    settings: tuple[SettingsChange, ...] = ()
    """What managers changed that the next plans follow."""


def read_history(app: App, member_id: int, schedule_id: int) -> History:
    """The last changes, and the plans the member may see: published ones, and for managers drafts.

    Raises NotAllowed unless the member is on the schedule.
    """
    lines = list_plans(app, member_id, schedule_id)
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.MEMBER)
        return History(
            plans=tuple(_records(session, schedule_id, lines)),
            moments=tuple(_moments(session, schedule_id)),
            names=names_of(session, schedule_id),
            settings=settings_changes(session, schedule_id),
        )


def read_state(
    app: App, member_id: int, schedule_id: int, at: datetime, start: datetime, end: datetime
) -> tuple[ShiftView, ...]:
    """Who had what of [start, end) as it was published at the moment `at`. Raises NotAllowed."""
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.MEMBER)
        return tuple(shifts_between(session, schedule, start, end, at))


def _records(session: Session, schedule_id: int, lines: Sequence[PlanLine]) -> Iterable[PlanRecord]:
    plans = {
        plan.number: plan for plan in session.exec(select(SchedulePlan).where(SchedulePlan.schedule_id == schedule_id))
    }
    for line in lines:
        plan = plans[line.number]
        stored = session.get(PlanInput, plan.id)
        by = session.get(Member, plan.published_by) if plan.published_by else None
        yield PlanRecord(
            line=line,
            stages=stages_of(plan),
            published_by=by.name if by else AUTOMATIC if plan.is_automatic else "",
            input_hash=plan.input_hash,
            is_by_hand=bool(plan.result.get("is_by_hand")),
            read_at=_oldest(stored.read_at if stored else {}),
        )


def _oldest(read_at: Mapping[str, str]) -> datetime | None:
    return min((datetime.fromisoformat(each).astimezone(UTC) for each in read_at.values()), default=None)


def _moments(session: Session, schedule_id: int) -> list[Moment]:
    rows = session.exec(
        select(Assignment, PublishedShift)
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(PublishedShift.schedule_id == schedule_id)
        .order_by(col(Assignment.id))
    ).all()
    found: dict[datetime, _Together] = {}
    for row, shift in rows:
        found.setdefault(row.recorded_at, _Together()).begun.append((row, shift))
        if row.ended_at is not None:
            found.setdefault(row.ended_at, _Together()).ended.append((row, shift))
    names = _Names(session)
    newest = sorted(found, reverse=True)[:MOST_MOMENTS]
    return [moment for at in newest if (moment := found[at].moment(at, names))]


Row = tuple[Assignment, PublishedShift]


class _Names:
    """Of members, and numbers of plans."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def member(self, member_id: int | None) -> str:
        row = self._session.get(Member, member_id) if member_id else None
        return row.name if row else ""

    def plan(self, row: Assignment) -> int | None:
        plan = self._plan(row)
        return plan.number if plan else None

    def automatic(self, row: Assignment) -> str:
        """In place of a name; empty where somebody did it whose account is gone."""
        plan = self._plan(row)
        return AUTOMATIC if plan is not None and plan.is_automatic else ""

    def _plan(self, row: Assignment) -> SchedulePlan | None:
        is_plan = row.cause in {AssignmentCause.PLAN, AssignmentCause.REPAIR} and row.cause_id is not None
        return self._session.get(SchedulePlan, row.cause_id) if is_plan else None


class _Together:
    """The rows that began and ended at one moment."""

    def __init__(self) -> None:
        self.begun: list[Row] = []
        self.ended: list[Row] = []

    def moment(self, at: datetime, names: _Names) -> Moment | None:
        """None where nothing but the end of a row is known, which happens only with what was never true."""
        had = {(row.shift_id, row.role): row.participant_id for row, _ in self.ended}
        seen, changes, new = set[tuple[int, str]](), list[Change](), 0
        for row, _ in self.begun:
            key = (row.shift_id, row.role)
            if key in had and had[key] == row.participant_id:
                continue  # goes on as a part
            seen.add(key)
            if key in had:
                changes.append(Change(row.start, row.end, row.role, had[key], row.participant_id))
            else:
                new += 1
        begun = {(row.shift_id, row.role) for row, _ in self.begun}
        for row, _ in self.ended:
            if (row.shift_id, row.role) not in begun | seen:
                changes.append(Change(row.start, row.end, row.role, row.participant_id, None))
        if not changes and not new:
            return None
        first = (self.begun or self.ended)[-1][0]
        changes.sort(key=lambda change: (change.start, change.role))
        by = names.member(first.by_id) or names.automatic(first)
        return Moment(at, by, first.cause, names.plan(first), tuple(changes), new)
