"""Gives messages that are due to the channels of their members that want them. Used by the job, in a thread.

Beside email, and before it: neither waits for the other. A message is handed over once, in the transaction that says
so.
"""

from datetime import datetime
from secrets import token_hex

from sqlmodel import Session, col, select, update

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DestinationState
from oncall_ui.models import Channel, ChannelDelivery, Message, now
from oncall_ui.services.schedules.messages.outbox import due_now

MOST = 500


def hand_over(app: App, *, at: datetime | None = None) -> int:
    """Returns how many deliveries there are to make."""
    moment = at or now()
    with app.db.read() as session:
        rows = select(Message.id, Message.member_id).where(
            col(Message.handed_at).is_(None), col(Message.due_at) <= moment
        )
        due = session.exec(rows.order_by(col(Message.due_at), col(Message.id)).limit(MOST)).all()
        members = {member_id for _, member_id in due}
        having = set(session.exec(select(Channel.member_id).where(col(Channel.member_id).in_(members))))
    _pass_by(app, [row or 0 for row, member_id in due if member_id not in having], moment)
    return sum(_hand(app, row or 0, moment) for row, member_id in due if member_id in having)


def _pass_by(app: App, rows: list[int], moment: datetime) -> None:
    """Those of members without a channel."""
    if rows:
        with app.db.write() as session:
            theirs = (col(Message.id).in_(rows), col(Message.handed_at).is_(None))
            session.exec(update(Message).where(*theirs).values(handed_at=moment))


def _hand(app: App, row_id: int, moment: datetime) -> int:
    with app.db.write() as session:
        rows = select(Message).where(Message.id == row_id, col(Message.handed_at).is_(None))
        message = session.exec(rows.with_for_update(skip_locked=True)).first()
        if message is None:
            return 0
        due = due_now(session, message, moment)
        if moment < due <= message.until:
            message.due_at = due
            return 0
        message.handed_at = moment
        if moment < due or moment > message.until:
            return 0
        channels = _wanting(session, message)
        session.add_all(
            ChannelDelivery(channel_id=each, message_id=row_id, event_id=token_hex(16), created_at=moment)
            for each in channels
        )
        session.flush()
        _wake(session, channels)
        return len(channels)


def _wanting(session: Session, message: Message) -> list[int]:
    rows = select(Channel).where(Channel.member_id == message.member_id, col(Channel.state) != DestinationState.OFF)
    found = session.exec(rows.order_by(col(Channel.id))).all()
    return [each.id or 0 for each in found if message.kind.switch.value in each.kinds]


def _wake(session: Session, channels: list[int]) -> None:
    """Only these columns, and in the database: the job that sends changes the row as well."""
    theirs = col(Channel.id).in_(channels)
    session.exec(update(Channel).where(theirs).values(wanted=Channel.wanted + 1))
    session.exec(update(Channel).where(theirs, col(Channel.attempts) == 0).values(next_at=now()))
