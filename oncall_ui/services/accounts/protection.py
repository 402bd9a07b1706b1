"""How well an account is protected: all that can log in to it."""

from dataclasses import dataclass

from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Identity, Member
from oncall_ui.services.accounts.logging_in.sessions import sessions_of
from oncall_ui.services.accounts.second_factors.factors import factors_of
from oncall_ui.services.accounts.ways_in import is_current


@dataclass(frozen=True, slots=True)
class Protection:
    """What a member logs in with, and on how many browsers they are logged in."""

    has_password: bool
    passkeys: int
    has_two_factor: bool
    """An authenticator app; without one a password is enough, unless there is a passkey."""
    identities: int
    """Accounts at the OpenID provider that log in here now."""
    browsers: int


def protection_of(app: App, member_id: int) -> Protection:
    """Raises NotAllowed when the account is gone."""
    with app.db.read() as session:
        member = session.get(Member, member_id)
        if member is None:
            raise NotAllowed
        factors = factors_of(session, member_id)
        issuers = session.exec(select(Identity.issuer).where(Identity.member_id == member_id))
        return Protection(
            has_password=bool(member.password_hash),
            passkeys=factors.passkeys,
            has_two_factor=factors.has_app,
            identities=sum(is_current(app, issuer) for issuer in issuers),
            browsers=len(sessions_of(app, session, member_id)),
        )
