"""The pages of a schedule in mid-life break no rule of axe-core, and fit phones and fingers."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.services.schedules.destinations.manage import add_destination
from tests.e2e.axe import broken_rules
from tests.e2e.conftest import PASSWORD, get_cookie
from tests.e2e.schedule import TEAM, add_schedule, email
from tests.e2e.server import Server
from tests.e2e.test_screens import PRESSED, TOO_LOW, misfits

WIDTHS = (1280, 390)
SPARE = 500
"""A page may still grow by that much."""
DAYS_AND_WEEKS = ".oc-day, .oc-strip12 .c, .oc-team .dows > *, .oc-team .sums > *"
"""What can be over, whatever the day of the week the test runs on."""
MARK_PAST = "(all) => document.querySelectorAll(all).forEach((each) => each.classList.add('past'))"
FADED = """() => [...document.querySelectorAll('.oc-page *')]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .filter((each) => [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())
        || (each.dataset.n && getComputedStyle(each, '::after').content !== 'none'))
    .filter((each) => { for (let at = each; at; at = at.parentElement)
        if (getComputedStyle(at).opacity < 1) return true; return false; })
    .map((each) => `${each.tagName} ${each.className} ${each.innerText || each.dataset.n}`)"""
PAGES = (
    "/",
    "/schedules",
    "/schedules/new?start=rota",
    "/schedules/1",
    "/schedules/1?view=people",
    "/schedules/1?view=list",
    "/schedules/1/drafts/2",
    "/schedules/1/fairness",
    "/schedules/1/rules",
    "/schedules/1/publish",
    "/schedules/1/publish/1",
    "/schedules/1/history",
    "/schedules/1/repair",
)


WITH_SHIFTS = ("/schedules/1", "/schedules/1/drafts/2")
DIALOGS = (
    ("/schedules/1", (("New draft", "New draft"),)),
    (
        "/schedules/1/drafts/2",
        (("Publish", "Publish this plan?"), ("Preview", "Preview"), ("Discard", "Discard this draft?")),
    ),
    ("/schedules/1/fairness", (("Adjust", "Adjust the ledger"),)),
    ("/schedules/1/rules", (("Change Bob Tanaka", "Change Bob Tanaka"),)),
)
"""Pages, and on each the buttons that open a dialog, with its name."""


@pytest.fixture(scope="module")
def app(stopped_app: Server) -> Iterator[Server]:
    """With a schedule in mid-life: its job would plan what is seeded, if it were running."""
    add_schedule(stopped_app, PASSWORD)
    with stopped_app.beside() as services:
        add_destination(services, 1, 1, DestinationKind.WEBHOOK, "", {"url": "https://hooks.example.org"})
    with stopped_app:
        yield stopped_app


@pytest.fixture(scope="module")
def alice() -> str:
    """The manager of a schedule with a published plan, a draft and a conflict."""
    return email(TEAM[0])


def whole(page: Page) -> list[tuple[int, int]]:
    """Windows that show all of a page at once: what lies under the bar at the foot counts as covered."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        found.append((width, page.evaluate("document.documentElement.scrollHeight") + SPARE))
    return found


def test_the_pages_break_no_rule_and_fit_a_phone(page: Page, app: Server, alice: str) -> None:
    get_cookie(page, app, alice)
    found: list[str] = []
    for path in PAGES:
        page.goto(path)
        found += [*broken_rules(page, whole(page)), *misfits(page)]
    assert not found, "\n".join(found)


def test_an_old_rota_is_imported_with_the_keyboard_and_breaks_no_rule(page: Page, app: Server, alice: str) -> None:
    """Of months ago, so that nothing of it is published."""
    monday = date.today() - timedelta(days=date.today().weekday(), weeks=20)  # noqa: DTZ011 - any Monday will do
    weeks = [(monday + timedelta(weeks=number), name) for number, name in enumerate(("Alice M.", "bob", "Sam", "bob"))]
    file = "Week,Who\n" + "".join(f"{day:%d.%m.%Y},{name}\n" for day, name in weeks)
    get_cookie(page, app, alice)
    page.goto("/schedules/1/fairness")
    page.get_by_role("link", name="Import an old rota").click()
    expect(page.get_by_role("heading", name="Import an old rota", level=1)).to_be_visible()
    found = broken_rules(page, whole(page))
    content = {"name": "rota.csv", "mimeType": "text/csv", "buffer": file.encode()}
    page.get_by_label("Choose a file").set_input_files(content)  # type: ignore[arg-type]  # a plain dictionary will do
    status = page.get_by_role("status").filter(has_text="name")
    expect(status).to_contain_text("1 name needs you")
    found += broken_rules(page, whole(page))
    page.get_by_label("Who is Sam?").select_option("Someone who left")
    expect(status).to_contain_text("Every name is known")
    page.get_by_role("button", name=re.compile("^Import [0-9]+ shifts")).click()
    page.get_by_role("button", name=re.compile("^Undo the import")).click()
    expect(page.get_by_text("The import was undone.")).to_be_visible()
    page.goto("/schedules/new?start=rota")
    page.get_by_label("Name", exact=True).fill("Database on-call")
    page.get_by_label("Choose a file").set_input_files(content)  # type: ignore[arg-type]
    expect(page.get_by_role("heading", name="From rota.csv")).to_be_visible()
    for step in ("Shifts", "Priorities", "History"):
        page.get_by_role("button", name=f"Next: {step}").click()
    expect(page.get_by_role("heading", name="Opening balances")).to_be_visible()
    page.mouse.move(0, 0)  # away from the button, under which the next step has something else
    found += [*broken_rules(page, whole(page)), *misfits(page)]
    assert not found, "\n".join(found)


