"""Whatever is published, repaired, erased or adjusted, in any order: sums stay zero and history stays as it was."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Row, inspect
from sqlalchemy import select as columns
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.errors import PlanNotReady, PlanOutdated
from oncall_ui.models import Assignment, LedgerLine, PublishedShift, ShiftConflict
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.privacy.erase import erase
from oncall_ui.services.schedules.conflicts.applying import use_repair
from oncall_ui.services.schedules.conflicts.looking import look_at
from oncall_ui.services.schedules.conflicts.repairing import read_broken
from oncall_ui.services.schedules.ledger.fairness import adjust
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.solving.repair.repairing import repairs
from tests.conftest import PASSWORD, Person, person
from tests.services.helpers.schedules import (
    balances_by_bucket,
    draft_by_hand,
    keep_schedule,
    next_monday,
    participant_of,
    publish_by_hand,
)

pytestmark = pytest.mark.slow  # long stories

STEPS = 25
Rows = Sequence[Row[Any]]


class Story:
    """Random things that happen to one schedule."""

    def __init__(self, app: App, manager: Person, seed: int) -> None:
        self.app, self.manager, self.draw = app, manager, random.Random(seed)
        self.people = [person(app, name) for name in ("Carol", "Dora", "Egon")]
        self.schedule = keep_schedule(app, manager, [manager, *self.people])
        self.ids = [participant_of(app, self.schedule, each) for each in (manager, *self.people)]
        self.written: tuple[Rows, Rows] = ([], [])

    def step(self) -> None:
        kinds = [self.publish, self.publish, self.publish, self.race, self.adjust, self.repair, self.repair, self.erase]
        self.draw.choice(kinds)()
        self.check()

    def publish(self) -> None:
        days = self.draw.randint(1, 5)
        holders = [self.draw.choice([*self.ids, None]) for _ in range(days)]
        publish_by_hand(self.app, self.manager, self.schedule, holders, first=self.draw.randint(0, 5))

    def race(self) -> None:
        """Two drafts of the same days: the second is refused and changes nothing."""
        one, two = ([each] * 2 for each in self.draw.sample(self.ids, 2))
        first, second = (draft_by_hand(self.app, self.schedule, holders) for holders in (one, two))
        publish(self.app, self.manager.id, self.schedule, first, 1)
        before = self.rows()
        if before[0] == self.written[0]:
            return  # everybody had their slots already
        with pytest.raises(PlanOutdated):
            publish(self.app, self.manager.id, self.schedule, second, 1)
        assert self.rows() == before

    def adjust(self) -> None:
        one, two = self.draw.sample(self.ids, 2)
        points = Fraction(self.draw.randint(1, 3000), 1000)
        adjust(self.app, self.manager.id, self.schedule, one, two, points, "For a favour")

    def repair(self) -> None:
        """Somebody is blocked, and any of the fixes is used."""
        first = next_monday() + timedelta(days=self.draw.randint(0, 9))
        who = self.draw.choice([self.manager, *self.people])
        add_manual_days(self.app, who.id, ManualDays(first, first, Action.BLOCK))
        look_at(self.app, self.schedule)
        try:
            broken = read_broken(self.app, self.manager.id, self.schedule)
        except PlanNotReady:
            return
        if found := repairs(broken.problem, broken.roster, broken.needed):
            fix = self.draw.choice(found)
            use_repair(self.app, self.manager.id, self.schedule, broken, fix)
            with self.app.db.read() as session:
                rows = select(ShiftConflict).where(col(ShiftConflict.closed_at).is_(None))
                assert len(session.exec(rows).all()) == len(fix.left)

    def erase(self) -> None:
        if self.people:
            asyncio.run(erase(self.app, self.people.pop().id, PASSWORD))

    def rows(self) -> tuple[Rows, Rows]:
        """Every value of them, but when an assignment ended."""
        parts, lines = ([*inspect(model).columns] for model in (Assignment, LedgerLine))
        parts.remove(Assignment.__table__.c.ended_at)  # type: ignore[attr-defined]
        with self.app.db.read() as session:
            kept, written = (session.execute(columns(*each).order_by(each[0])).all() for each in (parts, lines))
        return kept, written

    def check(self) -> None:
        with self.app.db.read() as session:
            assert set(balances_by_bucket(session, self.schedule)) <= {0}
            live = session.exec(
                select(Assignment, PublishedShift)
                .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
                .where(col(Assignment.ended_at).is_(None), col(PublishedShift.cancelled_at).is_(None))
            ).all()
        slots = [(shift.id, part.role) for part, shift in live]
        assert len(slots) == len(set(slots)), "each slot has one holder"
        assert all((part.start, part.end) == (shift.start, shift.end) for part, shift in live)
        before, after = self.written, self.rows()
        assert after[0][: len(before[0])] == before[0] and after[1][: len(before[1])] == before[1]
        self.written = after


@pytest.mark.parametrize("seed", range(3))
def test_sums_stay_zero_and_history_stays(app: App, alice: Person, seed: int) -> None:
    story = Story(app, alice, seed)
    for _ in range(STEPS):
        story.step()
    assert len(story.written[1]) > STEPS
