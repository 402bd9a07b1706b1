"""Texts about shifts that start: reminders, and handoffs."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.accounts.emails import Email, one_line, text_of
from oncall_ui.domain.imports.wording import moment_of
from oncall_ui.domain.schedules.messages.foot import foot
from oncall_ui.domain.schedules.messages.kinds import EmailKind


@dataclass(frozen=True, slots=True)
class Starting:
    """A turn of `name`'s that starts, for its holder. Names of people who aren't there are empty."""

    name: str
    schedule: str
    role: str
    start: datetime
    end: datetime
    before: str
    """Who has the role until then."""
    zone: ZoneInfo
    """Of the member who reads it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A turn of `name`'s that is over."""

    name: str
    schedule: str
    role: str
    after: str
    until: datetime
    """How long they have it."""
    zone: ZoneInfo


def reminder(it: Starting, moment: datetime, *, url: str, stop_url: str) -> Email:
    """A week or a day before."""
    schedule, start = one_line(it.schedule), moment_of(it.start, it.zone)
    days = (it.start.astimezone(it.zone).date() - moment.astimezone(it.zone).date()).days
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
    before = f" Before you: {one_line(it.before)}." if it.before else ""
    return Email(
        f"{schedule}: on call {when}, from {start}",
        text_of(
            f"Hello {one_line(it.name)},",
            f"You are on call for {schedule} {when}.",
            f"- {start} to {moment_of(it.end, it.zone)}, {one_line(it.role)}",
            f"Times are in {place_of(it.zone)} time.{before} If you can’t take it, see who could:\n{url}",
            foot(EmailKind.SHIFT_STARTS, schedule, stop_url),
        ),
    )


def on_call_now(it: Starting, *, url: str, stop_url: str) -> Email:
    """At the handoff, to who takes over."""
    schedule = one_line(it.schedule)
    before = f"Before you: {one_line(it.before)}." if it.before else "Nobody had it before you."
    return Email(
        f"{schedule}: you are on call now",
        text_of(
            f"Hello {one_line(it.name)},",
            f"You are on call for {schedule} as {one_line(it.role)} until {moment_of(it.end, it.zone)} "
            f"({place_of(it.zone)} time). {before}",
            url,
            foot(EmailKind.HANDOFFS, schedule, stop_url),
        ),
    )


def off_call_now(it: Ended, *, url: str, stop_url: str) -> Email:
    """At the handoff, to who is done."""
    schedule, until = one_line(it.schedule), moment_of(it.until, it.zone)
    after = f"Now on call: {one_line(it.after)}, until" if it.after else "Nobody is on call after you until"
    return Email(
        f"{schedule}: your shift is over",
        text_of(
            f"Hello {one_line(it.name)},",
            f"Your shift as {one_line(it.role)} on {schedule} is over. {after} {until} ({place_of(it.zone)} time).",
            url,
            foot(EmailKind.HANDOFFS, schedule, stop_url),
        ),
    )


def place_of(zone: ZoneInfo) -> str:
    """`New York`."""
    return zone.key.rpartition("/")[2].replace("_", " ")
