"""What every program that keeps a copy of our shifts can do. PagerDuty and GoAlert are in modules of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from oncall_ui.domain.schedules.destinations.copies import Decided, Edit, Held, Span


@dataclass(frozen=True, slots=True)
class Copy:
    """What one schedule there should hold. `holes`: shifts of people whom the program doesn't know."""

    place: str
    shifts: Sequence[Held]
    holes: Sequence[Span]
    decided: Decided
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """How that went: shifts that are there, shifts it refused, and what somebody changed there."""

    sent: int = 0
    refused: int = 0
    edits: tuple[Edit, ...] = ()


class Program(Protocol):
    async def user_with(self, email: str) -> str:
        """The id there of the user with that address; empty if there is none. Raises a Failure."""

    async def bring_in_step(self, copy: Copy) -> Outcome:
        """Raises a Failure, RefusedOne or LeaseLost. What was done until then is noted."""
