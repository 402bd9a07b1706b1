"""A slot that another schedule fills: pressing it says which one, and leads there."""

import functools
from datetime import time

import pytest
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.schedules.planning.problem import Filler, FillKind
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, Rule
from oncall_ui.domain.schedules.shifts.slot_key import slot_key
from oncall_ui.errors import NotAllowed
from oncall_ui.services.schedules.published.nested_view import read_nested
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.seeing import elements, links, of_class, words
from tests.pages.schedules.test_board import rows, shift
from tests.services.helpers.schedules import in_plan, keep_schedule, participant_of, publish_by_hand

NAME = "Data<b>base"


@pytest.fixture
def outer(app: App, bob: Person, mallory: Person) -> int:
    """Mallory's and Bob's, with a secondary that a schedule of Mallory's fills, which Bob may not see."""
    inner = keep_schedule(app, mallory, [mallory], name=NAME)
    publish_by_hand(app, mallory, inner, [participant_of(app, inner, mallory)])
    filled = Filler(FillKind.SCHEDULE, f"{inner}:primary")
    rule = Rule(DAY_SETS["Daily"], time(9), fills={"secondary": filled})
    outer = keep_schedule(app, mallory, [mallory, bob], (rule,), roles={"primary": 100, "secondary": 100})
    publish_by_hand(app, mallory, outer, [participant_of(app, outer, bob)])
    return outer


def has_dialog(user: User) -> bool:
    return bool(of_class(user, "oc-ask"))


async def test_pressing_says_which_schedule_fills_it(
    browser: Browser, app: App, bob: Person, mallory: Person, outer: int
) -> None:
    for reader, leads in ((mallory, [f"Open {NAME}"]), (bob, [])):
        user = await browser(reader)
        await user.open(f"/schedules/{outer}")
        drawn = [part for week in rows(user, "oc-plan-weeks") for part in week["s"]]
        key = next(part["id"] for part in drawn if "Secondary" in part.get("t", "") and "Mallory" in part["t"])
        shift(of_class(user, "oc-plan-weeks")[0], key)
        await until(functools.partial(has_dialog, user))
        (dialog,) = of_class(user, "oc-ask")
        assert f"Filled by {NAME}" in words(dialog)
        assert f"It goes to the primary of {NAME}." in words(dialog)
        assert [word for word, _ in links(dialog)] == leads
        assert not [each for each in elements(user) if NAME in str(each.props.get("innerHTML", ""))]
    with pytest.raises(NotAllowed):
        read_nested(app, bob.id, outer, in_plan(0), "primary")


async def test_its_address_says_which_schedule_fills_it(browser: Browser, bob: Person, outer: int) -> None:
    user = await browser(bob)
    await user.open(f"/schedules/{outer}/shifts/{slot_key(in_plan(0), 'secondary')}")
    await until(functools.partial(has_dialog, user))
    (dialog,) = of_class(user, "oc-ask")
    assert f"Filled by {NAME}" in words(dialog)
    nowhere = f"/schedules/{outer}/shifts/{slot_key(in_plan(5), 'primary')}"
    assert (await user.http_client.get(nowhere)).status_code == 404
