"""What is sent for one event: by the kind of destination."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, EventKind
from oncall_ui.domain.schedules.destinations.messages import Message, message_of
from oncall_ui.domain.schedules.destinations.webhook import body_of, headers_of

JSON = {"content-type": "application/json"}


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
    """`at`: when it is sent. Raises LookupError for facts that aren't of the event's kind."""
    if kind is DestinationKind.WEBHOOK:
        body = body_of(event.id, event.kind, event.created_at, event.facts, url=event.url)
        return Outgoing(secrets["url"], body, headers_of(secrets["secret"], event.id, at, body))
    return message_request(kind, secrets, event.id, message_of(event.kind, event.facts, event.url))


def message_request(kind: DestinationKind, secrets: Mapping[str, str], event_id: str, message: Message) -> Outgoing:
    """A message for people: in Slack, Teams or ntfy."""
    return _WRITERS[kind](secrets, event_id, message)


def _slack(secrets: Mapping[str, str], _: str, message: Message) -> Outgoing:
    heading, *lines = (_escaped(each) for each in (message.heading, *message.lines))
    text = "\n".join([f"*{heading}*", *lines, f"<{message.url}|{message.opens}>"])
    return Outgoing(secrets["url"], _json({"text": text}), JSON)


def _teams(secrets: Mapping[str, str], _: str, message: Message) -> Outgoing:
    """As “Post to a channel when a webhook request is received” takes it."""
    blocks = [{"type": "TextBlock", "text": _plain(message.heading), "weight": "Bolder", "wrap": True}]
    blocks += [{"type": "TextBlock", "text": _plain(line), "wrap": True, "spacing": "Small"} for line in message.lines]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
        "actions": [{"type": "Action.OpenUrl", "title": message.opens, "url": message.url}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return Outgoing(secrets["url"], _json({"type": "message", "attachments": [attachment]}), JSON)


def _ntfy(secrets: Mapping[str, str], event_id: str, message: Message) -> Outgoing:
    """A server that knows `sequence_id` shows an event that comes twice once."""
    told = {
        "topic": secrets["topic"],
        "title": message.heading,
        "message": "\n".join(message.lines),
        "click": message.url,
        "priority": 4 if message.is_urgent else 3,
        "sequence_id": event_id,
    }
    token = secrets.get("token", "")
    headers = JSON | {"authorization": f"Bearer {token}"} if token else JSON
    return Outgoing(secrets["url"], _json(told), headers)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _escaped(text: str) -> str:
    """Nothing in a name is a link or a mention (https://api.slack.com/reference/surfaces/formatting)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> str:
    """Nothing in a name is Markdown, which cards understand."""
    return "".join(f"\\{each}" if each in "\\`*_[]()#" else each for each in text)


_WRITERS: Mapping[DestinationKind, Callable[[Mapping[str, str], str, Message], Outgoing]] = {
    DestinationKind.SLACK: _slack,
    DestinationKind.TEAMS: _teams,
    DestinationKind.NTFY: _ntfy,
}
