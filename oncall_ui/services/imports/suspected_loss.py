"""An import that lost nearly everything is held back, and the member decides. Why: docs/decisions/0501."""

from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import same_rules
from oncall_ui.domain.imports.suspected_loss import (
    RESOLVE_WITHIN,
    Resolution,
    SuspectedLoss,
    content_of,
    count_ahead,
    is_suspicious,
    same_content,
)
from oncall_ui.errors import NotAllowed
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import Calendar, Connection, now
from oncall_ui.services.connections.names import name_of
from oncall_ui.services.imports import state
from oncall_ui.services.imports.diff import AvailabilityDiff


def find_suspected_loss(
    calendar: Calendar, rules_version: str, change: AvailabilityDiff, events_read: int
) -> SuspectedLoss | None:
    """The loss for which an import is held back; None: it may be stored.

    For content that was held back before it is the loss found then, so that the seven days go on.
    """
    moment = now()
    before, after = count_ahead(change.stored, moment), count_ahead(change.wanted, moment)
    if not before or calendar.resolution == Resolution.TAKE or not same_rules(calendar.rules_version, rules_version):
        return None
    is_less = is_suspicious(before, after, events_read=events_read)
    known = SuspectedLoss(**calendar.suspected_loss) if calendar.suspected_loss else None
    if known is None and not is_less:
        return None
    found = SuspectedLoss(before, after, content_of(change.wanted, moment))
    if known is None or not same_content(known.content, found.content) or (after > known.after and not is_less):
        return found if is_less else None
    waited = moment - (calendar.suspected_since or moment)
    return None if not calendar.resolution and waited > RESOLVE_WITHIN else known


def resolve_suspected_loss(app: App, member_id: int, calendar_id: int, resolution: Resolution) -> None:
    """Take: the calendar is imported again at once, and the result is stored. Keep: the same content isn't asked about
    again.

    Nothing happens if the source recovered in the meantime. Raises NotAllowed unless the calendar is the member's.
    """
    with app.db.write() as session:
        calendar = _owned(session, member_id, calendar_id)
        if not calendar.suspected_loss:
            return
        if resolution is Resolution.TAKE:
            state.accept_loss(calendar)
        else:
            state.keep_loss(calendar, name_of(session, calendar))
    app.hub.publish(CalendarChanged(member_id, calendar_id))


def _owned(session: Session, member_id: int, calendar_id: int) -> Calendar:
    own = select(Calendar).join(Connection).where(Calendar.id == calendar_id, Connection.member_id == member_id)
    calendar = session.exec(own.with_for_update(of=Calendar)).first()
    if calendar is None:
        raise NotAllowed
    return calendar
