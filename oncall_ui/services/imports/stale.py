"""Calendars that become stale as time passes, although nothing happens to their rows."""

from datetime import datetime

from sqlmodel import col, func, select

from oncall_ui.app import App
from oncall_ui.domain.imports.freshness import STALE_AFTER
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import Calendar, Connection


def announce_stale(app: App, since: datetime, until: datetime) -> None:
    """Publishes every calendar that became stale after `since` and not after `until`."""
    good_until = func.coalesce(col(Calendar.last_read_at), col(Calendar.broken_since))
    with app.db.read() as session:
        found = session.exec(
            select(Connection.member_id, col(Calendar.id))
            .join(Calendar, col(Calendar.connection_id) == col(Connection.id))
            .where(col(Calendar.is_on))
            .where(good_until > since - STALE_AFTER, good_until <= until - STALE_AFTER)
        ).all()
    for member_id, calendar_id in found:
        assert calendar_id is not None  # it is stored
        app.hub.publish(CalendarChanged(member_id, calendar_id))
