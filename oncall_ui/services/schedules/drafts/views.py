"""Plans as pages show them, drafts for managers and published ones for everybody on the schedule."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.window import start_of_day, zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanKind, PlanStatus, SlotHow
from oncall_ui.domain.schedules.planning.problem import Shift, Slot
from oncall_ui.domain.schedules.planning.result import Conflict, Stage, StageResult, Verdict, verdict_of
from oncall_ui.domain.schedules.planning.sentences import Sentence
from oncall_ui.models import Member, PlanInput, PlanSlot, Schedule, SchedulePlan
from oncall_ui.services.schedules.access import may, open_schedule
from oncall_ui.services.schedules.bending.offers import Bending, bending_of
from oncall_ui.services.schedules.drafts.drafts import newest_assignment, plan_of
from oncall_ui.services.schedules.drafts.editing.choices import Choices, from_row
from oncall_ui.services.schedules.drafts.live import live_parts
from oncall_ui.services.schedules.drafts.results import conflicts_of, problems_of, slots_of, stages_of
from oncall_ui.services.schedules.people import names_of

AUTOMATIC = "automatic mode"
"""In place of a name."""


@dataclass(frozen=True, slots=True)
class DraftSlot:
    """One role of one shift of a plan. `before` holds the published slot now; None: nobody, or it isn't published."""

    start: datetime
    end: datetime
    role: str
    type: str
    points: int
    label: str
    participant_id: int | None
    how: SlotHow
    blocked: int
    unknown: int
    wish: int
    changed: bool
    before: int | None
    read_at: datetime | None
    """When the holder's oldest calendar was read, as the plan took it."""
    reasons: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far planning is. `best` None: no plan yet; `bound` None: nothing is known of what is possible."""

    stage: Stage
    best: float | None
    bound: float | None
    since: datetime | None = None
    """When planning began."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in a list."""

    number: int
    kind: PlanKind
    status: PlanStatus
    first_day: date
    end_day: date
    by: str
    created_at: datetime
    published_at: datetime | None
    published_until: date | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class DraftView:
    """A plan with everything managers decide by."""

    line: PlanLine
    revision: int
    """To be given to `publish`, so that nobody publishes what they haven't seen."""
    slots: tuple[DraftSlot, ...]
    stages: tuple[StageResult, ...]
    conflicts: tuple[Conflict, ...]
    problems: tuple[str, ...]
    note: str
    """Why planning failed."""
    progress: Progress | None
    is_stopping: bool
    is_by_hand: bool
    is_outdated: bool
    """Whether the published schedule has changed since, so that publishing would be refused."""
    choices: Choices
    bending: Bending | None
    """None where every limit is kept."""
    input_hash: str
    took_seconds: float | None
    """How long planning took by the clock, not in CPU time; None: it isn't known."""


def read_draft(app: App, member_id: int, schedule_id: int, number: int) -> DraftView:
    """Any plan of the schedule, published ones too. Drafts are for managers; others get NotAllowed."""
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.MEMBER)
        plan = plan_of(session, schedule_id, number)
        if plan.status is not PlanStatus.PUBLISHED:
            open_schedule(session, member_id, schedule_id, Access.MANAGER)
        return view_of(session, schedule, plan, _slots(session, schedule, plan))


def list_plans(app: App, member_id: int, schedule_id: int) -> tuple[PlanLine, ...]:
    """The newest first, without tries. Members see what was published, managers drafts, too. Raises NotAllowed."""
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.MEMBER)
        rows = session.exec(
            select(SchedulePlan)
            .where(SchedulePlan.schedule_id == schedule_id, SchedulePlan.kind != PlanKind.WHAT_IF)
            .order_by(col(SchedulePlan.number).desc())
        ).all()
        is_manager = may(session, member_id, schedule_id, Access.MANAGER)
        return tuple(_line(session, row) for row in rows if is_manager or row.status is PlanStatus.PUBLISHED)


def view_of(session: Session, schedule: Schedule, plan: SchedulePlan, slots: Iterable[DraftSlot]) -> DraftView:
    """What the row of a plan says of it, with these slots."""
    return DraftView(
        line=_line(session, plan),
        revision=plan.revision,
        slots=tuple(slots),
        stages=stages_of(plan),
        conflicts=conflicts_of(plan),
        problems=problems_of(plan, {str(key): name for key, name in names_of(session, schedule.id or 0).items()}),
        note=plan.note,
        progress=_progress(plan.progress),
        is_stopping=plan.status is PlanStatus.PLANNING and plan.is_stop_asked,
        is_by_hand=bool(plan.result.get("is_by_hand")),
        is_outdated=plan.status is PlanStatus.DRAFT and newest_assignment(session, schedule.id or 0) != plan.based_on,
        choices=from_row(plan.choices),
        bending=bending_of(plan),
        input_hash=plan.input_hash,
        took_seconds=plan.result.get("took_seconds"),
    )


def _slots(session: Session, schedule: Schedule, plan: SchedulePlan) -> Iterator[DraftSlot]:
    stored = session.get(PlanInput, plan.id)
    before = _published(session, schedule, plan)
    for row in slots_of(session, plan):
        yield _slot(row, before, stored.read_at if stored else {})


def _progress(stored: Mapping[str, Any]) -> Progress | None:
    if "stage" not in stored:
        return None
    since = datetime.fromisoformat(stored["since"]) if "since" in stored else None
    return Progress(Stage(stored["stage"]), stored["best"], stored["bound"], since)


def _published(session: Session, schedule: Schedule, plan: SchedulePlan) -> dict[Slot, int | None]:
    """Who holds the published slots of the plan's days now."""
    zone = zone_of(schedule.zone)
    span = start_of_day(plan.first_day, zone), start_of_day(plan.end_day, zone)
    lives = live_parts(session, schedule.id or 0, *span)
    return {Slot(live.shift.start, live.part.role): live.part.participant_id for live in lives}


def _slot(row: PlanSlot, before: Mapping[Slot, int | None], read_at: Mapping[str, str]) -> DraftSlot:
    read = read_at.get(str(row.participant_id))
    return DraftSlot(
        start=row.shift_start,
        end=row.shift_end,
        role=row.role,
        type=row.type,
        points=row.points,
        label=row.label,
        participant_id=row.participant_id,
        how=row.how,
        blocked=row.blocked,
        unknown=row.unknown,
        wish=row.wish,
        changed=row.changed,
        before=before.get(Slot(row.shift_start, row.role)),
        read_at=datetime.fromisoformat(read).astimezone(UTC) if read else None,
        reasons=tuple(Sentence.from_json(reason) for reason in row.reasons),
    )


def empty_slot(shift: Shift, role: str) -> DraftSlot:
    """Of a shadow: nobody learns there, and no row says so."""
    return DraftSlot(
        start=shift.start,
        end=shift.end,
        role=role,
        type=shift.type,
        points=shift.points,
        label=shift.label,
        participant_id=None,
        how=SlotHow.SOLVER,
        blocked=0,
        unknown=0,
        wish=0,
        changed=False,
        before=None,
        read_at=None,
        reasons=(),
    )


def _line(session: Session, plan: SchedulePlan) -> PlanLine:
    by = session.get(Member, plan.by_id) if plan.by_id else None
    stages = stages_of(plan)
    return PlanLine(
        number=plan.number,
        kind=plan.kind,
        status=plan.status,
        first_day=plan.first_day,
        end_day=plan.end_day,
        by=by.name if by else AUTOMATIC if plan.is_automatic else "",
        created_at=plan.created_at,
        published_at=plan.published_at,
        published_until=plan.published_until,
        verdict=verdict_of(stages) if stages else None,
    )
