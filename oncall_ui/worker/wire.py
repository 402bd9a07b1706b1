"""What the app and the processes of the fork server say to each other, over one socket per call.

The app sends one request. The process answers with messages: a kind, a number, and for results that many bytes. A call
that asks the app for something on its way (`link`) gets replies, each a length and that many bytes.
"""

import struct
from enum import StrEnum

HEADER = struct.Struct("!cq")
LENGTH = struct.Struct("!q")


class Kind(StrEnum):
    """Of a message from a process."""

    STARTED = "s"
    COUNT = "c"
    """The number is the latest count."""
    RESULT = "r"
    """The number is the length of the pickled result, which follows; the same for ERROR."""
    ERROR = "e"
    OUT_OF_MEMORY = "m"
    ASK = "a"
    """The number is the length of a pickled (id, name, arguments), which follows; the id is 0 if no reply is wanted."""


def header(kind: Kind, number: int = 0) -> bytes:
    return HEADER.pack(kind.encode(), number)


def parse(data: bytes | bytearray) -> tuple[Kind, int]:
    kind, number = HEADER.unpack(data)
    return Kind(kind.decode()), number
