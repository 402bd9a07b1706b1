"""A draft as managers review it: beside the plan what it means for each person, and what it could not keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.breaches import Breach, Roster, breaches_of
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import NOBODY, Problem, Shift, Slot, Span
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.domain.schedules.shadows.shadow import open_shadows
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.drafts.drafts import plan_of
from oncall_ui.services.schedules.drafts.results import roster_of, slots_of, stored_problem
from oncall_ui.services.schedules.drafts.views import DraftSlot, DraftView, empty_slot, read_draft
from oncall_ui.services.schedules.people import people_of

FIRST_STAGES = (Stage.GAPS, Stage.BLOCKS, Stage.LIMITS)


@dataclass(frozen=True, slots=True)
class ReviewPerson:
    """`member_id` None: their account is gone."""

    name: str
    colour: int
    member_id: int | None


@dataclass(frozen=True, slots=True)
class Carried:
    """What a person holds of one kind, and their fair share of it."""

    done: Fraction
    due: Fraction


@dataclass(frozen=True, slots=True)
class FairRow:
    """One person's part of a draft: by type in shifts, in all in points."""

    participant_id: int
    share: Fraction
    types: Mapping[str, Carried]
    points: Carried
    carried: Fraction
    """Points above their fair share that they bring along."""

    @property
    def after(self) -> Fraction:
        """Points above their fair share once this draft is published."""
        return self.carried + self.points.done - self.points.due


@dataclass(frozen=True, slots=True)
class Preference:
    """A shift that somebody would like to hold, and whether they do, in any role."""

    participant_id: int
    start: datetime
    end: datetime
    is_met: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody's calendars said of the shifts: a span a shift, from its start, as long as that part of it."""

    blocks: tuple[Span, ...]
    preferences: tuple[Span, ...]
    unknown: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the page of a draft shows. Without a plan the last five are empty."""

    draft: DraftView
    people: Mapping[int, ReviewPerson]
    """Everybody who was ever on the schedule, by participant id."""
    notice_days: int
    order: tuple[Stage, ...]
    """The stages in the order in which they are solved."""
    fairness: tuple[FairRow, ...] = ()
    breaches: tuple[Breach, ...] = ()
    preferences: tuple[Preference, ...] = ()
    said: Mapping[int, Said] = field(default_factory=dict)
    """By participant id."""
    open_shadows: tuple[DraftSlot, ...] = ()
    """Where somebody could learn beside a holder and nobody does. They aren't slots of the draft, but can be filled."""


def read_review(app: App, member_id: int, schedule_id: int, number: int, known: Review | None = None) -> Review:
    """For managers; others get NotAllowed. `known` is an earlier reading, which spares counting the same plan again."""
    draft = read_draft(app, member_id, schedule_id, number)
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.MANAGER)
        people = people_of(session, schedule_id, draft.line.first_day)
        found = Review(
            draft,
            {each.id: ReviewPerson(each.name, each.colour, each.member_id) for each in people},
            schedule.notice_days,
            (*FIRST_STAGES, *map(Stage, schedule.priorities)),
        )
        if known is not None and _is_same_plan(known.draft, draft):
            return _with(found, known.fairness, known.breaches, known.preferences, known.said, known.open_shadows)
        counted = _counted(session, schedule_id, number)
    if counted is None:
        return found
    problem, roster = counted
    return _with(
        found,
        fair_rows(problem, roster),
        breaches_of(problem, roster),
        preferences_of(problem, roster),
        _said(problem),
        tuple(empty_slot(shift, role) for shift, role in open_shadows(problem, roster)),
    )


def _with(
    found: Review,
    fairness: tuple[FairRow, ...],
    breaches: tuple[Breach, ...],
    preferences: tuple[Preference, ...],
    said: Mapping[int, Said],
    empty: tuple[DraftSlot, ...],
) -> Review:
    return replace(found, fairness=fairness, breaches=breaches, preferences=preferences, said=said, open_shadows=empty)


def _said(problem: Problem) -> dict[int, Said]:
    spans = (problem.blocks, problem.preferences, problem.unknown)
    return {int(each.id): Said(*(of.get(each.id, ()) for of in spans)) for each in problem.people}


def fair_rows(problem: Problem, roster: Roster) -> tuple[FairRow, ...]:
    """Of everybody who has a share, a shift or a balance, in the order of the problem.

    As in the ledger, only slots that somebody holds are due.
    """
    problem = _without_gaps(problem, roster)
    whole = Judge(problem).accounts(roster)
    each_counts_one = replace(
        problem,
        shifts=tuple(replace(shift, points=1) for shift in problem.shifts),
        role_points={},
        carry_cap=None,
    )
    shifts = Judge(each_counts_one).accounts(roster)
    types = sorted({bucket for _, bucket in shifts if bucket.startswith("type:")})
    found = []
    for person in problem.people:
        due, done, _ = whole.get((person.id, "all"), (Fraction(0), Fraction(0), Fraction(0)))
        row = FairRow(
            participant_id=int(person.id),
            share=person.share,
            types={each.removeprefix("type:"): _carried(shifts[person.id, each]) for each in types},
            points=Carried(done, due),
            carried=person.carried.get("all", Fraction(0)),
        )
        if row.share or row.points.done or row.carried:
            found.append(row)
    return tuple(found)


def _without_gaps(problem: Problem, roster: Roster) -> Problem:
    def filled(shift: Shift) -> Shift:
        held = {role: fill for role, fill in shift.fills.items() if Slot(shift.start, role) in roster}
        return replace(shift, fills={role: held.get(role, NOBODY) for role in shift.fills})

    starts = {slot.start for slot in roster}
    return replace(problem, shifts=tuple(filled(shift) for shift in problem.shifts if shift.start in starts))


def preferences_of(problem: Problem, roster: Roster) -> tuple[Preference, ...]:
    """The shifts that somebody prefers and isn't blocked on, by time."""
    judge, holds = Judge(problem), {(slot.start, person) for slot, person in roster.items()}
    found = []
    for shift in problem.shifts:
        for person in problem.preferences:
            blocked, _, preferred = judge.part(shift.start, person)
            if preferred and not blocked:
                is_met = (shift.start, person) in holds
                found.append(Preference(int(person), shift.start, shift.end, is_met))
    return tuple(found)


def _carried(account: tuple[Fraction, Fraction, Fraction]) -> Carried:
    due, done, _ = account
    return Carried(done, due)


def _is_same_plan(one: DraftView, two: DraftView) -> bool:
    return (one.revision, one.line.status, one.input_hash) == (two.revision, two.line.status, two.input_hash)


def _counted(session: Session, schedule_id: int, number: int) -> tuple[Problem, Roster] | None:
    plan = plan_of(session, schedule_id, number)
    rows = slots_of(session, plan)
    problem = stored_problem(session, plan.id or 0)
    return (problem, roster_of(rows)) if problem is not None and rows else None
