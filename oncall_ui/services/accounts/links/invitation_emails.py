"""Sends emails that administrators cause, in the caller's thread where they see what came of it."""

from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog

from oncall_ui.app import App
from oncall_ui.domain.accounts.emails import Email
from oncall_ui.domain.accounts.invitation_emails import invitation_email, reminder_email, removal_email
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.imports.wording import moment_of
from oncall_ui.email import mail
from oncall_ui.hub import MembersChanged
from oncall_ui.models import Member, now
from oncall_ui.security.tokens import hash_token
from oncall_ui.services.accounts.administrators import account, administrators
from oncall_ui.services.accounts.links.invitations import InvitationLink, open_invitation_of

log = structlog.get_logger()


def send_invitation(app: App, by: int, link: InvitationLink) -> str:
    """Sends the link to its address. Returns a sentence if that failed, else an empty string. Raises NotAllowed."""
    with app.db.read() as session:
        administrators(session, by)
        row = open_invitation_of(session, link.invitation_id)
        if row is None or row.token_hash != hash_token(link.url.rpartition("/")[2]):
            return "This link was replaced or revoked meanwhile, so it wasn’t sent."
        inviter = session.get_one(Member, by)
        until = clock_words(link.expires_at, zone_of(inviter.zone))
        email = invitation_email(inviter.name, host=_host(app), url=link.url, until=until)
    if failure := _send(app, row.email, email):
        return failure
    with app.db.write() as session:
        if sent := open_invitation_of(session, link.invitation_id):
            sent.emailed_at = now()
    app.hub.publish(MembersChanged())
    return ""


def remind_to_connect(app: App, by: int, member_id: int) -> str:
    """Asks a member to connect a calendar. Returns a sentence if that failed, else empty. Raises NotAllowed, Gone."""
    with app.db.read() as session:
        administrators(session, by)
        member, inviter = account(session, member_id), session.get_one(Member, by)
        url = f"{app.settings.public_url}/calendar_connections/new"
        email = reminder_email(member.name, inviter.name, url=url)
    return _send(app, member.email, email)


def tell_removed(app: App, by: int | None, name: str, address: str) -> None:
    """Tells somebody whose account was removed, soon."""
    with app.db.read() as session:
        admin = session.get(Member, by) if by else None
    email = removal_email(name, admin.name if admin else "", host=_host(app))
    app.postbox.post(address, email.subject, email.text)


def _send(app: App, to: str, email: Email) -> str:
    """Returns a sentence if the email wasn't sent, or may not have been; else an empty string."""
    try:
        mail.send(app.settings, to, email.subject, email.text)
    except (mail.NotSent, mail.MaybeSent) as error:
        log.warning("email not sent, or not certainly", subject=email.subject, why=str(error))
        return str(error)
    return ""


def _host(app: App) -> str:
    return urlsplit(app.settings.public_url).netloc


def clock_words(moment: datetime, zone: ZoneInfo) -> str:
    """`Tue 1 Dec, 13:58 (Berlin time)`: for readers whose zone isn't known."""
    place = "UTC" if zone.key in {"UTC", "Etc/UTC"} else f"{zone.key.rpartition('/')[2].replace('_', ' ')} time"
    return f"{moment_of(moment, zone)} ({place})"