def why_of_the_last_shift(page: Page) -> list[str]:
    """What the dialog about it breaks, which gives the focus back, too."""
    page.get_by_role("gridcell").last.click()
    expect(page.get_by_role("dialog", name=re.compile("^Why "))).to_be_visible()
    found = broken_rules(page, whole(page))
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("Escape")
    expect(page.get_by_role("gridcell").last).to_be_focused()
    return found


def test_why_and_dialogs_break_no_rule_and_give_the_focus_back(page: Page, app: Server, alice: str) -> None:
    get_cookie(page, app, alice)
    found: list[str] = []
    for path, buttons in DIALOGS:
        page.goto(path)
        if path in WITH_SHIFTS:
            found += why_of_the_last_shift(page)
        for button, name in buttons:
            opener = page.get_by_role("button", name=button, exact=True)
            opener.click()
            opened = page.get_by_role("dialog", name=name).or_(page.get_by_role("alertdialog", name=name))
            expect(opened).to_be_visible()
            found += broken_rules(page, ((1280, 800),))
            page.keyboard.press("Escape")
            expect(opened).to_be_hidden()
            expect(opener).to_be_focused()
    assert not found, "\n".join(found)


LIFE_DIALOGS = (
    # Where, what opens it (of which line > the button; the item of its menu), and its name.
    ("swaps", ("asks you to cover > Swap", "Swap for which of yours?")),
    ("swaps", ("Withdraw", "Withdraw this request?")),
    ("publish", ("Add;Webhook", "Add Webhook")),
    ("publish/1", ("Edit", "Edit Webhook")),
    ("publish/1", ("Remove", "Remove Webhook?")),
    ("repair", ("Keep anyway", "Leave it with ")),
    ("what-if", ("Add a change;Someone is away", "Someone is away")),
)
BEHIND = "() => !!document.activeElement.closest('body > :not(.q-portal--dialog, [id^=q-portal--dialog])')"
"""Whether something of the page behind has the focus. Between the last and the first button is the browser's own."""


def test_the_dialogs_of_a_schedules_life_break_no_rule_and_hold_the_focus(page: Page, app: Server, alice: str) -> None:
    get_cookie(page, app, alice)
    found: list[str] = []
    for path, (pressed, name) in LIFE_DIALOGS:
        page.set_viewport_size({"width": 390, "height": 844})
        if not page.url.endswith(f"/schedules/1/{path}"):
            page.goto(f"/schedules/1/{path}")
        button, _, item = pressed.partition(";")
        line, _, button = button.rpartition(" > ")
        place = page.get_by_role("listitem").filter(has_text=line) if line else page
        opener = place.get_by_role("button", name=button, exact=True).last
        opener.press("Enter")
        if item:
            page.get_by_role("menuitem", name=item, exact=True).press("Enter")
        dialog = page.get_by_role("dialog", name=name).or_(page.get_by_role("alertdialog", name=name))
        expect(dialog).to_be_visible()
        found += broken_rules(page, [(390, 844)])
        for key in ["Tab"] * 12 + ["Shift+Tab"] * 2:
            page.keyboard.press(key)
            found += [f"{name}: {key} leaves it"] if page.evaluate(BEHIND) else []
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        if not item:
            expect(opener).to_be_focused()
    assert not found, "\n".join(found)


def test_words_of_days_and_weeks_that_are_over_are_not_faded(page: Page, app: Server, alice: str) -> None:
    get_cookie(page, app, alice)
    for path in ("/", "/team", "/schedules/1"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(DAYS_AND_WEEKS).first).to_be_attached()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            page.evaluate(MARK_PAST, DAYS_AND_WEEKS)
            assert page.evaluate(FADED) == []


def test_a_change_is_tried_shared_and_becomes_a_draft(page: Page, app: Server, alice: str) -> None:
    get_cookie(page, app, alice)
    page.goto("/schedules/1")
    page.get_by_role("button", name="Try a change").click()
    page.get_by_role("button", name="Add a change").click()
    page.get_by_role("menuitem", name="Someone is away").click()
    form = page.get_by_role("dialog", name="Someone is away")
    form.get_by_label("Who").click()
    page.get_by_role("option", name="Dana Weiss").click()
    form.get_by_role("button", name="Try it").click()
    page.wait_for_url(re.compile(r"/what-if/\d+$"))
    expect(page.get_by_role("status").filter(has_text="coming shifts would change")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("row", name=re.compile("^Shifts that change"))).to_be_visible()
    found = broken_rules(page, whole(page))
    found += [f"too low: {each}" for each in page.evaluate(TOO_LOW, PRESSED)]
    assert not found, "\n".join(found)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Make it a draft").click()
    page.get_by_role("dialog").get_by_role("button", name="Make it a draft").click()
    expect(page.get_by_role("heading", name=re.compile("^Draft for "))).to_be_visible()
    expect(page.get_by_text(re.compile("^Planned with Dana Weiss away "))).to_be_visible(timeout=30_000)
