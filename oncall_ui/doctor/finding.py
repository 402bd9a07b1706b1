"""What a check found."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    GOOD = "good"
    NOTE = "note"
    """Worth knowing, nothing to mend."""
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """`said` is a sentence for the operator; for a fault it ends with what to do."""

    name: str
    verdict: Verdict
    said: str
