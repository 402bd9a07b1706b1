"""The choose page says when the selected calendar was checked and is checked next."""

from datetime import timedelta

import pytest
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from pages.connections.choose import page
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.home import NOW, add_calendar, change, tell
from tests.pages.helpers.preview import OFF, at, select
from tests.pages.helpers.seeing import of_class, words

pytestmark = pytest.mark.usefixtures("asks_nothing")


@pytest.fixture(autouse=True)
def _stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_now", lambda: NOW)


def times(user: User) -> str:
    (found,) = of_class(user, "oc-how-times")
    return words(found)


async def test_the_times_are_those_of_the_selected_calendar(app: App, browser: Browser, bob: Person) -> None:
    soon = NOW + timedelta(minutes=13)
    work = add_calendar(app, bob, "Work", last_changed_at=NOW - timedelta(days=1), next_import_at=soon)
    add_calendar(app, bob, "Family", connection=work.connection_id, last_read_at=None, next_import_at=NOW)
    add_calendar(app, bob, "Holidays", connection=work.connection_id, **OFF)
    user = await at(browser, bob, work.connection_id)
    assert times(user) == "Not checked yet · no changes yet · next check in a moment"
    select(user, "Work")
    assert times(user) == "Last checked 09:58 · last changed Mon 23 Nov, 10:00 · next check 10:13"
    select(user, "Holidays")
    assert times(user) == ""  # off: it isn't checked


async def test_the_times_follow_each_check_and_are_not_announced(app: App, browser: Browser, bob: Person) -> None:
    work = add_calendar(app, bob, "Work", next_import_at=NOW + timedelta(minutes=13))
    user = await at(browser, bob, work.connection_id)
    assert times(user) == "Last checked 09:58 · no changes yet · next check 10:13"
    assert not {"role", "aria-live"} & of_class(user, "oc-how-times")[0].props.keys()
    change(app, work, state=State.IMPORTING)
    tell(app, bob, work)
    await until(lambda: times(user).endswith("next check under way"))
    later = NOW + timedelta(minutes=15)
    change(app, work, state=State.UP_TO_DATE, last_read_at=NOW, last_changed_at=NOW, next_import_at=later)
    tell(app, bob, work)
    await until(lambda: times(user) == "Last checked 10:00 · last changed 10:00 · next check 10:15")
