"""The name of a slot in addresses and feeds. It stays the same when the holder changes."""

import re
from datetime import UTC, datetime

from oncall_ui.domain.schedules.planning.problem import Slot

_KEY = re.compile(r"(\d{8}T\d{6}Z)-(.+)", re.DOTALL)
_FORM = "%Y%m%dT%H%M%SZ"


def slot_key(start: datetime, role: str) -> str:
    """`20261207T080000Z-primary`: the start in UTC as RFC 5545 writes it, and the role."""
    return f"{start.astimezone(UTC):{_FORM}}-{role}"


def parse_slot_key(text: str) -> Slot | None:
    """None if it isn't one."""
    found = _KEY.fullmatch(text)
    if found is None:
        return None
    try:
        return Slot(datetime.strptime(found[1], _FORM).replace(tzinfo=UTC), found[2])
    except ValueError:
        return None
