"""What is known of when a member can be on call."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from oncall_ui.domain.rules import Action
from oncall_ui.domain.window import Window
from oncall_ui.models import Availability, Calendar, Connection
from oncall_ui.services.installation import Installation


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of availability and where it comes from; times are aware UTC, end exclusive."""

    start: datetime
    end: datetime
    action: Action
    calendar: str
    product: str
    logo: str


def entries_in(app: Installation, member_id: int, window: Window) -> list[Entry]:
    """The member's availability that touches `window`, by start and end."""
    with app.db.read() as session:
        rows = session.exec(
            select(Availability, Calendar.name, Connection.product)
            .join(Calendar, col(Availability.calendar_id) == col(Calendar.id))
            .join(Connection, col(Calendar.connection_id) == col(Connection.id))
            .where(Availability.member_id == member_id)
            .where(Availability.start < window.end, Availability.end > window.start)
            .order_by(col(Availability.start), col(Availability.end))
        ).all()
    return [_entry(app, row, name, product) for row, name, product in rows]


def _entry(app: Installation, row: Availability, calendar: str, product_key: str) -> Entry:
    product = app.product(product_key)
    return Entry(
        start=row.start,
        end=row.end,
        action=row.action,
        calendar=calendar,
        product=product.name if product else product_key,
        logo=product.logo if product else "ics.svg",
    )
