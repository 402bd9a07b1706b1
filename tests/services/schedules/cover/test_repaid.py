"""Hand-checked case 22: what changed hands is repaid by the next plan, without talk."""

from collections import Counter
from datetime import timedelta

import pytest

from oncall_ui.app import App
from oncall_ui.models import Schedule, now
from oncall_ui.services.schedules.cover.answers import accept
from oncall_ui.services.schedules.cover.ask import ask_for_cover
from oncall_ui.services.schedules.cover.reading import read_swaps
from oncall_ui.services.schedules.cover.repaid import Repaid
from oncall_ui.services.schedules.drafts.build import Asked, build
from oncall_ui.services.schedules.drafts.editing.choices import NO_CHOICES
from oncall_ui.services.schedules.published.read import read_schedule
from oncall_ui.solving import solve
from tests.conftest import Person
from tests.services.helpers.cover import ROLE
from tests.services.helpers.schedules import in_plan, keep_schedule, next_monday, participant_of, publish_by_hand


def test_22_a_took_none_b_took_one_more_then_a_gets_three_of_four(
    app: App, bob: Person, mallory: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    a, b = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [a, b])
    request = ask_for_cover(app, bob.id, schedule, in_plan(0), ROLE)
    (waiting,) = read_swaps(app, mallory.id, schedule, now()).waiting
    assert waiting.repaid is not None and (waiting.repaid.balance, waiting.repaid.weeks in {1, 2, 3}) == (1, True)
    with monkeypatch.context() as counted:  # the number on every page of the schedule doesn't say when
        counted.setattr(Repaid, "of", lambda *_: pytest.fail("worked out for a number"))
        assert read_schedule(app, mallory.id, schedule).waiting == 1
    accept(app, mallory.id, schedule, request)
    first = next_monday() + timedelta(weeks=1)
    asked = Asked(first, first + timedelta(days=4), NO_CHOICES, seed=0, seconds=10)
    with app.db.read() as session:
        problem = build(session, session.get_one(Schedule, schedule), asked, now()).problem
    assert {person.id: person.carried["all"] for person in problem.people} == {str(a): -1, str(b): 1}
    assert Counter(slot.person for slot in solve(problem).slots) == {str(a): 3, str(b): 1}
