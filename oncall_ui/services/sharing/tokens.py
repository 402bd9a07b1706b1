"""Members' personal tokens for the read-only API."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import InvalidInput
from oncall_ui.models import ApiToken, Member, now
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.services.accounts.members import MemberView, member_view
from oncall_ui.services.audit.record import record
from oncall_ui.services.text_input import checked_line

AT_MOST = 10
LONGEST_NAME = 100
PREFIX = "oncall_"
USE_RESOLUTION = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token, without the token itself: it was shown once and is not stored."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


def create_token(app: App, member_id: int, name: str) -> str:
    """A new token, to be shown once. Raises InvalidInput for an invalid name, and when the member has AT_MOST."""
    sentence = f"Enter a name of at most {LONGEST_NAME} characters."
    name = checked_line(name, "Name", longest=LONGEST_NAME, sentence=sentence)
    token = new_token(PREFIX)
    with app.db.write() as session:
        # Locked, so that two browsers at once can't exceed the limit.
        session.exec(select(Member.id).where(Member.id == member_id).with_for_update()).one()
        how_many = session.exec(select(func.count()).where(col(ApiToken.member_id) == member_id)).one()
        if how_many >= AT_MOST:
            raise InvalidInput("Name", f"You can have up to {AT_MOST} tokens. Remove one first.")
        session.add(ApiToken(member_id=member_id, name=name, token_hash=hash_token(token)))
        record(session, AuditAction.TOKEN_CREATED, by=member_id, what=name)
    return token


def list_tokens(app: App, member_id: int) -> list[TokenView]:
    """The member's tokens, oldest first."""
    with app.db.read() as session:
        rows = session.exec(select(ApiToken).where(ApiToken.member_id == member_id).order_by(col(ApiToken.id)))
        return [TokenView(row.id or 0, row.name, row.created_at, row.last_used_at) for row in rows]


def remove_token(app: App, member_id: int, token_id: int) -> None:
    """The token stops working. Nothing happens if it is already gone or belongs to another member."""
    with app.db.write() as session:
        row = session.get(ApiToken, token_id, with_for_update=True)
        if row is not None and row.member_id == member_id:
            session.delete(row)
            record(session, AuditAction.TOKEN_REMOVED, by=member_id, what=row.name)


def member_for_token(app: App, token: str) -> MemberView | None:
    """The member with this token, whose use is recorded; None for an invalid token."""
    with app.db.read() as session:
        found = session.exec(
            select(ApiToken, Member).where(ApiToken.token_hash == hash_token(token), ApiToken.member_id == Member.id)
        ).first()
    if found is None:
        return None
    row, member = found
    if row.last_used_at is None or now() - row.last_used_at > USE_RESOLUTION:
        with app.db.write() as session:
            if used := session.get(ApiToken, row.id):
                used.last_used_at = now()
    return member_view(member)
