"""The first part of what is fetched: what the events don't say themselves."""

import json
from dataclasses import dataclass

from providers.json import NotExpected, flag, read_object, several, text

_MARK = "outlook calendar view"


@dataclass(frozen=True, slots=True)
class Envelope:
    """`owner`: the addresses of the calendar's owner, lower case; the account's own first if it is the owner.

    An event's `responseStatus` and `isOrganizer` speak for this owner, whatever alias was invited.
    """

    owner: tuple[str, ...]
    narrow: bool
    """Whether only times and flags were requested."""
    is_default: bool = False
    """Whether it is the account's default calendar; any other may be shared or somebody else's."""

    def to_bytes(self) -> bytes:
        envelope = {"holds": _MARK, "owner": list(self.owner), "narrow": self.narrow, "default": self.is_default}
        return json.dumps(envelope, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> "Envelope":
        """What `to_bytes` returned. Raises NotExpected for anything else."""
        found = read_object(body)
        if text(found, "holds") != _MARK:
            raise NotExpected("It isn’t the beginning of an Outlook calendar.")
        owner = tuple(str(each) for each in several(found, "owner"))
        return cls(owner, flag(found, "narrow"), flag(found, "default"))
