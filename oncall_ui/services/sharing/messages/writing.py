"""What every writer of a message gets, and what it returns."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from oncall_ui.domain.accounts.emails import Email
from oncall_ui.models import Member, Message
from oncall_ui.services.schedules.messages.links import create_link


@dataclass(frozen=True, slots=True)
class Writing:
    """A message that is being written, in the transaction that marks it as sent."""

    session: Session
    message: Message
    member: Member
    moment: datetime
    public_url: str
    stop_url: str
    """Turns messages of this kind off."""
    is_for_channel: bool = False
    """Others may read it, too."""

    @property
    def schedule_url(self) -> str:
        return f"{self.public_url}/schedules/{self.message.schedule_id}"

    def link(self, path: str, action: str, until: datetime) -> str:
        """A link below `path` that works once, without a login. See `links`. Empty in a channel."""
        if self.is_for_channel:
            return ""
        return f"{self.public_url}/{path}/{create_link(self.session, self.message, action, until)}"


@dataclass(frozen=True, slots=True)
class Written:
    """Ready to be sent; `attached` is an iCalendar file."""

    email: Email
    attached: bytes = b""


Writer = Callable[[Writing], Written | None]
"""None: nothing is left to tell."""
