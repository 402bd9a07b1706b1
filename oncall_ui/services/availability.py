"""What is known of when a member can be on call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from oncall_ui.domain.rules import Action
from oncall_ui.domain.window import Window, start_of_day
from oncall_ui.models import Availability, Calendar, Connection
from oncall_ui.services.installation import Installation
from oncall_ui.services.own_days import Own


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of availability and where it comes from; times are aware UTC, end exclusive.

    A calendar has a product and its logo; what has none was made by hand (`entry_id`), or is a public holiday, which
    only informs while `action` is None.
    """

    start: datetime
    end: datetime
    action: Action | None
    calendar: str
    product: str = ""
    logo: str = ""
    entry_id: int = 0


def entries_in(app: Installation, member_id: int, window: Window) -> list[Entry]:
    """The member's availability that touches `window`, by start and end."""
    with app.db.read() as session:
        # Columns instead of rows: twenty thousand objects take longer to make than everything else together.
        found = session.execute(
            select(
                col(Availability.start),
                col(Availability.end),
                col(Availability.action),
                col(Calendar.name),
                col(Connection.product),
            )
            .join(Calendar, col(Availability.calendar_id) == col(Calendar.id))
            .join(Connection, col(Calendar.connection_id) == col(Connection.id))
            .where(col(Availability.member_id) == member_id)
            .where(col(Availability.start) < window.end, col(Availability.end) > window.start)
            .order_by(col(Availability.start), col(Availability.end))
        ).all()
    shown = {key: _shown(app, key) for key in {product for *_, product in found}}
    return [Entry(start, end, action, name, *shown[product]) for start, end, action, name, product in found]


def own_entries(own: Own) -> list[Entry]:
    """The same for what the member says without a calendar, public holidays included."""
    found = [
        Entry(day.start, day.end, day.action, day.source[0].upper() + day.source[1:], entry_id=day.entry_id)
        for day in own.days
    ]
    if not own.holidays_block:
        zone = ZoneInfo(own.zone)
        for day, name in own.holidays.items():
            start, end = start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)
            found.append(Entry(start, end, None, name))
    return found


def _shown(app: Installation, key: str) -> tuple[str, str]:
    """Name and logo of a product."""
    product = app.product(key)
    return (product.name, product.logo) if product else (key, "ics.svg")
