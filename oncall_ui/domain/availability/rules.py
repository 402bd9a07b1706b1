"""Event → block, prefer or nothing, always with the reason. The first match decides."""

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.reasons import Reason, words_of
from oncall_ui.domain.availability.tags import tag_in
from oncall_ui.domain.availability.text import plain, visible
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.events import Event, Kind, PartStat
from oncall_ui.domain.schedules.shift_feed import is_shift


class Action(StrEnum):
    """What an availability span means for on-call."""

    BLOCK = "block"
    PREFER = "prefer"


class Mode(StrEnum):
    """How the events of a calendar count."""

    MATCHING = "matching"
    BLOCK = "block"
    PREFER = "prefer"


@dataclass(frozen=True, slots=True)
class Tags:
    """Words in a title or description that decide in mode `matching`, see domain.availability.tags.

    A space or a hyphen in a tag matches any run of spaces or one hyphen.
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
    """`action` is None when the event does not count; `tag` is the one that decided, if one did."""

    action: Action | None
    reason: Reason
    tag: str = ""

    @property
    def words(self) -> str:
        """The reason as a person reads it."""
        return words_of(self.reason, self.tag)


_ANSWERED = {
    PartStat.DECLINED: Reason.DECLINED,
    PartStat.TENTATIVE: Reason.TENTATIVE,
    PartStat.UNANSWERED: Reason.UNANSWERED,
}
"""Why an invitation doesn't count, the plainest answer first: it decides when several trusted addresses answered."""
EVERY = {
    Mode.BLOCK: Decision(Action.BLOCK, Reason.EVERY_EVENT_BLOCKS),
    Mode.PREFER: Decision(Action.PREFER, Reason.EVERY_EVENT_PREFERRED),
}
"""The decision about every event in the modes in which all count alike."""


def decide(event: Event, rules: Rules, *, all_day: bool = False) -> Decision:
    """Whether an occurrence of `event` counts, as what, and why. The order is the promise: shift, cancelled,
    invitation, mode.

    Shifts that On-Call Optimizer published never count: who is on call can be on call. In mode `matching`, whose event
    it is comes before what it says. `all_day` is the occurrence's; out-of-office and holiday events and tags count
    whatever it is.
    """
    if is_shift(event.uid):
        return Decision(None, Reason.ON_CALL_SHIFT)
    if event.cancelled:
        return Decision(None, Reason.CANCELLED)
    if refusal := _refusal(event, rules.addresses):
        return Decision(None, refusal)
    if rules.mode is not Mode.MATCHING:
        skipped = _skipped(event, rules, all_day=all_day)
        return Decision(None, skipped) if skipped else EVERY[rules.mode]
    if _is_somebody_elses(event, rules.addresses):
        return Decision(None, Reason.CREATED_BY_SOMEBODY_ELSE)
    return _by_kind_or_tag(event, rules.tags)


def _refusal(event: Event, trusted: frozenset[str]) -> Reason | None:
    """Why an invitation doesn't count; None for the member's own events and those they organised or accepted."""
    if not event.attendees or event.organizer in trusted:
        return None
    answers = {attendee.answer for attendee in event.attendees if attendee.address in trusted}
    if PartStat.ACCEPTED in answers:
        return None
    return next((reason for answer, reason in _ANSWERED.items() if answer in answers), Reason.NOT_YOURS)


def _is_somebody_elses(event: Event, trusted: frozenset[str]) -> bool:
    """Whether an event without attendees was put into a calendar that may be shared, by none of the member's addresses.

    Published busy times name no one. In the other modes the member has said that every event counts.
    """
    return event.is_shared and not event.attendees and trusted.isdisjoint({event.creator, event.organizer} - {""})


def _skipped(event: Event, rules: Rules, *, all_day: bool) -> Reason | None:
    """What doesn't count even in a mode in which every event does."""
    if event.kind is Kind.INFORMATION:
        return Reason.INFORMATION
    if event.free and not rules.counts_free:
        return Reason.MARKED_FREE
    if all_day and not rules.counts_all_day:
        return Reason.ALL_DAY
    return None


def _by_kind_or_tag(event: Event, tags: Tags) -> Decision:
    if event.kind is Kind.OUT_OF_OFFICE:
        return Decision(Action.BLOCK, Reason.OUT_OF_OFFICE)
    if event.kind is Kind.HOLIDAY:
        return Decision(Action.BLOCK, Reason.HOLIDAY)
    if event.kind is Kind.BUSY_TIME and not event.free:
        return Decision(Action.BLOCK, Reason.BUSY_TIME)
    texts = [(Reason.TAG_IN_TITLE, event.title), (Reason.TAG_IN_DESCRIPTION, visible(event.description))]
    if (seen := plain(event.description)) != event.description:
        # In addition to the raw text, since what looks like HTML need not be.
        texts.append((Reason.TAG_IN_DESCRIPTION, seen))
    for action, words in ((Action.BLOCK, tags.block), (Action.PREFER, tags.prefer)):
        for reason, text in texts:
            if tag := tag_in(text, words):
                return Decision(action, reason, tag)
    return Decision(None, Reason.NO_TAG)


HASH_DIGITS = 48
"""Hexadecimal; with the window's start in front the version fits its column."""


REVISION = 3
"""Raised when `decide` decides otherwise, so that stored availability follows the new rules after an upgrade."""


def rules_version(window: Window, zone: ZoneInfo, rules: Rules) -> str:
    """A fingerprint that differs with the day, the zone, `rules` or REVISION: then a calendar is read in full."""
    values = [
        REVISION,
        zone.key,
        rules.mode,
        rules.counts_free,
        rules.counts_all_day,
        sorted(rules.addresses),
        rules.tags.block,
        rules.tags.prefer,
    ]
    return f"{window.start:%Y%m%d%H%M}-{hashlib.sha256(json.dumps(values).encode()).hexdigest()[:HASH_DIGITS]}"


def same_rules(one: str, other: str) -> bool:
    """Whether two versions differ in nothing but the day."""
    return one.partition("-")[2] == other.partition("-")[2]
