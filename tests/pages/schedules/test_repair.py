"""The page of what needs a change, and the cards on Home: who could take over, and who keeps it anyway."""

from dataclasses import dataclass

import pytest
from nicegui import ui
from nicegui.testing import User
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.models import Assignment, now
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.conflicts.looking import look_at
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import says, until
from tests.pages.helpers.seeing import click, elements, emit, items, links, of_class, statuses, words
from tests.services.helpers.schedules import keep_schedule, next_monday, participant_of, publish_by_hand

MARKUP = "<img src=x onerror=alert(1)>"


@dataclass(frozen=True)
class Team:
    """Bob manages the schedule; Mallory has its first day and is blocked then, Bob the second."""

    id: int

    @property
    def route(self) -> str:
        return f"/schedules/{self.id}/repair"


@pytest.fixture
def team(app: App, bob: Person, mallory: Person) -> Team:
    # The notice is so long that both days are within it: changes there count more, on every weekday.
    schedule = keep_schedule(app, bob, [bob, mallory], name=MARKUP, notice_days=21)
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, mallory), participant_of(app, schedule, bob)])
    add_manual_days(app, mallory.id, ManualDays(next_monday(), next_monday(), Action.BLOCK))
    look_at(app, schedule)
    return Team(schedule)


def press(user: User, word: str) -> None:
    click(user, next(each for each in user.find(ui.button).elements if each.text == word))


def heading(user: User) -> str:
    return next(words(each) for each in elements(user) if each.tag == "h1")


async def test_it_says_what_needs_a_change_and_who_could_take_it(browser: Browser, bob: Person, team: Team) -> None:
    user = await browser(bob)
    await user.open(team.route)
    assert heading(user) == "1 shift needs a change"
    assert "The first is in" in statuses(user)[0]
    (found,) = items(user, "head", "subs")
    assert found["head"].startswith("Mallory, Mon")
    assert "primary; blocked Mon" in found["says"]
    assert [each["n"] for each in found["subs"]] == ["Bob"]
    assert found["keep"]
    assert len(elements(user)) < 200


async def test_a_holder_keeps_it_anyway_and_every_page_hears_of_it(
    browser: Browser, bob: Person, mallory: Person, team: Team
) -> None:
    theirs, home = await browser(bob), await browser(mallory)
    await theirs.open("/")
    assert says(theirs, "1 shift needs a change")
    await home.open("/")
    assert says(home, "You are blocked on a shift of yours")
    assert ("See the fixes", team.route) in links(of_class(home, "oc-alert")[0])
    press(home, "Keep anyway")
    await until(lambda: not of_class(home, "oc-alert"))
    await until(lambda: not says(theirs, "1 shift needs a change"))
    await theirs.open(team.route)
    assert heading(theirs) == "Nothing needs a change"


async def test_keeping_what_is_gone_says_so(app: App, browser: Browser, mallory: Person, team: Team) -> None:
    user = await browser(mallory)
    await user.open(team.route)
    emit(user, "keep", 99)
    await until(lambda: says(user, "doesn’t need a change any more"))


async def test_a_stranger_finds_nothing_and_a_login_is_needed(
    browser: Browser, alice: Person, bob: Person, app: App, team: Team
) -> None:
    other = keep_schedule(app, alice, [alice])
    user = await browser(bob)
    for path in (f"/schedules/{other}/repair", "/schedules/99/repair", f"/schedules/{2**40}/repair"):
        answer = await user.http_client.get(path)
        assert answer.status_code == 404 and "Page not found" in answer.text, path
    answer = await (await browser()).http_client.get(team.route)
    assert answer.headers["location"].startswith("/login")


async def test_a_manager_finds_a_fix_and_uses_it(
    app: App, browser: Browser, bob: Person, mallory: Person, team: Team
) -> None:
    user, other = await browser(bob), await browser(mallory)
    await other.open(team.route)
    assert "Find fixes" not in words(of_class(other, "oc-head")[0])
    await user.open(team.route)
    press(user, "Find fixes")
    await until(lambda: "1 fix found · proven best" in statuses(user)[0])
    (fix,) = items(user, "title", "facts")
    assert (fix["title"], fix["lead"]) == ("Fewest changes", "Nothing else has to move.")
    assert [[who["n"] for who in move["who"]] for move in fix["moves"]] == [["Mallory", "You"]]
    facts = {each["n"]: each["t"].replace("\u00a0", " ") for each in fix["facts"]}
    assert (facts["Changes"], facts["Notifies"]) == ("1 of 2 coming shifts", "you and Mallory")
    assert len(elements(user)) < 200
    emit(user, "use", 0)
    await until(lambda: heading(user) == "Nothing needs a change")
    assert says(user, "changed hands")
    await until(lambda: heading(other) == "Nothing needs a change")


async def test_a_fix_that_is_outdated_says_why(app: App, browser: Browser, bob: Person, team: Team) -> None:
    user = await browser(bob)
    await user.open(team.route)
    press(user, "Find fixes")
    await until(lambda: "1 fix found" in statuses(user)[0])
    with app.db.write() as session:  # nobody heard of it yet
        row = session.exec(select(Assignment).order_by(col(Assignment.id).desc())).first()
        assert row is not None
        session.add(Assignment(**row.model_dump(exclude={"id"})))
        row.ended_at = now()
    emit(user, "use", 0)
    await until(lambda: says(user, "The published schedule has changed since these fixes were found"))
