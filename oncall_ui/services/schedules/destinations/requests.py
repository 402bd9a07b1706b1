"""What is sent for one event: by the kind of destination."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, EventKind
from oncall_ui.domain.schedules.destinations.webhook import body_of, headers_of


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it was noted."""

    id: str
    kind: EventKind
    facts: Mapping[str, Any]
    created_at: datetime
    url: str
    """The schedule's page."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    url: str
    body: bytes
    headers: Mapping[str, str]


def outgoing(kind: DestinationKind, secrets: Mapping[str, str], event: Event, at: datetime) -> Outgoing:
    """`at`: when it is sent."""
    assert kind is DestinationKind.WEBHOOK
    body = body_of(event.id, event.kind, event.created_at, event.facts, url=event.url)
    return Outgoing(secrets["url"], body, headers_of(secrets["secret"], event.id, at, body))
