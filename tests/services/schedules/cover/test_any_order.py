"""Whatever is asked, taken, swapped, undone, withdrawn, handed over or published: sums stay zero, slots stay tiled.

Nothing that was written changes: rows are added and ended.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.cover.states import RequestState
from oncall_ui.errors import AgreeFirst, InvalidInput, NotAllowed, PlanOutdated, RequestClosed
from oncall_ui.models import Assignment, LedgerLine, Schedule, ShiftRequest
from oncall_ui.services.schedules.cover.answers import accept, agree, decline
from oncall_ui.services.schedules.cover.ask import ask_for_cover, offer_to_take
from oncall_ui.services.schedules.cover.changes import withdraw
from oncall_ui.services.schedules.cover.rounds import run_due_rounds
from oncall_ui.services.schedules.cover.take_over import take_over
from oncall_ui.services.schedules.cover.undo import undo
from oncall_ui.services.schedules.published.assign import assign
from tests.conftest import Person
from tests.services.helpers.cover import ROLE, check_sums_and_tiles, day, parts
from tests.services.helpers.schedules import in_plan, keep_schedule, participant_of, publish_by_hand

pytestmark = pytest.mark.slow  # long stories

DAYS = 4
REFUSED = (AgreeFirst, InvalidInput, NotAllowed, PlanOutdated, RequestClosed)
WHO = st.integers(0, 2)
NUMBER = st.integers(0, DAYS - 1)
HOUR = st.integers(0, 23)
NEWEST = st.integers(0, 3)


class Story(RuleBasedStateMachine):
    """Three people, of whom the first manages, on four days that come nearer."""

    app: App
    people: list[Person]
    done: set[str]
    """Verbs that weren’t refused, in this story."""

    def __init__(self) -> None:
        super().__init__()
        self.schedule = keep_schedule(self.app, self.people[0], self.people)
        self.ids = [participant_of(self.app, self.schedule, each) for each in self.people]
        publish_by_hand(self.app, self.people[0], self.schedule, [*self.ids, self.ids[0]])
        self.done = set()
        self.at = in_plan(-9)
        self.rows: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])

    def teardown(self) -> None:
        """Every story begins alike: who is on call in an earlier one couldn’t take anything in the next."""
        with self.app.db.write() as session:
            session.delete(session.get_one(Schedule, self.schedule))

    def attempt(self, verb: Callable[..., object], *args: Any, **named: Any) -> None:
        """What is refused changes nothing, and that is all right."""
        try:
            verb(self.app, *args, at=self.at, **named)
        except REFUSED:
            return
        self.done.add(verb.__name__)

    def request(self, back: int, *states: RequestState) -> int:
        with self.app.db.read() as session:
            rows = select(ShiftRequest.id).where(
                ShiftRequest.schedule_id == self.schedule, col(ShiftRequest.state).in_(states)
            )
            found = session.exec(rows.order_by(col(ShiftRequest.id).desc())).all()
        return (found[min(back, len(found) - 1)] or 0) if found else 0

    @initialize(who=WHO)
    def begin(self, who: int) -> None:
        """One of each, so that what comes by chance meets more than refusals, whichever rules are drawn."""
        other, third = (who + 1) % 3, (who + 2) % 3
        self.ask(who, who, 0, 24, is_part=False)
        self.take(other, 0, None)
        self.undo(0, 0)
        self.ask(other, other, 0, 12, is_part=True)
        self.withdraw(other, 0)
        self.offer(third, who, None)
        self.hand_over(third, other)
        assert self.done == {"ask_for_cover", "accept", "undo", "withdraw", "offer_to_take", "assign"}

    @rule(who=WHO, number=NUMBER, hour=HOUR, length=st.integers(1, 24), is_part=st.booleans())
    def ask(self, who: int, number: int, hour: int, length: int, is_part: bool) -> None:
        start = in_plan(number) + timedelta(hours=hour)
        span = (start, min(start + timedelta(hours=length), in_plan(number + 1))) if is_part else None
        self.attempt(ask_for_cover, self.people[who].id, self.schedule, in_plan(number), ROLE, span)

    @rule(who=WHO, number=NUMBER, back=st.none() | NUMBER)
    def offer(self, who: int, number: int, back: int | None) -> None:
        in_return = None if back is None else day(back)
        args = (self.people[who].id, self.schedule, in_plan(number), ROLE)
        self.attempt(offer_to_take, *args, in_return=in_return, is_accepted=True)

    @rule(who=WHO, newest=NEWEST, back=st.none() | NUMBER)
    def take(self, who: int, newest: int, back: int | None) -> None:
        number = self.request(newest, RequestState.OPEN)
        in_return = None if back is None else day(back)
        self.attempt(accept, self.people[who].id, self.schedule, number, in_return=in_return, is_accepted=True)

    @rule(who=WHO, newest=NEWEST, of=WHO)
    def say(self, who: int, newest: int, of: int) -> None:
        number = self.request(newest, RequestState.OPEN)
        self.attempt(agree, self.people[who].id, self.schedule, number, self.ids[of])
        self.attempt(decline, self.people[of].id, self.schedule, number)

    @rule(who=WHO, newest=NEWEST)
    def undo(self, who: int, newest: int) -> None:
        self.attempt(undo, self.people[who].id, self.schedule, self.request(newest, RequestState.TAKEN))

    @rule(who=WHO, newest=NEWEST)
    def withdraw(self, who: int, newest: int) -> None:
        self.attempt(withdraw, self.people[who].id, self.schedule, self.request(newest, RequestState.OPEN))

    @rule(who=WHO, number=NUMBER)
    def take_over(self, who: int, number: int) -> None:
        self.attempt(take_over, self.people[who].id, self.schedule, in_plan(number), ROLE, is_accepted=True)

    @rule(who=WHO, number=NUMBER)
    def hand_over(self, who: int, number: int) -> None:
        before = next((each for each, start, _ in parts(self.app, self.schedule) if start >= in_plan(number)), None)
        args = (self.people[0].id, self.schedule, in_plan(number), ROLE, self.ids[who])
        self.attempt(assign, *args, before=before, is_accepted=True)

    @rule(who=WHO)
    def publish(self, who: int) -> None:
        publish_by_hand(self.app, self.people[0], self.schedule, [self.ids[who]] * 2, first=2)

    @rule(hours=st.sampled_from([1, 30, 80]))
    def wait(self, hours: int) -> None:
        self.at = min(self.at + timedelta(hours=hours), in_plan(DAYS))
        run_due_rounds(self.app, self.at)

    @invariant()
    def sums_are_zero_and_slots_tiled(self) -> None:
        check_sums_and_tiles(self.app, self.schedule)

    @invariant()
    def what_was_written_stays(self) -> None:
        with self.app.db.read() as session:
            kept = [row.model_dump(exclude={"ended_at"}) for row in session.exec(_all(Assignment))]
            lines = [row.model_dump() for row in session.exec(_all(LedgerLine))]
        assert kept[: len(self.rows[0])] == self.rows[0]
        assert lines[: len(self.rows[1])] == self.rows[1]
        self.rows = (kept, lines)


def _all(table: Any) -> Any:
    return select(table).order_by(col(table.id))


def test_any_order_keeps_sums_and_tiles(app: App, bob: Person, mallory: Person, carol: Person) -> None:
    Story.app, Story.people = app, [bob, mallory, carol]
    chosen = settings(
        max_examples=4,
        stateful_step_count=14,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Story, settings=chosen)
