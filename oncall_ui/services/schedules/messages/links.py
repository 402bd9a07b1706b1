"""Links in messages that do one thing without a login, once. Only their hashes are stored.

Programs that scan email open every link: show what it would do, and spend it when the reader confirms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.models import Message, MessageLink
from oncall_ui.security.tokens import hash_token, new_token


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link does: in which message it is, and whose it is."""

    action: str
    kind: MessageKind
    member_id: int
    schedule_id: int | None
    payload: Mapping[str, Any]
    is_used: bool


def create_link(session: Session, message: Message, action: str, until: datetime) -> str:
    """The token of a link that does `action` until then. Written again, a message has new ones; only they work."""
    session.exec(
        delete(MessageLink).where(
            col(MessageLink.message_id) == message.id,
            col(MessageLink.action) == action,
            col(MessageLink.used_at).is_(None),
        )
    )
    token = new_token()
    session.add(MessageLink(message_id=message.id or 0, action=action, token_hash=hash_token(token), until=until))
    return token


def find_link(session: Session, token: str, moment: datetime) -> Linked | None:
    """What it does, also when it was used before. None: there is no such link, or its time is over."""
    found = _find(session, token, moment)
    return _linked(session, found) if found else None


def spend_link(session: Session, token: str, moment: datetime) -> Linked | None:
    """Uses it up, in the caller's transaction. None: it doesn't work, or was used before."""
    found = _find(session, token, moment, for_update=True)
    if found is None or found.used_at is not None:
        return None
    linked = _linked(session, found)
    found.used_at = moment
    return linked


def _find(session: Session, token: str, moment: datetime, *, for_update: bool = False) -> MessageLink | None:
    rows = select(MessageLink).where(MessageLink.token_hash == hash_token(token), col(MessageLink.until) > moment)
    return session.exec(rows.with_for_update() if for_update else rows).first()


def _linked(session: Session, link: MessageLink) -> Linked:
    message = session.get_one(Message, link.message_id)
    return Linked(
        link.action,
        message.kind,
        message.member_id,
        message.schedule_id,
        message.payload,
        link.used_at is not None,
    )
