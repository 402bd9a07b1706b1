"""Email that nothing waits for: sent one after the other in a thread of its own, so that a slow mail server delays
no page, and the time an answer takes doesn't depend on whether something is sent.

What waits is in memory: a message of a process that ends meanwhile is lost.
"""

import threading
from collections import deque
from dataclasses import dataclass

import structlog

from oncall_ui.email import mail
from oncall_ui.reporting.outages import Outages
from oncall_ui.settings import Settings
from oncall_ui.threads import in_a_thread

log = structlog.get_logger()

MOST_WAITING = 200
TRIES, PAUSE_SECONDS = 3, 20.0
"""While the server can't be reached."""


@dataclass(frozen=True, slots=True)
class Message:
    """Plain text for one address."""

    to: str
    subject: str
    text: str


class Postbox:
    """Safe from every thread."""

    def __init__(self, settings: Settings, outages: Outages, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._settings, self._outages, self._pause_seconds = settings, outages, pause_seconds
        self._lock = threading.Lock()
        self._waiting: deque[Message] = deque()
        self._is_working = False
        self._never = threading.Event()

    @property
    def is_set_up(self) -> bool:
        """Whether this server sends email at all."""
        return mail.is_set_up(self._settings)

    @property
    def is_working(self) -> bool:
        """Whether something is being sent, or waits for it."""
        with self._lock:
            return self._is_working

    def post(self, to: str, subject: str, text: str) -> None:
        """Sends it soon; returns at once. Does nothing on a server without email."""
        if not self.is_set_up:
            return
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                log.warning("email not sent: too many are waiting", waiting=len(self._waiting))
                return
            self._waiting.append(Message(to, subject, text))
            if self._is_working:
                return
            self._is_working = True
        in_a_thread("postbox", self._work)

    def _work(self) -> None:
        while (message := self._next()) is not None:
            try:
                self._send(message)
            except Exception:  # the thread's edge: the others are sent all the same
                log.exception("email can't be sent", subject=message.subject)

    def _next(self) -> Message | None:
        with self._lock:
            self._is_working = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None

    def _send(self, message: Message) -> None:
        for tries_left in reversed(range(TRIES)):
            try:
                mail.send(self._settings, message.to, message.subject, message.text)
            except mail.ServerUnavailable as error:
                self._outages.failed("mail server", str(error))
                if tries_left:
                    self._never.wait(self._pause_seconds)
            except (mail.NotSent, mail.MaybeSent) as error:
                log.warning("email not sent, or not certainly", subject=message.subject, why=str(error))
                return
            else:
                self._outages.worked("mail server")
                return
        log.warning("email not sent: the mail server can't be reached", subject=message.subject)
