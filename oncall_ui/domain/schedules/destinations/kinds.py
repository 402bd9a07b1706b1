"""Closed lists about destinations: what they are, what is sent there, and how that goes."""

from enum import StrEnum


class DestinationKind(StrEnum):
    """What is at the other end."""

    WEBHOOK = "webhook"
    GOALERT = "goalert"
    PAGERDUTY = "pagerduty"
    SLACK = "slack"
    TEAMS = "teams"
    NTFY = "ntfy"

    @property
    def keeps_shifts(self) -> bool:
        """Whether it holds a copy of the published shifts; the others get an event at a time."""
        return self in (DestinationKind.GOALERT, DestinationKind.PAGERDUTY)


class EventKind(StrEnum):
    """What may happen to a published schedule. The values are those that receivers see."""

    PLAN_PUBLISHED = "plan.published"
    ASSIGNMENT_CHANGED = "assignment.changed"
    CONFLICT_OPENED = "conflict.opened"
    CONFLICT_CLOSED = "conflict.closed"
    HANDOFF = "handoff"
    GAP_SOON = "gap.soon"
    TEST = "test"

    @property
    def changes_shifts(self) -> bool:
        return self in (EventKind.PLAN_PUBLISHED, EventKind.ASSIGNMENT_CHANGED)


CHOSEN_BY_KIND = {
    DestinationKind.WEBHOOK: tuple(kind for kind in EventKind if kind is not EventKind.TEST),
    DestinationKind.SLACK: (EventKind.PLAN_PUBLISHED, EventKind.HANDOFF, EventKind.CONFLICT_OPENED, EventKind.GAP_SOON),
    DestinationKind.TEAMS: (EventKind.PLAN_PUBLISHED, EventKind.HANDOFF, EventKind.CONFLICT_OPENED, EventKind.GAP_SOON),
    DestinationKind.NTFY: (EventKind.HANDOFF, EventKind.CONFLICT_OPENED, EventKind.GAP_SOON),
    DestinationKind.GOALERT: (),
    DestinationKind.PAGERDUTY: (),
}
"""What a new destination is sent unless its manager chooses otherwise."""


class DestinationState(StrEnum):
    """How a destination is doing."""

    WAITING = "waiting"
    """Nothing was sent there yet."""
    IN_STEP = "in_step"
    RETRYING = "retrying"
    NEEDS_YOU = "needs_you"
    OFF = "off"


class DeliveryState(StrEnum):
    """How far the delivery of one event is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    REFUSED = "refused"
    """The receiver doesn’t want this one. Sent again only when somebody asks for it."""
    GIVEN_UP = "given_up"
    """It stayed undelivered for too long."""
