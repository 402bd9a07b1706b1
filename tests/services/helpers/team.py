"""A team of people with calendars, as the tests of what the team sees need it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Availability, Calendar, Connection, Member

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday."""


def add_people(app: App, *names: str, zone: str = "Europe/Berlin") -> list[int]:
    """Members who can't log in, which spares their passwords' hashes."""
    with app.db.write() as session:
        rows = [
            Member(name=name, email=f"{name.lower().replace(' ', '.')}@example.org", password_hash="none", zone=zone)
            for name in names
        ]
        session.add_all(rows)
        session.flush()
        return [row.id or 0 for row in rows]


def add_calendar(app: App, member_id: int, name: str = "Work", **row: Any) -> int:
    """A calendar that is on and was read two minutes before NOW; `row` changes that."""
    usual: dict[str, Any] = {"is_on": True, "state": State.UP_TO_DATE, "last_read_at": NOW - timedelta(minutes=2)}
    with app.db.write() as session:
        connection = Connection(
            member_id=member_id,
            product="ics",
            nickname=f"{name} feed",
            account="secret-account.example.org …a1b2",
            fingerprint=name,
            sealed="sealed",
        )
        session.add(connection)
        session.flush()
        calendar = Calendar(connection_id=connection.id or 0, remote_id=name, name=f"{name} calendar", **(usual | row))
        session.add(calendar)
        session.flush()
        return calendar.id or 0


def add_spans(app: App, member_id: int, calendar_id: int, *spans: tuple[datetime, datetime, Action]) -> None:
    with app.db.write() as session:
        session.execute(
            insert(Availability),
            [
                {
                    "member_id": member_id,
                    "calendar_id": calendar_id,
                    "start": start.astimezone(UTC),
                    "end": end.astimezone(UTC),
                    "action": action,
                    "key": b"",
                }
                for start, end, action in spans
            ],
        )
