"""A mail server that keeps what it accepts, and can refuse, require a login, use TLS or stop answering.

with MailServer() as mail:
    settings = Settings(smtp_host=mail.host, smtp_port=mail.port, …)
"""

import asyncio
import ssl
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.ports import free_port


class MailServer:
    """Listens on a free loopback port inside `with`."""

    host = "localhost"

    def __init__(self, *, user: str = "", password: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.taken: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}
        """Recipient → the answer they get, `550 no such user`."""
        self.refuses_content = ""
        self.is_silent = threading.Event()
        """While set, a client that has sent an email gets no answer."""
        self.heard = threading.Event()
        """Set once a whole email has arrived, answered or not."""
        self._login = (user, password) if user else None
        self.port = free_port()
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=tls,
            require_starttls=tls is not None,
            auth_required=bool(user),
            auth_require_tls=tls is not None,
            authenticator=self._admits,
            enable_SMTPUTF8=True,
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_silent.clear()
        self._controller.stop()

    @property
    def to(self) -> list[str]:
        return [str(message["To"]) for message in self.taken]

    async def handle_RCPT(  # noqa: N802 - the library calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if answer := self.refuses.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.heard.set()
        while self.is_silent.is_set():
            await asyncio.sleep(0.05)
        if self.refuses_content:
            return self.refuses_content
        self.taken.append(message_from_bytes(cast(bytes, envelope.content), policy=default))
        return "250 OK"

    def _admits(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, shown: Any) -> AuthResult:
        given = (shown.login.decode(), shown.password.decode())
        return AuthResult(success=given == self._login, handled=False)
