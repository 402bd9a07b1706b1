"""What members may send to channels of their own, and what a new one gets."""

from collections.abc import Mapping

from oncall_ui.domain.schedules.destinations.fields import FormField, fields_of
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.domain.schedules.messages.kinds import EmailKind

OFFERED = (DestinationKind.SLACK, DestinationKind.TEAMS, DestinationKind.NTFY)
EMAIL_ALONE = frozenset({EmailKind.CALENDARS})
"""These have a queue of their own."""
KINDS = tuple(kind for kind in EmailKind if kind not in EMAIL_ALONE)
_NEAR = (EmailKind.SHIFT_STARTS, EmailKind.HANDOFFS, EmailKind.CONFLICTS)
_USUAL: Mapping[DestinationKind, tuple[EmailKind, ...]] = {
    DestinationKind.SLACK: (EmailKind.SHIFT_CHANGES, EmailKind.REQUESTS, *_NEAR),
    DestinationKind.TEAMS: (EmailKind.SHIFT_CHANGES, EmailKind.REQUESTS, *_NEAR),
    DestinationKind.NTFY: _NEAR,
}


def usual_kinds(kind: DestinationKind) -> tuple[EmailKind, ...]:
    """What a new channel gets unless its member chooses otherwise: ntfy, which rings, only what is near."""
    return tuple(each for each in EmailKind if each in _USUAL[kind])


def channel_fields(kind: DestinationKind) -> tuple[FormField, ...]:
    return fields_of(kind, ())


def may_try_again(kind: DestinationKind, *, may_have_arrived: bool) -> bool:
    """After a failure. ntfy shows a message that comes twice with the same id once; Slack and Teams show both."""
    return not may_have_arrived or kind is DestinationKind.NTFY
