"""Members' accounts at the OpenID provider: found at every log-in, linked, and unlinked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import NotAllowed, SingleSignOnFailed
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Identity, LoginRules, Member, now
from oncall_ui.security.oidc.claims import Identified
from oncall_ui.services.accounts.members import find_zone, lock_member
from oncall_ui.services.accounts.ways_in import has_another_way, is_current
from oncall_ui.services.audit.failed_logins import record_failed_login
from oncall_ui.services.audit.record import record
from oncall_ui.services.text_input import is_email
from oncall_ui.settings import OidcClient

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class IdentityView:
    """An account at the provider that logs the member in."""

    id: int
    provider: str
    """As members call it."""
    email: str
    last_used_at: datetime | None


def identities_of(app: App, member_id: int) -> tuple[IdentityView, ...]:
    """The oldest first."""
    mine = select(Identity).where(Identity.member_id == member_id).order_by(col(Identity.id))
    with app.db.read() as session:
        return tuple(
            IdentityView(row.id or 0, _provider(app, row.issuer), row.email, row.last_used_at)
            for row in session.exec(mine)
        )


def unlink(app: App, member_id: int, identity_id: int) -> None:
    """Raises NotAllowed unless it is the member's, and SingleSignOnFailed if nothing else logs them in."""
    with app.db.write() as session:
        member = lock_member(session, member_id)
        row = session.get(Identity, identity_id)
        if row is None or row.member_id != member_id:
            raise NotAllowed
        provider = _provider(app, row.issuer)
        if not has_another_way(app, session, member, row):
            raise SingleSignOnFailed(
                f"{_at_start(provider)} is the only way you can log in. Add a passkey first, or ask your administrator "
                "for a reset link to set a password."
            )
        session.delete(row)
        record(session, AuditAction.IDENTITY_UNLINKED, by=member_id, what=provider, email=row.email)
    app.hub.publish(MemberChanged(member_id))


def link(app: App, member_id: int, who: Identified) -> None:
    """Lets the account at the provider log in this member. Raises SingleSignOnFailed, NotAllowed."""
    check_allowed(app.settings.oidc, who)
    try:
        with app.db.write() as session:
            lock_member(session, member_id)
            owner = _find(session, who)
            if owner is not None and owner.member_id != member_id:
                raise _taken(app)
            if owner is None:
                _add(app, session, member_id, who)
    except IntegrityError:  # linked at the same moment
        raise _taken(app) from None
    app.hub.publish(MemberChanged(member_id))


def member_for(app: App, who: Identified, zone: str) -> int:
    """The member whom this account at the provider logs in; linked or created if that is allowed.

    `zone` is the browser's time zone, for a new account. Raises SingleSignOnFailed, which the audit log counts.
    """
    try:
        check_allowed(app.settings.oidc, who)
        return _twice(lambda: _member_for(app, who, zone))
    except SingleSignOnFailed:
        with app.db.write() as session:
            record_failed_login(session, who.email)
        raise


def check_allowed(client: OidcClient, who: Identified) -> None:
    """At every log-in: domains and groups change. Raises SingleSignOnFailed."""
    if client.allowed_domains and who.domain not in client.allowed_domains:
        if not who.domain:
            raise _unconfirmed(client)
        raise SingleSignOnFailed("Your email address isn’t in a domain that may use this app. Ask your administrator.")
    if client.allowed_groups and not client.allowed_groups & who.groups:
        raise SingleSignOnFailed("Your account isn’t in a group that may use this app. Ask your administrator.")


def _member_for(app: App, who: Identified, zone: str) -> int:
    with app.db.write() as session:
        if (identity := _find(session, who)) is not None:
            identity.last_used_at = now()
            if is_email(who.email):
                identity.email = who.email
            return identity.member_id
        if not who.email_is_confirmed or not is_email(who.email):
            raise _unconfirmed(app.settings.oidc)
        member_id = session.exec(select(Member.id).where(Member.email == who.email)).first()
        if member_id is None:
            member_id = _create(app, session, who, zone)
        else:
            _require_unlinked(app, session, member_id, who)
        _add(app, session, member_id, who)
        return member_id


def _find(session: Session, who: Identified) -> Identity | None:
    return session.exec(select(Identity).where(Identity.issuer == who.issuer, Identity.subject == who.subject)).first()


def _require_unlinked(app: App, session: Session, member_id: int, who: Identified) -> None:
    """Providers give an address of somebody who left to somebody else: that is another account there."""
    lock_member(session, member_id)
    theirs = select(Identity.id).where(Identity.member_id == member_id, Identity.issuer == who.issuer)
    if session.exec(theirs).first() is not None:
        name = app.settings.oidc.name
        raise SingleSignOnFailed(
            f"The account of {who.email} is linked to another {name} account. Log in another way and unlink it under "
            "Security, or ask your administrator."
        )


def _add(app: App, session: Session, member_id: int, who: Identified) -> None:
    email = who.email if is_email(who.email) else ""
    session.add(Identity(member_id=member_id, issuer=who.issuer, subject=who.subject, email=email, last_used_at=now()))
    session.flush()
    record(session, AuditAction.IDENTITY_LINKED, by=member_id, what=app.settings.oidc.name, email=email)


def _create(app: App, session: Session, who: Identified, zone: str) -> int:
    rules = session.get(LoginRules, 1)
    if rules is None or not rules.creates_accounts:
        raise SingleSignOnFailed(f"There is no account for {who.email} here. Ask your administrator to invite you.")
    # Without a password; one can be set with a reset link.
    member = Member(name=_name(who), email=who.email, password_hash="", zone=_zone(session, zone, who.zone))
    session.add(member)
    session.flush()
    assert member.id is not None  # just stored
    record(session, AuditAction.ACCOUNT_CREATED, by=member.id, method=LoginMethod.SINGLE_SIGN_ON)
    return member.id


def _name(who: Identified) -> str:
    name = "".join(each if each.isprintable() else " " for each in who.name)
    return " ".join(name.split())[:LONGEST_NAME].strip() or who.email.partition("@")[0]


def _zone(session: Session, *candidates: str) -> str:
    """The first that is a time zone; else the one that most members have."""
    if known := next(filter(None, map(find_zone, filter(None, candidates))), None):
        return known
    usual = select(Member.zone).group_by(Member.zone).order_by(func.count().desc(), Member.zone)
    return session.exec(usual).first() or "UTC"


def _twice(attempt: Callable[[], int]) -> int:
    """Two first log-ins at the same moment: the second one finds what the first one stored."""
    try:
        return attempt()
    except IntegrityError:
        return attempt()


def _provider(app: App, issuer: str) -> str:
    """Its name here; the host of one that isn't set up any more."""
    return app.settings.oidc.name if is_current(app, issuer) else urlsplit(issuer).hostname or issuer


def _unconfirmed(client: OidcClient) -> SingleSignOnFailed:
    return SingleSignOnFailed(f"{_at_start(client.name)} didn’t confirm your email address. Ask your administrator.")


def _taken(app: App) -> SingleSignOnFailed:
    return SingleSignOnFailed(f"This {app.settings.oidc.name} account is already linked to another member.")


def _at_start(name: str) -> str:
    return name[:1].upper() + name[1:]
