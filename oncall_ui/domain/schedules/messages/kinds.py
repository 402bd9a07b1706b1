"""The kinds of messages, and which switch on a member's page turns each off."""

from enum import StrEnum


class EmailKind(StrEnum):
    """What members may turn off, in the order of the page."""

    SHIFT_CHANGES = "shift_changes"
    SHIFT_STARTS = "shift_starts"
    HANDOFFS = "handoffs"
    REQUESTS = "requests"
    CONFLICTS = "conflicts"
    WEEK_AHEAD = "week_ahead"
    PLANS = "plans"
    CALENDARS = "calendars"
    """Alerts about calendars, which have a queue of their own."""


class MessageKind(StrEnum):
    """What a message says."""

    PUBLISHED = "published"
    HANDED_OVER = "handed_over"
    REPAIRED = "repaired"
    """A manager used a fix."""
    WEEK_BEFORE = "week_before"
    DAY_BEFORE = "day_before"
    ON_CALL = "on_call"
    """A shift begins."""
    OFF_CALL = "off_call"
    """A shift is over, and somebody else has the next one."""
    ASKED = "asked"
    ANSWERED = "answered"
    TAKEN = "taken"
    CONFLICT = "conflict"
    GAP = "gap"
    GAP_SOON = "gap_soon"
    WEEK_AHEAD = "week_ahead"
    PLAN_READY = "plan_ready"
    PLAN_HELD_BACK = "plan_held_back"

    @property
    def switch(self) -> EmailKind:
        """What turns it off."""
        return _SWITCHES[self]


class Occasion(StrEnum):
    """What changed the shifts: a message of the same kind says so."""

    PUBLISHED = "published"
    HANDED_OVER = "handed_over"
    REPAIRED = "repaired"


_SWITCHES = {
    MessageKind.PUBLISHED: EmailKind.SHIFT_CHANGES,
    MessageKind.HANDED_OVER: EmailKind.SHIFT_CHANGES,
    MessageKind.REPAIRED: EmailKind.SHIFT_CHANGES,
    MessageKind.WEEK_BEFORE: EmailKind.SHIFT_STARTS,
    MessageKind.DAY_BEFORE: EmailKind.SHIFT_STARTS,
    MessageKind.ON_CALL: EmailKind.HANDOFFS,
    MessageKind.OFF_CALL: EmailKind.HANDOFFS,
    MessageKind.ASKED: EmailKind.REQUESTS,
    MessageKind.ANSWERED: EmailKind.REQUESTS,
    MessageKind.TAKEN: EmailKind.REQUESTS,
    MessageKind.CONFLICT: EmailKind.CONFLICTS,
    MessageKind.GAP: EmailKind.CONFLICTS,
    MessageKind.GAP_SOON: EmailKind.CONFLICTS,
    MessageKind.WEEK_AHEAD: EmailKind.WEEK_AHEAD,
    MessageKind.PLAN_READY: EmailKind.PLANS,
    MessageKind.PLAN_HELD_BACK: EmailKind.PLANS,
}
