"""Members' own keys to the read-only API."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput
from oncall_ui.models import ApiToken, Member, now
from oncall_ui.security.tokens import hash_of, new_key
from oncall_ui.services.accounts.members import MemberView, view

AT_MOST = 10
LONGEST_NAME = 100
PREFIX = "oncall_"
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TokenView:
    """What may be shown of a token: the token itself was, once."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


def make_token(app: App, member_id: int, name: str) -> str:
    """The token, to be shown once. Raises InvalidInput without a name, and when the member has enough of them."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput("Name", f"Fill in what it is for, in at most {LONGEST_NAME} characters.")
    token = new_key(PREFIX)
    with app.db.write() as session:
        # The member's row is held, so that two browsers at once don't make one too many.
        session.exec(select(Member.id).where(Member.id == member_id).with_for_update()).one()
        how_many = session.exec(select(func.count()).where(col(ApiToken.member_id) == member_id)).one()
        if how_many >= AT_MOST:
            raise InvalidInput(
                "Name", f"You have {AT_MOST} tokens, which is as many as there can be. Remove one first."
            )
        session.add(ApiToken(member_id=member_id, name=name, token_hash=hash_of(token)))
    return token


def list_tokens(app: App, member_id: int) -> list[TokenView]:
    """The member's, oldest first."""
    with app.db.read() as session:
        rows = session.exec(select(ApiToken).where(ApiToken.member_id == member_id).order_by(col(ApiToken.id)))
        return [TokenView(row.id or 0, row.name, row.created_at, row.last_used_at) for row in rows]


def remove_token(app: App, member_id: int, token_id: int) -> None:
    """It stops working. Nothing happens where it is gone already, or somebody else's."""
    with app.db.write() as session:
        row = session.get(ApiToken, token_id)
        if row is not None and row.member_id == member_id:
            session.delete(row)


def holder_of(app: App, token: str) -> MemberView | None:
    """Whose token it is, and a note that it was used; None: nobody's."""
    with app.db.read() as session:
        found = session.exec(
            select(ApiToken, Member).where(ApiToken.token_hash == hash_of(token), ApiToken.member_id == Member.id)
        ).first()
    if found is None:
        return None
    row, member = found
    if row.last_used_at is None or now() - row.last_used_at > NOTED_EVERY:
        with app.db.write() as session:
            if used := session.get(ApiToken, row.id):
                used.last_used_at = now()
    return view(member)
