"""A member's channels as they see them: never an address or a token."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState
from oncall_ui.domain.schedules.messages.kinds import EmailKind
from oncall_ui.models import Channel


@dataclass(frozen=True, slots=True)
class ChannelView:
    id: int
    kind: DestinationKind
    name: str
    account: str
    kinds: frozenset[EmailKind]
    state: DestinationState
    state_since: datetime
    why: str
    attempts: int
    next_at: datetime | None
    last_ok_at: datetime | None
    is_busy: bool
    """Something is on its way, or about to be."""


def read_channels(app: App, member_id: int) -> tuple[ChannelView, ...]:
    """By age."""
    with app.db.read() as session:
        rows = select(Channel).where(Channel.member_id == member_id).order_by(col(Channel.id))
        return tuple(_view(row) for row in session.exec(rows))


def _view(row: Channel) -> ChannelView:
    is_on = row.state is not DestinationState.OFF
    return ChannelView(
        id=row.id or 0,
        kind=row.kind,
        name=row.name,
        account=row.account,
        kinds=frozenset(EmailKind(each) for each in row.kinds),
        state=row.state,
        state_since=row.state_since,
        why=row.why,
        attempts=row.attempts,
        next_at=row.next_at,
        last_ok_at=row.last_ok_at,
        is_busy=is_on and row.wanted != row.told and not row.attempts and not row.why,
    )
