"""A try as its page shows it: what was tried, what came out, and the same of what is published."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.breaches import breaches_of
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.domain.schedules.what_if.changes import Joins, Tried
from oncall_ui.domain.schedules.what_if.stored import from_row
from oncall_ui.models import Member, PlanInput, Schedule, SchedulePlan, now
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.drafts.drafts import newest_assignment
from oncall_ui.services.schedules.drafts.results import stored_problem
from oncall_ui.services.schedules.drafts.review import (
    FIRST_STAGES,
    Review,
    ReviewPerson,
    fair_rows,
    preferences_of,
)
from oncall_ui.services.schedules.drafts.views import view_of
from oncall_ui.services.schedules.people import people_of
from oncall_ui.services.schedules.what_if.effect import Figures, figures_of, slots_from_rows, today_from_row
from oncall_ui.services.schedules.what_if.tries import try_of

SOMEONE = "Someone new"


@dataclass(frozen=True, slots=True)
class Try:
    """`review` is the try as drafts are reviewed, its people with those who would join.

    `today` and `then` are None until it is planned. `became`: the draft that was made of it.
    """

    tried: Tried
    review: Review
    today: Figures | None
    then: Figures | None
    is_outdated: bool
    """Whether what is published has changed since."""
    became: int | None

    @property
    def is_ready(self) -> bool:
        return self.then is not None


def read_try(app: App, member_id: int, schedule_id: int, number: int) -> Try:
    """One's own, or for managers anybody's. Raises NotAllowed for others."""
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.MEMBER)
        plan = try_of(session, member_id, schedule_id, number)
        tried = from_row(plan.tried)
        return _Reader(session, schedule, plan, tried).read()


class _Reader:
    def __init__(self, session: Session, schedule: Schedule, plan: SchedulePlan, tried: Tried) -> None:
        self._session, self._schedule, self._plan, self._tried = session, schedule, plan, tried

    def read(self) -> Try:
        plan, session = self._plan, self._session
        problem = stored_problem(session, plan.id or 0) if plan.status is PlanStatus.DRAFT else None
        rows = plan.result.get("slots", ())
        stored = session.get(PlanInput, plan.id)
        slots = tuple(slots_from_rows(rows, problem, stored.read_at if stored else {})) if problem else ()
        review = Review(
            view_of(session, self._schedule, plan, slots),
            self._people(),
            self._schedule.notice_days,
            (*FIRST_STAGES, *map(Stage, self._schedule.priorities)),
        )
        then = today = None
        if problem is not None:
            roster = {Slot(s.start, s.role): str(s.participant_id) for s in slots if s.participant_id is not None}
            review = Review(
                review.draft,
                review.people,
                review.notice_days,
                review.order,
                fair_rows(problem, roster),
                breaches_of(problem, roster),
                preferences_of(problem, roster),
            )
            then, today = figures_of(problem, roster), today_from_row(plan.result.get("today", {}))
        return Try(
            tried=self._tried,
            review=review,
            today=today,
            then=then,
            is_outdated=problem is not None and newest_assignment(session, plan.schedule_id) != plan.based_on,
            became=plan.tried.get("became"),
        )

    def _people(self) -> Mapping[int, ReviewPerson]:
        """Everybody who was ever on the schedule, and those who would join, each in a colour of their own."""
        day = now().astimezone(zone_of(self._schedule.zone)).date()
        people = people_of(self._session, self._schedule.id or 0, day)
        found = {each.id: ReviewPerson(each.name, each.colour, each.member_id) for each in people}
        joining = [each.change for each in self._tried.entries if isinstance(each.change, Joins)]
        for each in joining:
            if each.participant < 0:
                found[each.participant] = ReviewPerson(self._name(each), len(found) % 16 + 1, each.member)
        return found

    def _name(self, joins: Joins) -> str:
        member = self._session.get(Member, joins.member) if joins.member else None
        return member.name if member else SOMEONE
