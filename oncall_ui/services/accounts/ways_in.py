"""Whether a member can still log in when one of their ways to do so is gone."""

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.models import Identity, Member, Passkey


def has_another_way(app: App, session: Session, member: Member, leaving: Identity | Passkey) -> bool:
    """Whether `member` has a way to log in without `leaving`. Lock the member before, so that it stays true."""
    return bool(
        member.password_hash
        or any(_works(app, row) for row in _identities(session, member) if row is not leaving)
        or any(row is not leaving for row in _passkeys(session, member))
    )


def is_current(app: App, issuer: str) -> bool:
    """Whether single sign-on is set up with this provider."""
    client = app.settings.oidc
    return client.is_set_up and issuer.removesuffix("/") == client.issuer


def _works(app: App, identity: Identity) -> bool:
    return is_current(app, identity.issuer)


def _identities(session: Session, member: Member) -> list[Identity]:
    return list(session.exec(select(Identity).where(col(Identity.member_id) == member.id)))


def _passkeys(session: Session, member: Member) -> list[Passkey]:
    return list(session.exec(select(Passkey).where(col(Passkey.member_id) == member.id)))
