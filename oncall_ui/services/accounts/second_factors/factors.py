"""Which second factors a member has."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from oncall_ui.app import App
from oncall_ui.models import Passkey, RecoveryCode, Totp


@dataclass(frozen=True, slots=True)
class Factors:
    """What protects a member's account in addition to the password."""

    has_app: bool = False
    """An authenticator app that was confirmed with a code."""
    passkeys: int = 0
    codes_left: int = 0
    """Recovery codes that weren't used."""
    codes: int = 0
    codes_since: datetime | None = None

    def __bool__(self) -> bool:
        """Whether there is one. Recovery codes only replace another factor, so they don't count."""
        return self.has_app or self.passkeys > 0


def second_factors(app: App, member_id: int) -> Factors:
    """As `factors_of`."""
    with app.db.read() as session:
        return factors_of(session, member_id)


def factors_of(session: Session, member_id: int) -> Factors:
    """Within a transaction."""
    totp = session.get(Totp, member_id)
    passkeys = select(func.count()).select_from(Passkey).where(Passkey.member_id == member_id)
    codes = session.exec(select(RecoveryCode).where(RecoveryCode.member_id == member_id)).all()
    return Factors(
        has_app=totp is not None and totp.confirmed_at is not None,
        passkeys=session.exec(passkeys).one(),
        codes_left=sum(code.used_at is None for code in codes),
        codes=len(codes),
        codes_since=max((code.created_at for code in codes), default=None),
    )


def members_without(session: Session, member_ids: Collection[int]) -> set[int]:
    """Those of the members who have none."""
    apps = select(Totp.member_id).where(col(Totp.confirmed_at).is_not(None), col(Totp.member_id).in_(member_ids))
    passkeys = select(Passkey.member_id).where(col(Passkey.member_id).in_(member_ids))
    have = {*session.exec(apps), *session.exec(passkeys)}
    return {member_id for member_id in member_ids if member_id not in have}
