"""Two schedules give the same person shifts at the same time, in the same instant: the second one is refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event, get_ident

import pytest
from sqlalchemy import event
from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.planning.fact_words import TWO_AT_ONCE
from oncall_ui.errors import InvalidInput, PlanOutdated
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.conflicts.applying import use_repair
from oncall_ui.services.schedules.conflicts.repairing import read_broken
from oncall_ui.services.schedules.cover.answers import accept
from oncall_ui.services.schedules.cover.ask import ask_for_cover
from oncall_ui.services.schedules.cover.take_over import take_over
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.solving.repair.repairing import repairs
from tests.conftest import Person, person
from tests.services.helpers.cover import ROLE, holders
from tests.services.helpers.schedules import (
    draft_by_hand,
    in_plan,
    keep_schedule,
    participant_of,
    publish_by_hand,
)

SHORT = 0.3
"""Seconds that are enough for anyone who isn’t kept waiting."""
KINDS = ("cover", "assign", "take over", "publish", "repair")
"""A day for each."""


class Two:
    """Bob manages both: on the first he has every day, on the second Carol has; Mallory could take each."""

    def __init__(self, app: App, bob: Person, mallory: Person) -> None:
        self.app, self.bob, self.mallory, carol = app, bob, mallory, person(app, "Carol")
        self.one = keep_schedule(app, bob, [bob, mallory])
        self.two = keep_schedule(app, bob, [carol, mallory], name="Network")
        self.b, self.c = participant_of(app, self.one, bob), participant_of(app, self.two, carol)
        self.m1, self.m2 = (participant_of(app, each, mallory) for each in (self.one, self.two))
        publish_by_hand(app, bob, self.one, [self.b] * len(KINDS))
        publish_by_hand(app, bob, self.two, [self.c] * len(KINDS))
        self.carol = carol

    def give(self, day: int) -> None:
        """Mallory gets the first schedule's shift of the day."""
        assign(self.app, self.bob.id, self.one, in_plan(day), ROLE, self.m1, before=self.b)

    def giving(self, kind: str, day: int) -> Callable[[], object]:
        """What gives Mallory the second schedule's shift of the day, with all that comes before it done."""
        app, bob, two, start = self.app, self.bob.id, self.two, in_plan(day)
        if kind == "cover":
            number = ask_for_cover(app, self.carol.id, two, start, ROLE)
            return lambda: accept(app, self.mallory.id, two, number)
        if kind == "assign":
            return lambda: assign(app, bob, two, start, ROLE, self.m2, before=self.c)
        if kind == "take over":
            return lambda: take_over(app, self.mallory.id, two, start, ROLE, at=in_plan(day, 12))
        if kind == "publish":
            draft = draft_by_hand(app, two, [self.m2], day)
            return lambda: publish(app, bob, two, draft, 1)
        away = start.date()
        add_manual_days(app, self.carol.id, ManualDays(away, away, Action.BLOCK))
        broken = read_broken(app, bob, two)
        (fix,) = repairs(broken.problem, broken.roster, broken.needed)
        assert [move.after for move in fix.moves] == [str(self.m2)]
        return lambda: use_repair(app, bob, two, broken, fix)


@pytest.fixture
def two(app: App, bob: Person, mallory: Person) -> Two:
    return Two(app, bob, mallory)


def test_the_second_waits_for_the_first_and_is_refused(two: Two) -> None:
    for day, kind in enumerate(KINDS):
        sentence = overtaken(partial(two.give, day), two.giving(kind, day))
        assert sentence, f"{kind}: Mallory has both"
        if kind in {"cover", "take over"}:
            assert TWO_AT_ONCE in sentence
    assert holders(two.app, two.one) == [two.m1] * len(KINDS)
    assert holders(two.app, two.two) == [two.c] * len(KINDS)


def overtaken(first: Callable[[], object], second: Callable[[], object]) -> str:
    """Begins the second when the first has yet to commit. Returns why the second was refused; empty: it wasn’t."""
    is_ready, is_over, threads = Event(), Event(), list[int]()

    def hold(_session: Session) -> None:
        if get_ident() in threads and not is_ready.is_set():
            is_ready.set()
            is_over.wait(SHORT)

    def begin() -> None:
        threads.append(get_ident())
        first()

    event.listen(Session, "before_commit", hold)
    try:
        with ThreadPoolExecutor(2) as pool:
            begun = pool.submit(begin)
            assert is_ready.wait(30)
            try:
                pool.submit(second).result()
            except (InvalidInput, PlanOutdated) as error:
                return str(error)
            finally:
                is_over.set()
                begun.result()
        return ""
    finally:
        event.remove(Session, "before_commit", hold)
