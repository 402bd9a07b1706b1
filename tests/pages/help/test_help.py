"""The guides: they are there, they lead to each other, and they ask whether they helped."""

import re

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.models import GuideVote
from oncall_ui.services.help import read_remarks
from pages.help.opinion import PRIVACY, SAID
from pages.site import STATIC
from pages.widgets.guides import GUIDES, read_guides
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, said, until

KEYS = ("connect-a-calendar", "how-events-count", "when-a-calendar-fails")


async def test_every_guide_is_listed_and_opens(browser: Browser, alice: Person) -> None:
    user = await browser(alice)
    await user.open("/help")
    targets = {link.text: link.props["href"] for link in user.find(kind=ui.link).elements if link.text}
    for key, guide in read_guides().items():
        assert targets[guide.title] == f"/help/{key}"
    for key, guide in read_guides().items():
        await user.open(f"/help/{key}")
        (article,) = user.find(kind=ui.markdown).elements
        assert article.content == guide.text
        said(user, "Was this page helpful?")


def test_guides_for_administrators_come_last_however_they_are_named() -> None:
    keys = list(read_guides())
    assert keys.index("first-hour") > keys.index("when-a-calendar-fails") > keys.index("connect-a-calendar")


def test_the_guides_that_pages_link_to_exist() -> None:
    assert set(KEYS) <= read_guides().keys()


@pytest.mark.parametrize("path", sorted(GUIDES.glob("*.md")), ids=lambda path: path.stem)
def test_a_guide_begins_with_its_title_and_links_to_what_exists(path: object) -> None:
    guide = read_guides()[path.stem]  # type: ignore[attr-defined]  # pytest's parameters are objects
    assert guide.text.startswith(f"# {guide.title}\n")
    assert guide.lead and not guide.lead.startswith("#")
    for target in re.findall(r"\]\(([^)]+)\)", guide.text):
        is_picture = target.startswith("/static/") and (STATIC / target.removeprefix("/static/")).is_file()
        assert is_picture or target.removeprefix("/help/") in read_guides(), target


@pytest.mark.parametrize(("word", "yes", "no"), [("Yes", 1, 0), ("No", 0, 1)])
async def test_an_answer_is_counted_once_and_thanked(
    browser: Browser, app: App, alice: Person, word: str, yes: int, no: int
) -> None:
    user = await _open(browser, alice)
    press(user, word)
    press(user, word)
    await user.should_see("Thanks.")
    await until(lambda: _votes(app) == (yes, no))
    await user.should_not_see(kind=ui.button, content=word)
    assert _votes(app) == (yes, no)


async def test_a_sentence_is_asked_for_and_says_who_reads_it(browser: Browser, app: App, alice: Person) -> None:
    user = await _open(browser, alice)
    await user.should_not_see(kind=ui.input)
    press(user, "No")
    await user.should_see("What was missing or wrong?")
    (entry,) = user.find(kind=ui.input).elements
    assert entry.props["hint"] == PRIVACY
    press(user, "Send")
    await until(lambda: entry.error == "Write 1 to 300 characters.")
    user.find(kind=ui.input).type("The picture is old.")
    press(user, "Send")
    await user.should_see(SAID)
    (remark,) = read_remarks(app, alice.id)
    assert (remark.guide, remark.text, remark.has_helped) == (KEYS[0], "The picture is old.", False)


async def test_another_visit_may_answer_again(browser: Browser, app: App, alice: Person) -> None:
    for count in (1, 2):
        user = await _open(browser, alice)
        press(user, "Yes")
        await _until_counted(app, count)


@pytest.mark.parametrize("path", ["/help", f"/help/{KEYS[0]}", "/help/no-such-guide"])
async def test_it_needs_a_login(browser: Browser, alice: Person, path: str) -> None:
    user = await browser()
    assert (await user.http_client.get(path)).headers["location"] == f"/login?next={path}"


@pytest.mark.parametrize("key", ["no-such-guide", "..%2f..%2fREADME", "connect-a-calendar.md", "%00"])
async def test_only_guides_are_served(browser: Browser, alice: Person, key: str) -> None:
    user = await browser(alice)
    assert (await user.http_client.get(f"/help/{key}")).status_code == 404


async def _open(browser: Browser, person: Person) -> User:
    user = await browser(person)
    await user.open(f"/help/{KEYS[0]}")
    return user


async def _until_counted(app: App, count: int) -> None:
    await until(lambda: _votes(app) == (count, 0))


def _votes(app: App) -> tuple[int, int] | None:
    with app.db.read() as session:
        row = session.get(GuideVote, KEYS[0])
    return (row.yes, row.no) if row else None


def test_what_introduces_a_guide_is_plain_text() -> None:
    for guide in read_guides().values():
        assert not set("[]`*#") & set(guide.lead), guide.key


def test_settings_are_written_as_code_so_that_no_line_under_them_is_taken_for_emphasis() -> None:
    for guide in read_guides().values():
        prose = re.sub(r"```.*?```|`[^`]*`", "", guide.text, flags=re.DOTALL)
        assert "ONCALL_" not in prose, guide.key
