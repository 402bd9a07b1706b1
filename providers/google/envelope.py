"""The first part of what is fetched: what the pages of a calendar don't say themselves."""

import json
from dataclasses import asdict, dataclass

from oncall_ui.domain.imports.failures import Cause, Unreadable
from providers.json import NotExpected, flag, read_object, text

EVENTS = "events"
BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Envelope:
    kind: str
    """EVENTS, or BUSY if the pages are free/busy answers."""
    address: str
    """The account's own, lower case; empty while it isn't known."""
    is_primary: bool
    """Whether it is the account's own calendar; any other may be shared or somebody else's."""
    zone: str
    name: str

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> "Envelope":
        """What `to_bytes` returned. Raises Unreadable for anything else."""
        try:
            found = read_object(body)
            words = {name: text(found, name) for name in ("kind", "address", "zone", "name")}
            is_primary = flag(found, "is_primary")
        except NotExpected:
            raise unreadable() from None
        if words["kind"] not in (EVENTS, BUSY):
            raise unreadable()
        return cls(is_primary=is_primary, **words)


def unreadable() -> Unreadable:
    sentence = "Google sent something that isn’t a calendar."
    return Unreadable(Cause.UNREADABLE, sentence, detail="not a Google calendar")
