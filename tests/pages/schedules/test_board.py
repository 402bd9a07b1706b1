"""A schedule's page: who is on call when, what needs a change, and what is chosen."""

from oncall_ui.app import App
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import says
from tests.pages.helpers.seeing import of_class
from tests.services.helpers.schedules import keep_schedule, participant_of, publish_by_hand


async def test_it_shows_who_is_on_call(app: App, browser: Browser, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [b, b, m, None])
    user = await browser(mallory)
    await user.open(f"/schedules/{schedule}")
    assert says(user, "1 shift needs a change")
    assert of_class(user, "oc-plan-weeks")
