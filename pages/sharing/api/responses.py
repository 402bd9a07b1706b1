"""The API's responses, as JSON and in OpenAPI. Times are UTC, `2026-11-22T09:00:00Z`, ends exclusive."""

from datetime import datetime

from pydantic import BaseModel, Field

from oncall_ui.domain.availability.rules import Action, Mode
from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.domain.imports.state import State
from oncall_ui.services.connections.views import CalendarView, ConnectionView
from oncall_ui.services.sharing.api import MemberAvailability


class Interval(BaseModel):
    """A span in which the member can’t (`block`), or would like to (`prefer`), be on call."""

    start: datetime
    end: datetime
    action: Action


class Availability(BaseModel):
    """A member’s availability.

    Outside `known_from` and `known_to`, what isn’t blocked is unknown, which is not the same as free.
    """

    id: int
    name: str
    freshness: Freshness = Field(
        description="The worst of the calendars that are on. `stale`: one hasn’t been imported for more than a day. "
        "`needs_member`: one can’t be imported until the member fixes it. `not_read_yet`: none has been imported yet, "
        "or one has failed since its first attempt. `nothing_connected`: no calendar is on."
    )
    known_from: datetime | None = Field(
        description="Null if nothing is known: no calendar was read, one needs the member, or one is stale."
    )
    known_to: datetime | None = Field(description="Exclusive; null together with `known_from`.")
    unknown_since: datetime | None = Field(
        description="Since when changes are missing because a calendar needs the member or is stale; null otherwise."
    )
    intervals: list[Interval] = Field(
        description="Sorted, cut to the requested span. Intervals of one action never overlap or touch; where a block "
        "and a preference overlap, the block wins."
    )


class Mine(Availability):
    """Your own availability in the requested span."""

    start: datetime
    end: datetime


class Team(BaseModel):
    """Everyone’s availability in the requested span."""

    start: datetime
    end: datetime
    members: list[Availability] = Field(description="By name.")


class Calendar(BaseModel):
    """One of your calendars."""

    id: int
    name: str
    connection: str = Field(description="The nickname of the connection it belongs to.")
    product: str
    on: bool
    mode: Mode
    state: State
    last_read_at: datetime | None = Field(description="Null: not yet.")
    entries: int = Field(description="How many of its entries count now.")


class Calendars(BaseModel):
    """Your calendars, by connection, oldest connection first."""

    calendars: list[Calendar]


def availability(found: MemberAvailability) -> Availability:
    known = found.coverage.known
    return Availability(
        id=found.id,
        name=found.name,
        freshness=found.freshness,
        known_from=known.start if known else None,
        known_to=known.end if known else None,
        unknown_since=found.coverage.unknown_since,
        intervals=[Interval(start=span.start, end=span.end, action=span.action) for span in found.spans],
    )


def mine(found: MemberAvailability, start: datetime, end: datetime) -> Mine:
    return Mine(**availability(found).model_dump(), start=start, end=end)


def calendar(connection: ConnectionView, found: CalendarView) -> Calendar:
    return Calendar(
        id=found.id,
        name=found.name,
        connection=connection.nickname,
        product=connection.product_name,
        on=found.is_on,
        mode=found.mode,
        state=found.state,
        last_read_at=found.last_read_at,
        entries=found.entries,
    )
