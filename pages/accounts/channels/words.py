"""How a member's channels are doing, and what goes to which of them, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.destinations.fields import TITLES
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState
from oncall_ui.domain.schedules.messages.channels import EMAIL_ALONE
from oncall_ui.domain.schedules.messages.kinds import EmailKind
from oncall_ui.domain.schedules.messages.timing import Quiet
from oncall_ui.services.sharing.channels.views import ChannelView
from pages.widgets.dates import ago
from pages.widgets.retrying import next_try

EMAIL = 0
"""In place of a channel's id."""
ICONS = {DestinationKind.SLACK: "chat", DestinationKind.TEAMS: "chat", DestinationKind.NTFY: "bell"}
WORDS = {
    EmailKind.SHIFT_CHANGES: ("Shift published or changed", "You gained, lost or moved a shift, and why"),
    EmailKind.SHIFT_STARTS: ("Shift starts", "A week and a day before"),
    EmailKind.HANDOFFS: ("Handover", "When you take over and when you’re done"),
    EmailKind.REQUESTS: ("Requests and answers", "Swaps, cover, and what became of yours"),
    EmailKind.CONFLICTS: ("Conflict or gap", "A shift of yours, or one you manage, is blocked or empty"),
    EmailKind.CALENDARS: ("Calendar needs you", "A calendar of yours can’t be read. Email only"),
    EmailKind.WEEK_AHEAD: ("Week ahead", "Mondays, 08:00"),
    EmailKind.PLANS: ("Plan needs you", "One of a schedule you manage is ready for review, or was held back"),
}
"""In the order of the page: title and what it is about."""
NO_SERVER = "This server doesn’t send email. Ask your administrator."


@dataclass(frozen=True, slots=True)
class Mail:
    """Where emails go, which are wanted, and whether this server sends any."""

    address: str
    wanted: Mapping[EmailKind, bool]
    is_sent: bool


def matrix(mail: Mail, channels: Sequence[ChannelView], redrawn: int) -> dict[str, Any]:
    """The one row of the table. `redrawn` counts how often boxes had to be set back."""
    columns = [(EMAIL, "Email"), *((each.id, each.name) for each in channels)]
    return {
        "key": f"all-{redrawn}",
        "columns": [{"id": number, "name": name} for number, name in columns],
        "messages": [
            {
                "kind": kind.value,
                "title": title,
                "line": line,
                "cells": [
                    {"id": EMAIL, "name": "Email", "on": mail.wanted[kind], "offered": True},
                    *(
                        {"id": each.id, "name": each.name, "on": kind in each.kinds, "offered": kind not in EMAIL_ALONE}
                        for each in channels
                    ),
                ],
            }
            for kind, (title, line) in WORDS.items()
        ],
    }


def channel_rows(mail: Mail, channels: Iterable[ChannelView], zone: ZoneInfo, now: datetime) -> list[dict[str, Any]]:
    email = {
        "key": EMAIL,
        "icon": "oc-i oc-i-mail",
        "name": "Email",
        "tag": "",
        "tagCss": "",
        "css": "",
        "facts": mail.address if mail.is_sent else NO_SERVER,
    }
    return [email, *(_row(each, zone, now) for each in channels)]


def _row(view: ChannelView, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    tag, tag_css = _TAGS.get(view.state, ("", ""))
    return {
        "key": view.id,
        "icon": f"oc-i oc-i-{ICONS[view.kind]}",
        "name": view.name,
        "tag": tag,
        "tagCss": f"oc-tag {tag_css}",
        "css": "bad" if view.state is DestinationState.NEEDS_YOU else "",
        "facts": _facts(view, zone, now),
    }


_TAGS = {
    DestinationState.RETRYING: ("Retrying", "warn oc-icon oc-i-retry"),
    DestinationState.NEEDS_YOU: ("Needs you", "bad oc-icon oc-i-alert"),
    DestinationState.OFF: ("Paused", ""),
}


def _facts(view: ChannelView, zone: ZoneInfo, now: datetime) -> str:
    place = view.account if view.name == TITLES[view.kind] else f"{TITLES[view.kind]} to {view.account}"
    if view.state is DestinationState.OFF:
        return f"{place} · nothing is sent"
    if view.state is DestinationState.NEEDS_YOU:
        return view.why
    if view.state is DestinationState.RETRYING:
        return f"{view.why} {next_try(view.attempts, view.next_at, zone, now).capitalize()}."
    if view.is_busy:
        return f"{place} · sending now"
    return f"{place} · sent {ago(view.last_ok_at, zone, now)}" if view.last_ok_at else f"{place} · nothing sent yet"


def summary(mail: Mail, channels: Sequence[ChannelView], quiet: Quiet) -> tuple[str, str, str]:
    """The look of the sentence below the heading, the words it begins with, and what follows."""
    by_state = {state: [each.name for each in channels if each.state is state] for state in DestinationState}
    broken, retrying = by_state[DestinationState.NEEDS_YOU], by_state[DestinationState.RETRYING]
    works = ["Email"] if mail.is_sent else []
    works += [each.name for each in channels if each.state in {DestinationState.IN_STEP, DestinationState.WAITING}]
    facts = [_verb(works, "works", "work")] if works else []
    if quiet.is_on:
        facts.append(f"quiet from {quiet.begin:02}:00 to {quiet.end:02}:00")
    if broken and retrying:
        facts.insert(0, _verb(retrying, "is retrying", "are retrying"))
    if broken:
        return "is-bad", _verb(broken, "needs you", "need you"), ", ".join(facts)
    if retrying:
        return "is-warn", _verb(retrying, "is retrying", "are retrying"), ", ".join(facts)
    if not works:
        return "is-off", "Nothing reaches you", "this server doesn’t send email, and no channel is on"
    return "is-ok", facts[0], ", ".join(facts[1:])


def _verb(names: Sequence[str], one: str, more: str) -> str:
    if len(names) == 1:
        return f"{names[0]} {one}"
    return f"{', '.join(names[:-1])} and {names[-1]} {more}"
