"""The team’s tags: administrators change them, everyone reads them and tries titles."""

import pytest

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Tags
from oncall_ui.services.team.tags import read_tags, save_tags
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, fill, press, refusal, said, says, until
from tests.pages.helpers.seeing import elements, end_logins, of_class, statuses, words

TRY = "Title_of_an_event"


async def test_an_administrator_changes_the_tags(browser: Browser, app: App, alice: Person) -> None:
    user = await browser(alice)
    await user.open("/team/tags")
    assert entry(user, "Block tags").value == "\n".join(Tags().block)
    fill(user, Block_tags="away\n\n  off  duty \nAWAY", Prefer_tags="")
    press(user, "Save")
    await user.should_see("Saved. Calendars set to “Matching events” are imported again now.")
    assert read_tags(app, alice.id) == Tags(("away", "off duty"), ())
    assert entry(user, "Block tags").value == "away\noff duty"


async def test_defaults_are_restored_once_they_are_saved(browser: Browser, app: App, alice: Person) -> None:
    save_tags(app, alice.id, ["away"], [])
    user = await browser(alice)
    await user.open("/team/tags")
    press(user, "Restore defaults")
    await user.should_see("Defaults restored, not saved yet")
    assert read_tags(app, alice.id) == Tags(("away",), ())
    press(user, "Save")
    await until(lambda: read_tags(app, alice.id) == Tags())


async def test_an_error_is_shown_at_its_field_and_keeps_what_was_typed(
    browser: Browser, app: App, alice: Person
) -> None:
    user = await browser(alice)
    await user.open("/team/tags")
    fill(user, Prefer_tags="ready\nNOC")
    press(user, "Save")
    assert "“NOC” is in both lists" in await refusal(user, "Prefer tags")
    assert entry(user, "Prefer tags").value == "ready\nNOC"
    await until(lambda: not button(user, "Save").props.get("loading"))
    assert read_tags(app, alice.id) == Tags()
    fill(user, Prefer_tags="ready")
    assert entry(user, "Prefer tags").error is None


@pytest.mark.parametrize(
    ("title", "verdict"),
    [
        ("Dentist (NOC)", "Blockbecause of “noc”"),
        ("Prefer-Oncall", "Preferbecause of “prefer oncall”"),
        ("Nocturne", "No match"),
        ("", ""),
    ],
)
async def test_a_title_is_tried_as_it_is_typed(browser: Browser, bob: Person, title: str, verdict: str) -> None:
    user = await browser(bob)
    await user.open("/team/tags")
    fill(user, **{TRY: title})
    assert words(of_class(user, "team-verdict")[0]) == verdict


async def test_a_title_is_tried_against_tags_not_saved_yet(browser: Browser, alice: Person) -> None:
    user = await browser(alice)
    await user.open("/team/tags")
    fill(user, **{TRY: "Beach🏖️"})
    assert "No match" in statuses(user)
    fill(user, Block_tags="🏖")
    assert "Blockbecause of “🏖”" in statuses(user)


async def test_a_member_reads_them_and_can_change_nothing(
    browser: Browser, app: App, alice: Person, bob: Person
) -> None:
    save_tags(app, alice.id, ["away", "<b>off</b>"], [])
    user = await browser(bob)
    await user.open("/team/tags")
    assert [words(each) for each in of_class(user, "oc-tag")] == ["away", "<b>off</b>"]
    said(user, "None")
    assert not says(user, "Save")
    assert not [each for each in elements(user) if "team-words" in each.classes]


async def test_a_former_administrator_saves_nothing(
    browser: Browser, app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from oncall_ui.models import Member

    user = await browser(alice)
    await user.open("/team/tags")
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    with app.db.write() as session:
        row = session.get(Member, alice.id)
        assert row is not None
        row.is_admin = False
    fill(user, Block_tags="away")
    press(user, "Save")
    await until(lambda: "/team" in went)
    assert read_tags(app, alice.id) == Tags()


async def test_a_page_left_open_saves_nothing_after_the_log_out(
    browser: Browser, app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await browser(alice)
    await user.open("/team/tags")
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    end_logins(app, alice)
    fill(user, Block_tags="away")
    press(user, "Save")
    await until(lambda: any(each.startswith("/login") for each in went))
    assert read_tags(app, alice.id) == Tags()


async def test_it_needs_a_login(browser: Browser, alice: Person) -> None:
    user = await browser()
    assert (await user.http_client.get("/team/tags")).headers["location"] == "/login?next=/team/tags"
