"""How a destination and its deliveries are doing, in words: the same in the list and on its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.destinations.fields import TITLES
from oncall_ui.domain.schedules.destinations.kinds import DeliveryState, DestinationKind, DestinationState, EventKind
from oncall_ui.services.schedules.destinations.views import DeliveryView, DestinationView
from pages.widgets.dates import ago, count, moment_words
from pages.widgets.retrying import next_try

ICONS = {
    DestinationKind.WEBHOOK: "link",
    DestinationKind.PAGERDUTY: "bell",
    DestinationKind.GOALERT: "bell",
    DestinationKind.SLACK: "mail",
    DestinationKind.TEAMS: "mail",
    DestinationKind.NTFY: "bell",
}
EVENTS = {
    EventKind.PLAN_PUBLISHED: "Plan published",
    EventKind.ASSIGNMENT_CHANGED: "Shift changed hands",
    EventKind.CONFLICT_OPENED: "Conflict found",
    EventKind.CONFLICT_CLOSED: "Conflict over",
    EventKind.HANDOFF: "Shift starts",
    EventKind.GAP_SOON: "Gap within a week or a day",
    EventKind.TEST: "Test",
}
RESULTS = {
    DeliveryState.WAITING: ("is-idle", "Waiting"),
    DeliveryState.DELIVERED: ("is-ok", "Delivered"),
    DeliveryState.REFUSED: ("is-bad", "Refused"),
    DeliveryState.GIVEN_UP: ("is-off", "Given up"),
}


@dataclass(frozen=True, slots=True)
class Status:
    """Its look, the word it begins with, what follows, and the sentence below."""

    css: str
    word: str
    facts: str
    why: str = ""


def status_of(view: DestinationView, zone: ZoneInfo, now: datetime) -> Status:
    match view.state:
        case DestinationState.WAITING:
            return Status("is-idle", "Waiting", "sending now" if view.is_busy else "nothing sent yet")
        case DestinationState.IN_STEP:
            return Status("is-ok", "In step", "sending now" if view.is_busy else _in_step(view, zone, now))
        case DestinationState.RETRYING:
            return Status("is-warn", "Retrying", next_try(view.attempts, view.next_at, zone, now), view.why)
        case DestinationState.NEEDS_YOU:
            since = moment_words(view.state_since, zone, now.astimezone(zone).date())
            return Status("is-bad", "Needs you", f"since {since}", view.why)
        case DestinationState.OFF:
            return Status("is-off", "Off", "nothing is sent")


def destination_rows(views: Iterable[DestinationView], zone: ZoneInfo, now: datetime) -> list[dict[str, Any]]:
    rows = []
    for view in views:
        status = status_of(view, zone, now)
        rows.append(
            {
                "key": view.id,
                "icon": f"oc-i oc-i-{ICONS[view.kind]}",
                "name": view.name,
                "where": where_words(view),
                "css": f"oc-status {status.css}",
                "word": status.word,
                "facts": f" · {status.facts}",
                "why": status.why,
            }
        )
    return rows


def delivery_rows(deliveries: Iterable[DeliveryView], zone: ZoneInfo, now: datetime) -> list[dict[str, Any]]:
    today = now.astimezone(zone).date()
    rows = []
    for each in deliveries:
        css, word = RESULTS[each.state]
        rows.append(
            {
                "key": each.id,
                "at": moment_words(each.created_at, zone, today),
                "what": EVENTS[each.kind],
                "id": each.event_id,
                "css": f"oc-status {css}",
                "word": word,
                "facts": _answer(each),
                "why": each.why,
                "again": each.state is not DeliveryState.WAITING,
            }
        )
    return rows


def where_words(view: DestinationView) -> str:
    """`Webhook to hooks.example.org`."""
    return f"{TITLES[view.kind]} to {view.account}" if view.account else TITLES[view.kind]


def summary(views: Iterable[DestinationView]) -> str:
    """`2 in step, 1 retrying`; empty without any."""
    states = [view.state for view in views]
    words = {
        DestinationState.NEEDS_YOU: "needs you",
        DestinationState.RETRYING: "retrying",
        DestinationState.IN_STEP: "in step",
    }
    return ", ".join(f"{states.count(state)} {word}" for state, word in words.items() if state in states)


def _in_step(view: DestinationView, zone: ZoneInfo, now: datetime) -> str:
    if view.last_ok_at is None:
        return ""
    last = ago(view.last_ok_at, zone, now)
    if view.kind.keeps_shifts:
        return f"{count(view.sent, 'shift')}, compared {last}"
    return f"last sent {last}"


def _answer(each: DeliveryView) -> str:
    parts = []
    if each.status is not None:
        parts.append(f"answered {each.status} in {each.milliseconds} ms")
    if each.attempts > 1:
        parts.append(count(each.attempts, "try", "tries"))
    return "".join(f" · {part}" for part in parts)
