"""A member with calendars, and what their home screen says, as the tests of it need both."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ElementFilter, ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.imports.state import State
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import Availability, Calendar, Connection
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import says, until
from tests.pages.helpers.seeing import words

__all__ = [
    "BERLIN",
    "NOW",
    "B",
    "P",
    "Spans",
    "add_availability",
    "add_calendar",
    "agenda",
    "change",
    "days",
    "everything",
    "open_home",
    "strip_label",
    "table",
    "tell",
    "texts",
    "until",
]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in Berlin."""
BERLIN = ZoneInfo("Europe/Berlin")
B, P = Action.BLOCK, Action.PREFER
Spans = Sequence[tuple[str, str, Action]]


def add_calendar(
    app: App,
    person: Person,
    name: str,
    spans: Spans = (),
    *,
    connection: int = 0,
    product: str = "ics",
    **row: Any,
) -> Calendar:
    """A calendar that was read two minutes ago, with its availability; `row` changes that."""
    with app.db.write() as session:
        if not connection:
            owner = Connection(
                member_id=person.id, product=product, nickname=name, account=name, fingerprint=name, sealed="sealed"
            )
            session.add(owner)
            session.flush()
            connection = owner.id or 0
        usual: dict[str, Any] = {
            "is_on": True,
            "state": State.UP_TO_DATE,
            "last_read_at": NOW - timedelta(minutes=2),
            "events_read": 134,
        }
        calendar = Calendar(connection_id=connection, remote_id=name, name=name, **(usual | row))
        session.add(calendar)
    add_availability(app, person, calendar, spans)
    return calendar


def add_availability(app: App, person: Person, calendar: Calendar, spans: Spans) -> None:
    with app.db.write() as session:
        for start, end, action in spans:
            moments = [datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC) for text in (start, end)]
            session.add(
                Availability(
                    member_id=person.id, calendar_id=calendar.id or 0, start=moments[0], end=moments[1], action=action
                )
            )


def change(app: App, calendar: Calendar, **row: Any) -> None:
    with app.db.write() as session:
        stored = session.get(Calendar, calendar.id)
        assert stored is not None
        for name, value in row.items():
            setattr(stored, name, value)


def tell(app: App, person: Person, calendar: Calendar) -> None:
    app.hub.publish(CalendarChanged(person.id, calendar.id or 0))


async def open_home(browser: Browser, person: Person) -> User:
    """Filled, however long that takes: the page itself is sent without its content after a second."""
    user = await browser(person)
    await user.open("/")
    await until(lambda: not says(user, "Looking at your calendars"))
    return user


def table(user: User, name: str) -> ui.table:
    with user:
        return next(each for each in ElementFilter(kind=ui.table) if name in each.classes)


def agenda(user: User) -> list[str]:
    """The lines as they are read out."""
    return [
        " | ".join(
            [row["when"], row["rel"], row["kind"], row["time"], row["dur"], *(each["name"] for each in row["from"])]
        ).replace("\u00a0", " ")
        for row in table(user, "oc-agenda").rows
    ]


def days(user: User) -> list[dict[str, Any]]:
    return [day for month in table(user, "oc-months").rows for day in month["days"]]


def strip_label(user: User) -> str:
    with user:
        box = next(each for each in ElementFilter() if "oc-strip" in each.classes)
    return str(box.props["aria-label"])


def texts(user: User) -> list[str]:
    with user:
        return [str(getattr(each, "text", "")) for each in ElementFilter()]


def everything(user: User) -> str:
    assert user.client is not None
    return words(user.client.content)
