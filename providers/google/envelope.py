"""What goes before the pages of a calendar: what they don't say themselves and their reader has to know."""

import json
from dataclasses import asdict, dataclass

from oncall_ui.domain.imports.failures import Cause, Unreadable
from providers.google.values import NotExpected, read_object, text

EVENTS = "events"
BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Envelope:
    kind: str
    """EVENTS, or BUSY for answers about free and busy time."""
    address: str
    """The account's own, lower case; empty where it isn't known yet."""
    is_primary: bool
    zone: str
    name: str

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> "Envelope":
        """Raises Unreadable."""
        try:
            found = read_object(body)
        except NotExpected:
            raise unreadable() from None
        kind = found.get("kind")
        if kind not in (EVENTS, BUSY):
            raise unreadable()
        words = {name: text(found.get(name)) for name in ("address", "zone", "name")}
        return cls(kind=kind, is_primary=found.get("is_primary") is True, **words)


def unreadable() -> Unreadable:
    sentence = "This is not what Google Calendar answers. It is read again at the next import."
    return Unreadable(Cause.UNREADABLE, sentence, detail="not a calendar of Google's")
