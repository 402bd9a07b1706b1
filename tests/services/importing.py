"""Steps the import tests share."""

from datetime import timedelta

from sqlmodel import col, select, update

from oncall_ui.domain.rules import Mode
from oncall_ui.models import Availability, Calendar, now
from oncall_ui.services.connecting import connect
from oncall_ui.services.connections import Choice, choose
from oncall_ui.services.imports import claim_due, run_import
from oncall_ui.services.installation import Installation
from oncall_ui.services.views import CalendarView, get_connection
from tests.conftest import Person


async def connected(app: Installation, person: Person, url: str, mode: Mode = Mode.MATCHING, **choice: bool) -> int:
    """A connection whose only calendar is on and due."""
    connection_id = await connect(app, person.id, "ics", "Work", {"url": url})
    (calendar,) = get_connection(app, person.id, connection_id).calendars
    choose(app, person.id, connection_id, {calendar.id: Choice(True, mode, **choice)})
    return connection_id


async def import_due(app: Installation) -> int:
    """Runs everything that is due now; how many that were."""
    jobs = claim_due(app, 10)
    for job in jobs:
        await run_import(app, job)
    return len(jobs)


def make_due(app: Installation) -> None:
    with app.db.write() as session:
        session.exec(update(Calendar).where(col(Calendar.is_on)).values(next_import_at=now() - timedelta(seconds=1)))


def only_calendar(app: Installation, person: Person, connection_id: int) -> CalendarView:
    (calendar,) = get_connection(app, person.id, connection_id).calendars
    return calendar


def stored(app: Installation) -> list[tuple[int, str]]:
    """Member and action of every row kept, by start."""
    with app.db.read() as session:
        rows = session.exec(select(Availability).order_by(col(Availability.start)))
        return [(row.member_id, row.action.value) for row in rows]
