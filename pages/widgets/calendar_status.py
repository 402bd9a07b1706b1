"""A calendar's status in words: the same on every page, whether the page was open all along or opened later."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from nicegui import html, ui

from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.imports.suspected_loss import Resolution
from oncall_ui.services.connections.views import CalendarView, SuspectedLossView
from oncall_ui.services.imports.record import STORED_PROBLEMS
from pages.widgets.dates import HOUR, MINUTE, NBSP, ago, clock, count, day_words, moment_words, ordinal

MODES = {
    Mode.MATCHING: "Matching events",
    Mode.BLOCK: "Every event blocks",
    Mode.PREFER: "Every event is a preference",
}


@dataclass(frozen=True, slots=True)
class Status:
    """Its look, the word it begins with, what follows directly, and the sentence below.

    `when` is the part of the facts that changes by the minute although nothing happened.
    """

    css: str
    word: str
    when: str = ""
    what: str = ""
    why: str = ""

    @property
    def facts(self) -> str:
        return self.when + self.what


def status_of(calendar: CalendarView, zone: ZoneInfo, now: datetime) -> Status:
    """In the six words of the contract."""
    match calendar.state:
        case State.WAITING:
            begins = "starts again" if calendar.last_read_at else "first import starts"
            return Status("is-idle", "Waiting", what=f" · {begins} in a moment")
        case State.IMPORTING:
            return Status("is-busy", "Importing", what=f" · {_progress(calendar)}")
        case State.UP_TO_DATE:
            read_at = calendar.last_read_at or calendar.state_since
            return Status("is-ok", "Up to date", f" · {ago(read_at, zone, now)}", f" · {_result(calendar)}")
        case State.RETRYING:
            return _retrying(calendar, zone, now)
        case State.NEEDS_YOU:
            return _needs_you(calendar, zone, now)
        case State.OFF:
            return Status("is-off", "Off", what=" · nothing is read", why=calendar.why)


def mode_words(calendar: CalendarView) -> str:
    """How its events count; nothing for a calendar that is off."""
    if not calendar.is_on:
        return ""
    return how_words(calendar.mode, counts_free=calendar.counts_free, counts_all_day=calendar.counts_all_day)


def how_words(mode: Mode, *, counts_free: bool, counts_all_day: bool) -> str:
    # In mode `matching` the tag decides, also for events marked free and all-day events.
    if mode is Mode.MATCHING:
        return MODES[mode]
    return MODES[mode] + (", including free" if counts_free else "") + ("" if counts_all_day else ", except all-day")


def unreadable(calendar: CalendarView) -> str:
    """`2 unreadable`, empty when everything could be read."""
    if not calendar.problems:
        return ""
    at_least = "at least " if len(calendar.problems) >= STORED_PROBLEMS else ""
    return f"{at_least}{len(calendar.problems)}{NBSP}unreadable"


def _progress(calendar: CalendarView) -> str:
    attempt = f", {ordinal(calendar.attempts + 1)} try" if calendar.attempts else ""
    if calendar.progress:
        return f"{count(calendar.progress, 'event')} read{attempt}"
    if calendar.progress_share is not None:
        return f"downloading, {int(calendar.progress_share * 100)}{NBSP}%{attempt}"
    return f"reading{attempt}"


def _result(calendar: CalendarView) -> str:
    words = counted_words(calendar)
    return f"{words} · {unreadable(calendar)}" if calendar.problems else words


def counted_words(calendar: CalendarView) -> str:
    """`17 of 20 events count`; why none does, if there is something to say about it."""
    if not calendar.events_read:
        return "no events"
    events = count(calendar.events_read, "event")
    if calendar.why:
        return f"{events}, {calendar.why}"
    return f"{calendar.events_counted:,} of {events} {'counts' if calendar.events_counted == 1 else 'count'}"


def _retrying(calendar: CalendarView, zone: ZoneInfo, now: datetime) -> Status:
    when = f" {_until(calendar.next_import_at or now, zone, now)}"
    if calendar.suspected_loss:
        return Status("is-warn", "Retrying", when, " · keeping the old data, as you chose", calendar.why)
    read_at = calendar.last_read_at
    today = now.astimezone(zone).date()
    same_day = read_at is not None and read_at.astimezone(zone).date() == today
    since = f"{'at' if same_day else 'on'} {moment_words(read_at, zone, today)}" if read_at else "before"
    why = _sentences(calendar.why, _still_counts(calendar, since))
    return Status("is-warn", "Retrying", when, f" · {ordinal(max(calendar.attempts, 1))} try", why)


def _needs_you(calendar: CalendarView, zone: ZoneInfo, now: datetime) -> Status:
    since = f" · {since_words(needs_you_since(calendar), zone, now)}"
    if calendar.suspected_loss:
        return Status(
            "is-bad",
            "Needs you",
            what=since,
            why=suspected_loss_words(calendar.why, calendar.suspected_loss, zone, now),
        )
    why = _sentences(calendar.why, _still_counts(calendar, "before then"), "Your settings are kept.")
    return Status("is-bad", "Needs you", what=since, why=why)


def needs_you_since(calendar: CalendarView) -> datetime:
    """When it first failed, or the question arose: not when it was last checked."""
    if calendar.suspected_loss:
        return calendar.suspected_loss.since
    return calendar.broken_since or calendar.state_since


def since_words(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """`since Sun 22 Nov, 18:30`: always with the day, or yesterday's failure would look like today's."""
    return f"since {day_words(moment.astimezone(zone).date(), now.astimezone(zone).date())}, {clock(moment, zone)}"


def suspected_loss_words(why: str, loss: SuspectedLossView, zone: ZoneInfo, now: datetime) -> str:
    """What happened, what still counts, and what happens without an answer."""
    noun, verb = ("entry", "counts") if loss.before == 1 else ("entries", "count")
    day = day_words(loss.taken_at.astimezone(zone).date(), now.astimezone(zone).date())
    return (
        f"{why} The {loss.before:,} earlier {noun} still {verb}. "
        f"Choose which is right. If you don’t answer, the new data counts from {day}."
    )


def _still_counts(calendar: CalendarView, since: str) -> str:
    if not calendar.entries:
        return ""
    noun, verb = ("entry", "counts") if calendar.entries == 1 else ("entries", "count")
    return f"The {calendar.entries:,}{NBSP}{noun} read {since} still {verb}."


def _until(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    seconds = (moment - now).total_seconds()
    if seconds <= MINUTE / 2:
        return "in a moment"
    if seconds < HOUR:
        return f"in {round(seconds / MINUTE)}{NBSP}min"
    today = now.astimezone(zone).date()
    same_day = moment.astimezone(zone).date() == today
    return f"{'at' if same_day else 'on'} {moment_words(moment, zone, today)}"


def _sentences(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def times_words(calendar: CalendarView, zone: ZoneInfo, now: datetime) -> str:
    """`Last checked 09:58 · last changed Sat 21 Nov, 14:00 · next check 10:13`; empty for one that is off.

    Clock times, which don't change by themselves: the status above it counts the minutes.
    """
    if calendar.state is State.OFF:
        return ""
    today = now.astimezone(zone).date()
    checked, changed = calendar.last_checked_at, calendar.last_changed_at
    parts = (
        f"Last checked {moment_words(checked, zone, today)}" if checked else "Not checked yet",
        f"last changed {moment_words(changed, zone, today)}" if changed else "no changes yet",
        f"next check {_next(calendar, zone, now)}",
    )
    return " · ".join(parts)


def stale_words(calendar: CalendarView, zone: ZoneInfo, now: datetime) -> str:
    """`Stale: last read Fri 20 Nov, 08:12`; empty unless it is stale."""
    last_read = last_read_words(calendar, zone, now)
    return f"Stale: {last_read}" if last_read else ""


def last_read_words(calendar: CalendarView, zone: ZoneInfo, now: datetime) -> str:
    """`last read Fri 20 Nov, 08:12` of a calendar that is stale, always with the day; else empty."""
    if not calendar.is_stale(now):
        return ""
    if calendar.last_read_at is None:
        return "never read"
    day = day_words(calendar.last_read_at.astimezone(zone).date(), now.astimezone(zone).date())
    return f"last read {day}, {clock(calendar.last_read_at, zone)}"


def _next(calendar: CalendarView, zone: ZoneInfo, now: datetime) -> str:
    due = calendar.next_import_at
    if calendar.state is State.IMPORTING:
        return "under way"
    if due is None:
        return "when you reconnect" if calendar.needs_you else "once you save"
    return "in a moment" if due <= now else moment_words(due, zone, now.astimezone(zone).date())


WORDS = {Resolution.TAKE: "Accept the new data", Resolution.KEEP: "Keep the old data"}

GiveAnswer = Callable[[int, Resolution], Awaitable[None]]
"""Awaited with the calendar’s id."""


def answer_buttons(calendar_id: int, give: GiveAnswer, *, may_keep: bool = True, about: str = "") -> ui.element:
    """A button per answer; after Keep, only Accept. `about` is the id of the element that names the calendar."""
    answers = (Resolution.TAKE, Resolution.KEEP) if may_keep else (Resolution.TAKE,)
    place: ui.element = html.div().classes("oc-acts wide")
    with place:
        for answer in answers:
            button = ui.button(WORDS[answer], on_click=partial(give, calendar_id, answer), color=None)
            button.props("unelevated no-caps").classes("oc-btn small")
            if about:
                button.props(f"aria-describedby={about}")
    return place
