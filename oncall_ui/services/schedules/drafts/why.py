"""Why somebody has a slot: everybody who could have had it, with facts, and what it would cost now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import AssignmentCause
from oncall_ui.domain.schedules.planning.hand_over import Hindrance, Price, Roster, prices_of
from oncall_ui.domain.schedules.planning.problem import Problem, Shift, Slot
from oncall_ui.domain.schedules.planning.reasons import Fact, FactKind, Facts, Said
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.domain.schedules.shadows.shadow import open_shadows
from oncall_ui.errors import NotAllowed, PlanNotReady
from oncall_ui.models import Assignment, Member, Participant, Schedule, SchedulePlan, now
from oncall_ui.services.schedules.access import may, open_schedule
from oncall_ui.services.schedules.drafts.build import Built, build_published
from oncall_ui.services.schedules.drafts.drafts import draft_of
from oncall_ui.services.schedules.drafts.editing.choices import from_row
from oncall_ui.services.schedules.drafts.live import live_parts, roster_of_lives
from oncall_ui.services.schedules.drafts.results import roster_of, slots_of, stored_problem
from oncall_ui.services.schedules.people import names_of

AROUND = timedelta(days=35)
"""How much of what is published around a slot is counted: limits reach as far as a month."""


@dataclass(frozen=True, slots=True)
class WhyCandidate:
    """`price`: of giving the slot to them, if only that changes; None for who has it."""

    participant_id: int
    member_id: int | None
    name: str
    colour: int
    is_holder: bool
    facts: tuple[Fact, ...]
    price: Price | None

    @property
    def can_take(self) -> bool:
        """Whether a manager may hand the slot over to them."""
        return self.price is not None and self.price.is_possible and self.member_id is not None


@dataclass(frozen=True, slots=True)
class Origin:
    """How a published slot got its holder. `by` is empty where the account is gone, `plan` where it was no plan."""

    cause: AssignmentCause
    at: datetime
    by: str
    plan: int | None


@dataclass(frozen=True, slots=True)
class Why:
    """`candidates`: the holder first, then who could have it, the cheapest first, then the others."""

    start: datetime
    end: datetime
    role: str
    type: str
    points: int
    label: str
    candidates: tuple[WhyCandidate, ...]
    origin: Origin | None
    """Of published slots."""

    @property
    def holder(self) -> WhyCandidate | None:
        return next((each for each in self.candidates if each.is_holder), None)


def read_why(app: App, member_id: int, schedule_id: int, start: datetime, role: str) -> Why:
    """Of a published slot, with calendars as they are now. Accounts are only for members of the schedule.

    Raises NotAllowed unless the member may see the schedule and there is such a slot.
    """
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.VIEWER)
        lives = live_parts(session, schedule_id, start - AROUND, start + AROUND)
        here = [live for live in lives if (live.shift.start, live.part.role) == (start, role)]
        if not here:
            raise NotAllowed
        built = build_published(session, schedule, Window(start - AROUND, start + AROUND), now())
        shift = _shift(built.problem, start)
        if shift is None or role not in built.problem.roles:
            raise NotAllowed
        counted = _Counted(built.problem, roster_of_lives(lives, built.problem), Slot(start, role), _said(built))
        candidates = counted.candidates(session, schedule)
        if not may(session, member_id, schedule_id, Access.MEMBER):
            candidates = [_without_accounts(each) for each in candidates]
        return _why(shift, role, candidates, _origin(session, here[-1].part))


def read_draft_why(app: App, member_id: int, schedule_id: int, number: int, start: datetime, role: str) -> Why:
    """Of a slot of a draft as it was planned, or an empty shadow.

    Raises NotAllowed unless they manage the schedule, and PlanNotReady.
    """
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = draft_of(session, schedule_id, number)
        problem = stored_problem(session, plan.id or 0)
        if problem is None:
            raise PlanNotReady("This draft has nothing to count with. Plan it again.")
        shift, slot = _shift(problem, start), Slot(start, role)
        rows = slots_of(session, plan)
        roster = roster_of(rows)
        is_empty = any(Slot(each.start, of) == slot for each, of in open_shadows(problem, roster))
        if shift is None or not (is_empty or any((row.shift_start, row.role) == (start, role) for row in rows)):
            raise NotAllowed
        barred = {str(participant) for each, participant in from_row(plan.choices).barred if each == slot}
        counted = _Counted(problem, roster, slot, Said(ruled_out=barred))
        candidates = counted.candidates(session, schedule)
        return _why(shift, role, candidates, None)


class _Counted:
    """One slot, counted for everybody."""

    def __init__(self, problem: Problem, roster: Roster, slot: Slot, said: Said) -> None:
        self._holder = roster.get(slot)
        self._facts = Facts(problem, roster, slot, said)
        self._prices = prices_of(problem, roster, slot)

    def candidates(self, session: Session, schedule: Schedule) -> list[WhyCandidate]:
        """Without those who aren't on the schedule then."""
        found = session.exec(select(Participant).where(Participant.schedule_id == schedule.id)).all()
        rows = {str(row.id): row for row in found}
        names = names_of(session, schedule.id or 0)
        prices: list[tuple[str, Price | None]] = [(self._holder, None)] if self._holder else []
        prices += [
            (price.person, price)
            for price in self._prices
            if price.person and Hindrance.NOT_THERE not in price.hindrances
        ]
        return [
            WhyCandidate(
                participant_id=rows[person].id or 0,
                member_id=rows[person].member_id,
                name=names[rows[person].id or 0],
                colour=rows[person].colour,
                is_holder=person == self._holder,
                facts=self._facts.of(person, price),
                price=price,
            )
            for person, price in prices
        ]


def _why(shift: Shift, role: str, candidates: Sequence[WhyCandidate], origin: Origin | None) -> Why:
    return Why(shift.start, shift.end, role, shift.type, shift.points, shift.label, tuple(candidates), origin)


def _said(built: Built) -> Said:
    return Said({FactKind.BLOCKED: built.calendars.blocks, FactKind.PREFERS: built.calendars.preferences})


def _shift(problem: Problem, start: datetime) -> Shift | None:
    return next((shift for shift in problem.shifts if shift.start == start), None)


def _without_accounts(candidate: WhyCandidate) -> WhyCandidate:
    facts = tuple(fact for fact in candidate.facts if fact.kind is not FactKind.BALANCE)
    if candidate.price is None:
        return replace(candidate, facts=facts)
    left: dict[Stage, Fraction] = {
        stage: change for stage, change in candidate.price.changes.items() if stage is not Stage.FAIRNESS
    }
    return replace(candidate, facts=facts, price=replace(candidate.price, changes=left, apart={}))


def _origin(session: Session, part: Assignment) -> Origin:
    by = session.get(Member, part.by_id) if part.by_id else None
    is_plan = part.cause in {AssignmentCause.PLAN, AssignmentCause.REPAIR} and part.cause_id is not None
    plan = session.get(SchedulePlan, part.cause_id) if is_plan else None
    return Origin(part.cause, part.recorded_at, by.name if by else "", plan.number if plan else None)
