"""Steps the import tests share."""

from datetime import timedelta

from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.models import Availability, Calendar, now
from oncall_ui.services.connections.choose import Choice, choose
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.views import CalendarView, get_connection
from oncall_ui.services.imports.claim import claim_due
from oncall_ui.services.imports.run import run_import
from tests.conftest import Person


async def connected(
    app: App, person: Person, url: str, mode: Mode = Mode.MATCHING, *, nickname: str = "Work", **choice: bool
) -> int:
    """A connection whose only calendar is on and due."""
    connection_id = await connect(app, person.id, "ics", nickname, {"url": url})
    (calendar,) = get_connection(app, person.id, connection_id).calendars
    choose(app, person.id, connection_id, {calendar.id: Choice(True, mode, **choice)})
    return connection_id


async def import_due(app: App) -> int:
    """Runs everything that is due now; how many that were."""
    jobs = claim_due(app, 10)
    for job in jobs:
        await run_import(app, job)
    return len(jobs)


def make_due(app: App) -> None:
    with app.db.write() as session:
        session.exec(update(Calendar).where(col(Calendar.is_on)).values(next_import_at=now() - timedelta(seconds=1)))


def only_calendar(app: App, person: Person, connection_id: int) -> CalendarView:
    (calendar,) = get_connection(app, person.id, connection_id).calendars
    return calendar


def stored(app: App) -> list[tuple[int, str]]:
    """Member and action of every row kept, by start."""
    with app.db.read() as session:
        rows = session.exec(select(Availability).order_by(col(Availability.start)))
        return [(row.member_id, row.action.value) for row in rows]
