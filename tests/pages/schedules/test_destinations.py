"""Destinations on Publish and on their own pages: for managers, live, and never showing what is secret."""

from collections.abc import Iterator

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.models import Destination
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.destinations.manage import add_destination
from oncall_ui.services.schedules.destinations.sending import Sendings
from oncall_ui.services.schedules.destinations.views import read_destinations
from tests.conftest import Person
from tests.fakes.webhooks import Receiver
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, fill, says, until
from tests.pages.helpers.seeing import click, elements, emit, statuses, words
from tests.pages.schedules.test_publish import answer, at_publish
from tests.services.helpers.schedules import keep_schedule

BAD = "<script>alert(1)</script>"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


def rows(user: User, key: str = "word") -> list[dict[str, object]]:
    return next(
        list(each.rows) for each in elements(user) if isinstance(each, ui.table) and "dest-list" in each.classes
    )


async def sent(app: App) -> None:
    sendings = Sendings(app)
    await sendings.look()
    await sendings.idle()


async def test_a_manager_adds_a_webhook_tests_it_and_removes_it(
    app: App, browser: Browser, bob: Person, receiver: Receiver
) -> None:
    user, schedule = await at_publish(app, browser, bob)
    click(user, next(each for each in elements(user) if isinstance(each, ui.menu_item) and words(each) == "Webhook"))
    await until(lambda: says(user, "Add Webhook"))
    dialog = next(each for each in elements(user) if isinstance(each, ui.dialog) and each.value)
    add = next(each for each in dialog.descendants() if isinstance(each, ui.button) and each.text == "Add")
    click(user, add)
    await until(lambda: entry(user, "URL").error == "Fill this in.")
    fill(user, Nickname=BAD, URL=receiver.url("/s3cret"))
    click(user, add)
    await until(lambda: [row["name"] for row in rows(user)] == [BAD])
    values = [str(getattr(each, "value", "")) for each in elements(user)]
    receiver.secret = next(value for value in values if value.startswith("whsec_"))
    assert (rows(user)[0]["word"], len(elements(user)) < 200) == ("Waiting", True)
    (kept,) = read_destinations(app, bob.id, schedule)

    await user.open(f"/schedules/{schedule}/publish/{kept.id}")
    click(user, button(user, "Send test"))
    await until(lambda: [row["word"] for row in rows(user)] == ["Waiting"])
    await sent(app)
    await until(lambda: [row["word"] for row in rows(user)] == ["Delivered"])
    await until(lambda: "In step · last sent just now" in statuses(user))
    emit(user, "again", rows(user)[0]["key"])
    await until(lambda: rows(user)[0]["word"] == "Waiting")
    await sent(app)
    assert (len(receiver.taken), len(receiver.arrivals)) == (1, 2)
    click(user, button(user, "Edit"))
    await until(lambda: says(user, f"Edit {BAD}"))
    assert "s3cret" not in "".join(str(each.props) + str(getattr(each, "value", "")) for each in elements(user))
    answer(user, "Cancel")
    click(user, button(user, "Remove"))
    await until(lambda: says(user, f"Remove {BAD}?"))
    answer(user, "Remove")
    await until(lambda: read_destinations(app, bob.id, schedule) == ())


async def test_only_managers_see_destinations(app: App, browser: Browser, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob])
    added = add_destination(app, bob.id, schedule, DestinationKind.WEBHOOK, "Ops", {"url": "https://hooks.example.org"})
    set_access(app, bob.id, schedule, mallory.id, Access.MEMBER)
    user = await browser(mallory)
    found = await user.http_client.get(f"/schedules/{schedule}/publish/{added.id}")
    assert found.status_code == 404
    await user.open(f"/schedules/{schedule}/publish")
    assert not says(user, "Programs and channels")
    other = await browser(bob)
    assert (await other.http_client.get(f"/schedules/{schedule}/publish/99")).status_code == 404
    assert (await other.http_client.get(f"/schedules/{schedule}/publish/{2**40}")).status_code == 404


async def test_what_was_changed_there_and_who_is_unknown_is_decided_on_the_page(
    app: App, browser: Browser, bob: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob])
    edit = {"place": "P1", "start": "2030-01-01T09:00:00Z", "end": "2030-01-02T09:00:00Z", "remote_id": "X1"}
    with app.db.write() as session:
        row = Destination(
            schedule_id=schedule,
            kind=DestinationKind.PAGERDUTY,
            name="PagerDuty",
            account="api.pagerduty.com",
            sealed="sealed",
            options={"schedules": {"primary": "P1"}},
            result={"edits": [edit | {"user": "PZOE", "number": 0}], "unknown": [[bob.id, "Bob"]]},
        )
        session.add(row)
        session.flush()
        number = row.id or 0
    user = await browser(bob)
    await user.open(f"/schedules/{schedule}/publish/{number}")
    await until(lambda: says(user, "Changed in PagerDuty"))
    assert {"User PZOE there", "Not chosen yet"} <= {
        cell for each in elements(user) if isinstance(each, ui.table) for row in each.rows for cell in row.values()
    }
    click(user, button(user, "Choose"))
    await until(lambda: any(isinstance(each, ui.input) and each.label == "Bob" for each in elements(user)))
    fill(user, Bob="<b>")
    answer(user, "Save")
    await until(lambda: bool(entry(user, "Bob").error))
    fill(user, Bob="https://acme.pagerduty.com/users/PBOB")
    answer(user, "Save")
    await until(lambda: read_destinations(app, bob.id, schedule)[0].people[0].user == "PBOB")
    click(user, button(user, "Overwrite"))
    await until(lambda: says(user, "Overwrite what was changed in PagerDuty?"))
    answer(user, "Overwrite")
    await until(lambda: read_destinations(app, bob.id, schedule)[0].edits == ())
    with app.db.read() as session:
        assert session.get_one(Destination, number).options["decided"]["P1"]["overwritten"] == ["X1"]
