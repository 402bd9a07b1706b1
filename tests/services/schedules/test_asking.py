"""Members are asked by email to lift a block."""

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.errors import NotAllowed
from oncall_ui.services.schedules.drafts.editing.fixes import ask_to_lift
from oncall_ui.services.schedules.drafts.views import read_draft
from oncall_ui.settings import Settings
from tests.conftest import Person
from tests.fakes.smtp import MailServer
from tests.services.helpers.post import mailed, post, with_email
from tests.services.helpers.schedules import draft_by_hand, in_plan, keep_schedule, next_monday, participant_of

__all__ = ["post"]


@pytest.fixture
def settings(settings: Settings, post: MailServer) -> Settings:
    return with_email(settings, post)


def test_the_email_names_the_shift_and_the_draft_remembers_it(
    app: App, bob: Person, mallory: Person, post: MailServer
) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    m, slot = participant_of(app, schedule, mallory), Slot(in_plan(0), "primary")
    number = draft_by_hand(app, schedule, [m])
    ask_to_lift(app, bob.id, schedule, number, m, [slot])
    day = f"Mon {next_monday().day} {next_monday():%b}"
    text = mailed(post, mallory.email, f"Can you be on call on {day}?")
    at = f"{in_plan(0).astimezone(mallory.me.member.tz):%H:%M}"
    assert "Bob is planning Platform" in text and f"primary: {day}, {at} to " in text, "in Mallory’s own zone"
    assert read_draft(app, bob.id, schedule, number).choices.asked == {(slot, m)}
    with pytest.raises(NotAllowed):
        ask_to_lift(app, bob.id, schedule, number, m, [Slot(in_plan(5), "primary")])
