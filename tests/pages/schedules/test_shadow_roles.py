"""A role that learns beside another: chosen, renamed, ended and agreed with somebody on Rules."""

from datetime import date

from oncall_ui.app import App
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.shadows.shadow import Shadow
from oncall_ui.services.schedules.people import read_people
from oncall_ui.services.schedules.settings import read_settings
from pages.schedules.editors.roles import NO_DAY, NOT_BESIDE
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import fill, press, until
from tests.pages.helpers.seeing import click, named
from tests.pages.schedules.entries import entries, press_in, type_in
from tests.pages.schedules.entries import rows as fields
from tests.pages.schedules.test_rules_page import at_rules, rows, saved, sentences, tell
from tests.services.helpers.schedules import keep_schedule, next_monday, participant_of


async def test_a_manager_makes_a_role_a_shadow_and_agrees_who_learns(
    browser: Browser, app: App, bob: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    user = await at_rules(browser, bob, schedule)
    click(user, named(user, "Edit general"))
    press(user, "Add a role")
    press(user, "Add a role")
    assert [row["v"]["percent"] for row in fields(user, "ed-roles")] == ["100", "100", "beside:primary"]
    assert [each["t"] for each in fields(user, "ed-roles")[2]["o"]][3:] == ["Shadow of primary", "Shadow of secondary"]
    type_in(user, "ed-roles", 0, "name", "first")
    assert fields(user, "ed-roles")[2]["v"]["percent"] == "beside:first"
    for name, value, wrong in (
        ("until", "soon", NO_DAY),
        ("percent", "beside:third", NOT_BESIDE),
        ("percent", "7", NOT_BESIDE),
    ):
        before = fields(user, "ed-roles")[2]["v"][name]
        type_in(user, "ed-roles", 2, name, value)
        assert fields(user, "ed-roles")[2]["wrong"] == wrong
        type_in(user, "ed-roles", 2, name, before)
    type_in(user, "ed-roles", 2, "until", "2027-02-28")
    press_in(user, "ed-roles", 1, "remove")
    assert len(entries(user, "ed-roles").rows) == 2
    await saved(user, "general")
    settings = read_settings(app, bob.id, schedule).settings
    assert settings.roles == {"first": 100, "shadow": 0}
    assert settings.shadows == {"shadow": Shadow("first", date(2027, 3, 1))}
    await until(lambda: any("shadow (learns beside first until Sun 28 Feb 2027)" in each for each in sentences(user)))

    tell(user, "People", "change", participant_of(app, schedule, mallory))
    assert named(user, "Roles").value == ["first"], "a shadow is held only by name"
    with user:
        named(user, "Roles").set_value(["shadow"])
    fill(user, From=next_monday().isoformat())
    press(user, "Save")
    await until(lambda: "shadow only" in str(rows(user, "People")[1]["lines"]))
    on_day = {each.name: each.terms for each in read_people(app, bob.id, schedule, next_monday())}
    assert on_day == {"Bob": Terms(), "Mallory": Terms(roles=frozenset({"shadow"}))}
