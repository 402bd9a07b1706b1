"""A slot that another schedule fills: which one it is, and whether a member may open it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.errors import NotAllowed
from oncall_ui.services.schedules.access import may, open_schedule
from oncall_ui.services.schedules.published.nested import nested_slots

MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NestedView:
    """`name` and `inner_role` are the other schedule's; `can_open`: whether the member may see it."""

    start: datetime
    end: datetime
    role: str
    schedule_id: int
    name: str
    inner_role: str
    can_open: bool


def read_nested(app: App, member_id: int, schedule_id: int, start: datetime, role: str) -> NestedView:
    """Of the shift that begins at `start`.

    Raises NotAllowed unless the member may see the schedule, and where no other schedule fills the role.
    """
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.VIEWER)
        slots = nested_slots(session, schedule, start, start + MOMENT)
        found = next((slot for slot in slots if (slot.start, slot.role) == (start, role)), None)
        if found is None:
            raise NotAllowed
        inner = found.inner.id or 0
        can_open = may(session, member_id, inner, Access.VIEWER)
        return NestedView(found.start, found.end, role, inner, found.inner.name, found.inner_role, can_open)
