"""Email over the operator's SMTP server (RFC 5321), in plain text. Blocking: call it from a thread.

Errors say what is known about the message: NotSent when it was certainly not sent, MaybeSent otherwise.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from urllib.parse import urlsplit

from oncall_ui.reporting.metrics import counted_email
from oncall_ui.settings import Settings

PATIENCE_SECONDS = 30
"""For each reply. Some servers delay their greeting on purpose."""
REFUSALS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
)


class NotSent(Exception):
    """The message was not sent. The text names the server and its reply code."""


class ServerUnavailable(NotSent):
    """No message can be sent at all: the server can't be reached, or rejects the login."""


class MaybeSent(Exception):
    """The connection broke before the server confirmed or refused the message."""


def is_set_up(settings: Settings) -> bool:
    return bool(settings.smtp_host and settings.mail_from)


def check(settings: Settings) -> str | None:
    """Connects, secures the connection and logs in, but sends nothing. None if that works, else what went wrong."""
    if not is_set_up(settings):
        return "No email is sent. To change that, set ONCALL_SMTP_HOST and ONCALL_MAIL_FROM."
    try:
        with _conversation(settings) as server:
            server.noop()
    except ServerUnavailable as error:
        return str(error)
    except OSError as error:
        return _connection_failed(settings, error)
    return None


@dataclass(frozen=True, slots=True)
class Extras:
    """What few messages have: an iCalendar file, and a link that stops messages of their kind (RFC 8058)."""

    attached: bytes = b""
    stop_url: str = ""


def send(settings: Settings, to: str, subject: str, text: str, extras: Extras | None = None) -> None:
    """Sends a message to one address. Raises NotSent or MaybeSent."""
    message = _compose(settings, to, subject, text)
    if extras is not None:
        _add(message, extras)
    with counted_email(), _conversation(settings) as server:
        try:
            server.send_message(message)
        except REFUSALS as error:
            raise NotSent(f"{settings.smtp_host} refused the email{_code(error)}.") from error
        except OSError as error:
            raise MaybeSent(_connection_failed(settings, error)) from error


def _compose(settings: Settings, to: str, subject: str, text: str) -> EmailMessage:
    """No header injection: addresses are parsed, and a subject with a line break is refused."""
    name, sender = parseaddr(settings.mail_from)
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(name, addr_spec=sender)
        message["To"] = Address(addr_spec=to)
        message["Subject"] = subject
    except (ValueError, IndexError) as error:
        raise NotSent("The address or the subject can’t be used in an email header.") from error
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    # RFC 3834 section 5: no automatic replies.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _add(message: EmailMessage, extras: Extras) -> None:
    if extras.stop_url:
        message["List-Unsubscribe"] = f"<{extras.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if extras.attached:
        message.add_attachment(
            extras.attached.decode(), subtype="calendar", params={"method": "PUBLISH"}, filename="shifts.ics"
        )


@contextmanager
def _conversation(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A connection, secured as the settings say and logged in. Raises ServerUnavailable."""
    try:
        server = _connected(settings)
    except smtplib.SMTPAuthenticationError as error:
        raise ServerUnavailable(f"{settings.smtp_host} refused the user name or password{_code(error)}.") from error
    except smtplib.SMTPNotSupportedError as error:
        raise ServerUnavailable(f"{settings.smtp_host} can’t do what ONCALL_SMTP_SECURITY says: {error}") from error
    except ssl.SSLError as error:
        raise ServerUnavailable(f"No secure connection to {settings.smtp_host}: {error.reason or error}") from error
    except OSError as error:
        raise ServerUnavailable(_connection_failed(settings, error)) from error
    try:
        yield server
    finally:
        # Everything important is done, even if the server just hangs up.
        with suppress(OSError):
            server.quit()


def _connected(settings: Settings) -> smtplib.SMTP:
    # Given, because smtplib would otherwise look up this machine's name.
    hostname = urlsplit(settings.public_url).hostname or "localhost"
    place = settings.smtp_host, settings.smtp_port
    if settings.smtp_security == "tls":
        trust = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(*place, hostname, timeout=PATIENCE_SECONDS, context=trust)
    else:
        server = smtplib.SMTP(*place, hostname, timeout=PATIENCE_SECONDS)
    try:
        server.ehlo_or_helo_if_needed()
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server


def _connection_failed(settings: Settings, error: OSError) -> str:
    # smtplib reports a timeout as a closed connection.
    timed_out = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    reason = "it took too long" if timed_out else error.strerror or "it was closed"
    return f"The connection to {settings.smtp_host}:{settings.smtp_port} failed: {reason}{_code(error)}."


def _code(error: OSError) -> str:
    """The server's reply code. Its text is left out: it may quote addresses."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    return f" ({code})" if code else ""
