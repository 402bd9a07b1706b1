"""The page of a draft: limits or fair shares."""

from datetime import timedelta

from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.problem import Rest
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import SchedulePlan
from oncall_ui.services.schedules.drafts.views import read_draft
from pages.schedules.draft.review.bending import AFTER, BEFORE
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, says, until
from tests.pages.helpers.seeing import emit, items
from tests.pages.schedules.drafts import at_draft, change_plan, titles
from tests.services.helpers.schedules import count_draft, draft_by_hand, keep_schedule, participant_of


async def test_a_manager_chooses_between_limits_and_fair_shares(
    app: App, browser: Browser, bob: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory], limits=[Rest(timedelta(hours=11))])
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    number = draft_by_hand(app, schedule, [b, b, m])
    count_draft(app, schedule, number)
    user = await at_draft(browser, bob, schedule, number)
    assert says(user, BEFORE) and "Limits or fair shares" in titles(user)
    with app.db.write() as session:
        plan = session.exec(select(SchedulePlan)).one()
        offers = {"of": "", "points": [[0, 1, 1, "1", True], [1, 2, 2, "0.5", False]], "is_whole": True}
        plan.result = plan.result | {"offers": offers}
    app.hub.publish(ScheduleChanged(schedule))
    await until(lambda: says(user, AFTER))
    assert [(row["b"], row["small"], row["now"], row["bar"]["--v"]) for row in items(user, "bar")] == [
        ("1\u00a0short rest", "1\u00a0point apart", True, 1.0),
        ("2\u00a0short rests", "0.5\u00a0points apart, not proven best", False, 0.5),
    ]
    emit(user, "choose", 7)
    emit(user, "choose", 1)
    await until(lambda: read_draft(app, bob.id, schedule, number).line.status is PlanStatus.PLANNING)
    change_plan(app, number, status=PlanStatus.DRAFT)
    app.hub.publish(ScheduleChanged(schedule))
    await until(lambda: says(user, "Chosen for this draft: up to 1\u00a0more limit may break than have to."))
    press(user, "Use the schedule’s setting")
    await until(lambda: read_draft(app, bob.id, schedule, number).choices.bend is None)
