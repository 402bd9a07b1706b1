"""The result of a check."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    GOOD = "good"
    NOTE = "note"
    """Worth knowing, nothing to fix."""
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` is for the operator; that of a fault ends with what to do."""

    name: str
    verdict: Verdict
    text: str
