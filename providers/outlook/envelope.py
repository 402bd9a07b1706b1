"""The first part of what is fetched: what the events themselves don't say."""

import json
from dataclasses import dataclass

from providers.outlook.values import Odd, flag, loaded, several

_MARK = "outlook calendar view"


@dataclass(frozen=True, slots=True)
class Envelope:
    """`owner` are the addresses of the calendar's owner, lower case, the account's own first where they are one.

    An event's `responseStatus` and `isOrganizer` speak for this owner, whatever alias the invitation went to.
    """

    owner: tuple[str, ...]
    narrow: bool
    """Times and flags only were asked for."""

    def to_bytes(self) -> bytes:
        envelope = {"holds": _MARK, "owner": list(self.owner), "narrow": self.narrow}
        return json.dumps(envelope, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Envelope":
        """What `to_bytes` gave. Raises Odd for anything else."""
        found = loaded(raw)
        if found.get("holds") != _MARK:
            raise Odd("It is not what an Outlook calendar begins with.")
        owner = tuple(str(each) for each in several(found, "owner"))
        return cls(owner, flag(found, "narrow"))
