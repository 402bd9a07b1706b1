"""Event → block, prefer or nothing, always with the reason in words. First match decides."""

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.tags import tag_in
from oncall_ui.domain.availability.text import plain
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.events import Event, Kind, PartStat


class Action(StrEnum):
    """What a piece of availability means for on-call."""

    BLOCK = "block"
    PREFER = "prefer"


class Mode(StrEnum):
    """How the events of a calendar count."""

    MATCHING = "matching"
    BLOCK = "block"
    PREFER = "prefer"


@dataclass(frozen=True, slots=True)
class Tags:
    """Words in a title or description that decide in mode `matching`, see domain.tags.

    A space in a tag stands for any run of spaces or one hyphen.
    """

    block: tuple[str, ...] = ("not oncall", "no oncall", "not on-call", "no on-call", "noc")
    prefer: tuple[str, ...] = ("prefer oncall", "prefer on-call")


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides for one calendar: its settings, its member's trusted addresses (lower case), the team's tags."""

    mode: Mode = Mode.MATCHING
    addresses: frozenset[str] = frozenset()
    counts_free: bool = False
    counts_all_day: bool = True
    tags: Tags = field(default_factory=Tags)


@dataclass(frozen=True, slots=True)
class Decision:
    """`action` is None when the event does not count."""

    action: Action | None
    reason: str


CANCELLED = Decision(None, "cancelled")
INFORMATION = Decision(None, "says nothing about being busy")
MARKED_FREE = Decision(None, "marked free")
ALL_DAY = Decision(None, "lasts whole days")
NO_TAG = Decision(None, "no tag in title or description")
NOT_YOURS = Decision(None, "an invitation to addresses that aren’t known as yours")
OUT_OF_OFFICE = Decision(Action.BLOCK, "out of office")
HOLIDAY = Decision(Action.BLOCK, "holiday")
BUSY_TIME = Decision(Action.BLOCK, "published as busy")

_ANSWERED = {
    PartStat.DECLINED: Decision(None, "an invitation you declined"),
    PartStat.TENTATIVE: Decision(None, "an invitation you answered with maybe"),
    PartStat.UNANSWERED: Decision(None, "an invitation you haven’t answered"),
}
EVERY = {
    Mode.BLOCK: Decision(Action.BLOCK, "every event of this calendar blocks"),
    Mode.PREFER: Decision(Action.PREFER, "every event of this calendar is preferred"),
}
"""What an event comes to where all of them count the same."""


def decide(event: Event, rules: Rules, *, all_day: bool = False) -> Decision:
    """Whether an occurrence of `event` counts, as what, and why. The order is the promise: cancelled, invitation, mode.

    `all_day` is the occurrence's. What says by itself that somebody is away, or carries a tag, counts all the same.
    """
    if event.cancelled:
        return CANCELLED
    if refusal := _refusal(event, rules.addresses):
        return refusal
    if rules.mode is Mode.MATCHING:
        return _by_kind_or_tag(event, rules.tags)
    return _passed_over(event, rules, all_day=all_day) or EVERY[rules.mode]


def _refusal(event: Event, trusted: frozenset[str]) -> Decision | None:
    """Why an invitation doesn't count; None for the member's own events and those they organised or accepted."""
    if not event.attendees or event.organizer in trusted:
        return None
    answers = {attendee.answer for attendee in event.attendees if attendee.address in trusted}
    if PartStat.ACCEPTED in answers:
        return None
    for answer in (PartStat.DECLINED, PartStat.TENTATIVE, PartStat.UNANSWERED):
        if answer in answers:
            return _ANSWERED[answer]
    return NOT_YOURS


def _passed_over(event: Event, rules: Rules, *, all_day: bool) -> Decision | None:
    """What doesn't count even where every event does."""
    if event.kind is Kind.INFORMATION:
        return INFORMATION
    if event.free and not rules.counts_free:
        return MARKED_FREE
    if all_day and not rules.counts_all_day:
        return ALL_DAY
    return None


def _by_kind_or_tag(event: Event, tags: Tags) -> Decision:
    if event.kind is Kind.OUT_OF_OFFICE:
        return OUT_OF_OFFICE
    if event.kind is Kind.HOLIDAY:
        return HOLIDAY
    if event.kind is Kind.BUSY_TIME and not event.free:
        return BUSY_TIME
    texts = [("title", event.title), ("description", event.description)]
    if (seen := plain(event.description)) != event.description:
        # Beside what is written, since what looks like HTML need not be.
        texts.append(("description", seen))
    for action, words in ((Action.BLOCK, tags.block), (Action.PREFER, tags.prefer)):
        for place, text in texts:
            if tag := tag_in(text, words):
                return Decision(action, f"tag “{tag}” in the {place}")
    return NO_TAG


LENGTH = 48
"""Hexadecimal digits of the rules' hash: with the day in front it fits its column."""


def rules_version(window: Window, zone: ZoneInfo, rules: Rules) -> str:
    """Changes with every new day, and with another mode, address, tag or zone."""
    said = [
        zone.key,
        rules.mode,
        rules.counts_free,
        rules.counts_all_day,
        sorted(rules.addresses),
        rules.tags.block,
        rules.tags.prefer,
    ]
    return f"{window.start:%Y%m%d%H%M}-{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:LENGTH]}"


def same_rules(one: str, other: str) -> bool:
    """Whether two readings differ in nothing but the day."""
    return one.partition("-")[2] == other.partition("-")[2]
