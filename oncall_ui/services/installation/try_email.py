"""Administrators look whether email works: a test to their own address, at once."""

import structlog

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.emails import delivery_test_email
from oncall_ui.email import mail
from oncall_ui.models import Member
from oncall_ui.security.rate_limits import TEST_EMAILS
from oncall_ui.services.accounts.members import require_admin
from oncall_ui.services.audit.record import record

log = structlog.get_logger()

TOO_MANY = "You sent 5 test emails in the last hour. Try again in an hour."


def send_test_email(app: App, admin_id: int) -> str:
    """Returns a sentence if the email wasn't sent, or may not have been; else an empty string.

    Waits for the mail server. Raises NotAllowed unless the member is an administrator.
    """
    with app.db.read() as session:
        require_admin(session, admin_id)
        member = session.get_one(Member, admin_id)
        to, email = member.email, delivery_test_email(member.name, app.settings.public_url)
    if not mail.is_set_up(app.settings):
        return "Not sent: set ONCALL_SMTP_HOST and ONCALL_MAIL_FROM first."
    if not app.rate_limits.allows(TEST_EMAILS, "test emails", str(admin_id)):
        return TOO_MANY
    failure = _sent(app, to, email.subject, email.text)
    with app.db.write() as session:
        record(session, AuditAction.EMAIL_TESTED, by=admin_id, failed=int(bool(failure)))
    return failure


def _sent(app: App, to: str, subject: str, text: str) -> str:
    try:
        mail.send(app.settings, to, subject, text)
    except (mail.NotSent, mail.MaybeSent) as error:
        log.warning("email not sent, or not certainly", subject=subject, why=str(error))
        return str(error)
    app.outages.worked("mail server")
    return ""
