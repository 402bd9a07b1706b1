"""E-mail by the operator's server (SMTP, RFC 5321), plain text only. Blocking: call from a thread.

Used by services/imports/alert_emails.py, and by the operator's check of the settings. What fails has one of two names,
by what is known: nothing was sent, or nobody can tell.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from urllib.parse import urlsplit

from oncall_ui.settings import Settings

PATIENCE_SECONDS = 30
"""For each answer. Some servers let a stranger wait on purpose before they greet."""
REFUSALS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
)


class NotSent(Exception):
    """The server did not take it, which is certain. The sentence names the server and what it said."""


class NoServer(NotSent):
    """Nobody's letter can be sent now: the server is out of reach, or doesn't let us in."""


class PerhapsSent(Exception):
    """The conversation broke off before the server said whether it took it."""


def is_set_up(settings: Settings) -> bool:
    return bool(settings.smtp_host and settings.mail_from)


def check(settings: Settings) -> str | None:
    """Says hello, secures the line, logs in, and sends nothing. None when all of that works, else what doesn't."""
    if not is_set_up(settings):
        return "No e-mail is sent: set ONCALL_SMTP_HOST and ONCALL_MAIL_FROM."
    try:
        with _conversation(settings) as server:
            server.noop()
    except NoServer as error:
        return str(error)
    except OSError as error:
        return _broke_off(settings, error)
    return None


def send(settings: Settings, to: str, subject: str, text: str) -> None:
    """To one address. Raises NotSent or PerhapsSent."""
    message = _compose(settings, to, subject, text)
    with _conversation(settings) as server:
        try:
            server.send_message(message)
        except REFUSALS as error:
            raise NotSent(f"{settings.smtp_host} refused the letter{_code(error)}.") from error
        except OSError as error:
            raise PerhapsSent(_broke_off(settings, error)) from error


def _compose(settings: Settings, to: str, subject: str, text: str) -> EmailMessage:
    """Headers are built from parsed addresses, and a line break in a subject is refused: nothing can be smuggled in."""
    name, sender = parseaddr(settings.mail_from)
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(name, addr_spec=sender)
        message["To"] = Address(addr_spec=to)
        message["Subject"] = subject
    except (ValueError, IndexError) as error:
        raise NotSent("This can’t be put into the head of a letter.") from error
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    # RFC 3834 section 5: nobody's holiday notice answers this.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


@contextmanager
def _conversation(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A server that has greeted, over a line as safe as the settings say, with somebody logged in. Raises NoServer."""
    try:
        server = _opened(settings)
    except smtplib.SMTPAuthenticationError as error:
        raise NoServer(f"{settings.smtp_host} refused the user name or the password{_code(error)}.") from error
    except smtplib.SMTPNotSupportedError as error:
        raise NoServer(f"{settings.smtp_host} can’t do what ONCALL_SMTP_SECURITY asks for: {error}") from error
    except ssl.SSLError as error:
        raise NoServer(f"The line to {settings.smtp_host} can’t be secured: {error.reason or error}") from error
    except OSError as error:
        raise NoServer(_broke_off(settings, error)) from error
    try:
        yield server
    finally:
        # What matters has been said by now, also by a server that does not say goodbye.
        with suppress(OSError):
            server.quit()


def _opened(settings: Settings) -> smtplib.SMTP:
    # Named, because the library would ask the name service what this machine is called.
    ours = urlsplit(settings.public_url).hostname or "localhost"
    place = settings.smtp_host, settings.smtp_port
    if settings.smtp_security == "tls":
        trust = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(*place, ours, timeout=PATIENCE_SECONDS, context=trust)
    else:
        server = smtplib.SMTP(*place, ours, timeout=PATIENCE_SECONDS)
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


def _broke_off(settings: Settings, error: OSError) -> str:
    # The library tells of a silence as of a line that was closed.
    is_silent = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    said = "it took too long" if is_silent else error.strerror or "the line broke off"
    return f"{settings.smtp_host}:{settings.smtp_port} can’t be talked to: {said}{_code(error)}."


def _code(error: OSError) -> str:
    """The server's three digits. Its words stay out: they may quote addresses."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    return f" ({code})" if code else ""
