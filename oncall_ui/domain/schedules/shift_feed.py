"""The UIDs under which shifts are published in calendars (RFC 5545 section 3.8.4.7), and how to recognise them."""

from datetime import UTC, datetime
from enum import StrEnum

DOMAIN = "shifts.oncall-optimizer.invalid"
"""The same on every installation, so that each recognises the shifts of all."""
_EXCHANGE = DOMAIN.encode().hex()
"""Exchange keeps foreign UIDs inside an identifier of its own, as hexadecimal digits (MS-OXOCAL section 2.2.1.27)."""


class FeedKind(StrEnum):
    """Which shifts a private address shows."""

    MINE = "mine"
    SCHEDULE = "schedule"
    EVERYTHING = "everything"


def uid_of(schedule_uid: str, start: datetime, role: str, part: datetime | None = None) -> str:
    """The same for every holder. `part`: when a part begins that isn't the first one of its slot."""
    moments = "-".join(f"{each.astimezone(UTC):%Y%m%dT%H%M%SZ}" for each in (start, part) if each is not None)
    return f"{schedule_uid}-{moments}-{_plain(role)}@{DOMAIN}"


def is_shift(uid: str) -> bool:
    """Whether an event is a shift that an installation published."""
    found = uid.lower()
    return found.endswith(f"@{DOMAIN}") or _EXCHANGE in found


def _plain(role: str) -> str:
    """A role in characters that every calendar program keeps as they are; different roles stay different."""
    return "".join(each if each.isascii() and each.isalnum() else f"_{ord(each):x}_" for each in role)
