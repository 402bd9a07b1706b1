"""What has changed since a draft was planned: it was the best plan for what was known then, and publishing waits.

Compared is what the plan was computed from with what it would be computed from now. Time that has merely passed, and
what managers changed in the draft itself, are no changes.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_format.fields import UnusableInput
from oncall_ui.domain.schedules.plan_states import PlanKind, PlanStatus
from oncall_ui.domain.schedules.planning.problem import Person, Problem, Shift, Slot
from oncall_ui.domain.schedules.planning.shares import Spans, stored_thousandths
from oncall_ui.domain.schedules.what_if.stored import from_row as from_stored
from oncall_ui.errors import InvalidInput
from oncall_ui.models import Assignment, Member, Schedule, SchedulePlan, now
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.drafts.build import Asked, Built, build
from oncall_ui.services.schedules.drafts.drafts import newest_assignment, plan_of, published_until
from oncall_ui.services.schedules.drafts.editing.choices import from_row
from oncall_ui.services.schedules.drafts.results import slots_of, stored_problem
from oncall_ui.services.schedules.people import names_of

BEGUN = "A shift of this draft has begun since it was planned. Plan it again from the next shift on."
AGAIN = "since this draft was planned. Plan it again."


@dataclass(frozen=True, slots=True)
class Found:
    """`reasons` are sentences, the most important first; empty: the draft is what it would be now.

    `built` is the problem as it is now, None where there is nothing to compare or no way to build it.
    """

    reasons: tuple[str, ...]
    built: Built | None = None


def read_changes(app: App, member_id: int, schedule_id: int, number: int) -> tuple[str, ...]:
    """Why the draft can't be published as it is, as sentences for managers. Takes a moment: call it in a thread.

    Empty for plans that aren't drafts. Raises NotAllowed unless the member manages the schedule.
    """
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = plan_of(session, schedule_id, number)
        if plan.status is not PlanStatus.DRAFT:
            return ()
        starts = [row.shift_start for row in slots_of(session, plan)]
        return changes_since(session, schedule, plan, starts, now()).reasons


def changes_since(
    session: Session, schedule: Schedule, plan: SchedulePlan, starts: Sequence[datetime], at: datetime
) -> Found:
    """What changed until `at` that concerns the shifts that start then."""
    if sentence := _published_since(session, schedule, plan):
        return Found((sentence,))
    if any(start <= at for start in starts):
        return Found((BEGUN,))
    before = stored_problem(session, plan.id or 0)
    if before is None or not before.shifts or not starts:
        return Found(())
    try:
        built = _now(session, schedule, plan, before, at)
    except (InvalidInput, UnusableInput):
        return Found((f"The rules have changed {AGAIN}",))
    names = names_of(session, schedule.id or 0)
    shifts = [shift for shift in before.shifts if shift.start <= max(starts)]
    return Found(tuple(f"{each} {AGAIN}" for each in _Compared(before, built.problem, names, shifts).reasons()), built)


def differences(before: Problem, after: Problem, names: Mapping[int, str], people: Collection[str]) -> list[str]:
    """What differs between two problems of the same shifts and concerns these people: the beginnings of sentences."""
    one, two = (_only(problem, people) for problem in (before, after))
    return list(_Compared(one, two, names, before.shifts).reasons())


def _only(problem: Problem, people: Collection[str]) -> Problem:
    """Without what it says about anybody else."""
    excluded = {slot: who & frozenset(people) for slot, who in problem.excluded.items()}
    return replace(
        problem,
        people=tuple(person for person in problem.people if person.id in people),
        excluded={slot: who for slot, who in excluded.items() if who},
    )


def _published_since(session: Session, schedule: Schedule, plan: SchedulePlan) -> str:
    newest = newest_assignment(session, schedule.id or 0)
    if newest == plan.based_on:
        return ""
    row = session.get_one(Assignment, newest)
    by = session.get(Member, row.by_id) if row.by_id else None
    local = row.recorded_at.astimezone(zone_of(schedule.zone))
    when = f"{local:%H:%M on %a} {local.day}{local: %b}"
    who = by.name if by else "Somebody"
    return f"{who} changed the published schedule at {when}, after this draft was planned. Plan it again."


def _now(session: Session, schedule: Schedule, plan: SchedulePlan, before: Problem, at: datetime) -> Built:
    """What the same days would be planned from now. Raises InvalidInput, UnusableInput."""
    chosen = from_row(plan.result.get("choices", plan.choices))
    begins = published_until(session, schedule.id or 0) if plan.kind is PlanKind.EXTEND else None
    tried = from_stored(plan.tried)
    asked = Asked(plan.first_day, plan.end_day, chosen, before.seed, before.seconds, begins, tried)
    return build(session, schedule, asked, plan.as_of or at)


class _Compared:
    """Two problems of the same days: as planned, and as it is now."""

    def __init__(self, before: Problem, after: Problem, names: Mapping[int, str], shifts: Sequence[Shift]) -> None:
        self._before, self._after, self._names, self._shifts = before, after, names, shifts

    def reasons(self) -> Iterator[str]:
        before, after = self._before, self._after
        if (before.shifts, before.zone, before.roles) != (after.shifts, after.zone, after.roles):
            yield "The rules have changed"
        if _settings(before) != _settings(after):
            yield "The limits or settings have changed"
        yield from self._named("What is agreed with {who} has changed", self._differ(_terms))
        yield from self._named("The availability of {who} has changed", self._availability())
        yield from self._named("The balance of {who} has changed", self._differ(_carried))
        if before.excluded != after.excluded:
            who = {person for slot in before.excluded.keys() | after.excluded.keys() for person in self._barred(slot)}
            yield from self._named("Which shifts {who} can hold has changed", who)

    def _barred(self, slot: Slot) -> frozenset[str]:
        """Who may hold the slot in one of the two only."""
        none = frozenset[str]()
        return self._before.excluded.get(slot, none) ^ self._after.excluded.get(slot, none)

    def _differ(self, part: Callable[[Person | None], object]) -> Iterator[str]:
        one = {person.id: person for person in self._before.people}
        two = {person.id: person for person in self._after.people}
        for each in sorted(one.keys() | two.keys()):
            if part(one.get(each)) != part(two.get(each)):
                yield each

    def _availability(self) -> Iterator[str]:
        before, after = self._before, self._after
        for person in before.people:
            pairs = ((before.blocks, after.blocks), (before.preferences, after.preferences))
            if any(self._shares(one, person.id) != self._shares(two, person.id) for one, two in pairs):
                yield person.id

    def _shares(self, spans: Spans, person: str) -> list[int]:
        return [stored_thousandths(spans.get(person, ()), shift) for shift in self._shifts]

    def _named(self, words: str, people: Iterable[str]) -> Iterator[str]:
        names = sorted(self._names.get(int(each), "a former member") for each in people)
        if names:
            who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
            yield words.format(who=who)


def _settings(problem: Problem) -> Problem:
    """The problem without what it says about people, shifts and the moment."""
    return replace(
        problem,
        shifts=(),
        people=(),
        blocks={},
        preferences={},
        unknown={},
        held=(),
        fixed={},
        excluded={},
        published={},
        problems=(),
    )


def _terms(person: Person | None) -> Person | None:
    return None if person is None else replace(person, carried={})


def _carried(person: Person | None) -> Mapping[str, object]:
    return {} if person is None else {bucket: points for bucket, points in person.carried.items() if points}
