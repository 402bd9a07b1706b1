"""The sentences of a schedule's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import last_day
from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.domain.schedules.conflicts.trouble import Trouble
from oncall_ui.services.schedules.published.board import Board, BoardPerson, BoardSlot
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.schedules.board.slots import OLD, tally
from pages.widgets.dates import count, day_words, short_day, zone_words
from pages.widgets.people import first_name

RUNS_OUT = timedelta(days=14)
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Status:
    """The sentence below the heading: what matters in bold, the rest beside it."""

    css: str
    words: str
    rest: str


def status_of(view: ScheduleView, board: Board, drafts: int, at: datetime) -> Status:
    """`drafts` is how many wait, as far as the member may see them."""
    zone = ZoneInfo(view.zone)
    ready = ", draft ready" if drafts else ""
    if view.published_until is None:
        return Status("is-idle", "Nothing is published yet", ready)
    end = last_day(view.published_until, zone)
    if view.published_until <= at:
        return Status("is-warn", f"Ended {day_words(end, at.astimezone(zone).date())}", ready)
    if wrong := [each for each in board.ahead if each.trouble]:
        rest = len(board.ahead) - len(wrong)
        others = f"; the other {rest} are covered until {short_day(end)}" if rest > 1 else ""
        return Status("is-bad", need_words(len(wrong)), others)
    if view.published_until - at < RUNS_OUT:
        return Status("is-warn", f"Ends {day_words(end, at.astimezone(zone).date())}", ready)
    return Status("is-ok", "All covered", f" until {short_day(end)}")


def need_words(number: int) -> str:
    """`3 shifts need a change`."""
    return "1 shift needs a change" if number == 1 else f"{number} shifts need a change"


@dataclass(frozen=True, slots=True)
class Alert:
    """What needs a change, as a heading and a sentence that says when."""

    heading: str
    sentence: str
    first: BoardSlot


def alert_of(view: ScheduleView, board: Board, at: datetime) -> Alert | None:
    wrong = [each for each in board.ahead if each.trouble]
    if not wrong:
        return None
    zone = ZoneInfo(view.zone)
    said = [f"{_day(each, zone, at)} ({_who(each)})" for each in wrong[:MOST_NAMED]]
    more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
    return Alert(_heading(wrong), f"{', '.join(said)}{more}. Nothing has been moved.", wrong[0])


def _heading(wrong: Sequence[BoardSlot]) -> str:
    found = []
    for trouble, one, many in (
        (Trouble.BLOCKED, "is blocked on", "are blocked on"),
        (Trouble.LEFT, "isn’t on the schedule for", "aren’t on the schedule for"),
        (Trouble.LIMIT, "breaks a limit with", "break a limit with"),
    ):
        theirs = [each for each in wrong if each.trouble is trouble]
        names = list(dict.fromkeys(first_name(each.part.name) for each in theirs))
        if names:
            shifts = "a shift" if len(theirs) == 1 else count(len(theirs), "shift")
            found.append(f"{_listed(names)} {one if len(names) == 1 else many} {shifts}")
    if gaps := sum(each.trouble is Trouble.GAP for each in wrong):
        found.append("1 shift has nobody" if gaps == 1 else f"{gaps} shifts have nobody")
    return ", and ".join(found)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _day(each: BoardSlot, zone: ZoneInfo, at: datetime) -> str:
    return day_words(each.part.start.astimezone(zone).date(), at.astimezone(zone).date())


def _who(each: BoardSlot) -> str:
    return first_name(each.part.name) if each.part.name else "nobody"


def span_words(first: date, weeks: int) -> str:
    """`16 Nov to 7 Feb`."""
    return f"{short_day(first)} to {short_day(first + timedelta(weeks=weeks, days=-1))}"


def measure_words(weeks: int, view: ScheduleView) -> str:
    return f"{count(weeks, 'week')}, {zone_words(ZoneInfo(view.zone))} time"


def person_words(person: BoardPerson, slots: Sequence[BoardSlot]) -> str:
    """`Elif has 13 of 72 shifts: 10 weekday, 3 weekend. The others are dimmed, not hidden.`"""
    number, types = tally(slots, person.id)
    kinds = ", ".join(f"{each} {kind}" for kind, each in sorted(types.items()))
    said = f"{first_name(person.name)} has {number} of {count(len(slots), 'shift')}"
    return f"{said}: {kinds}." if number else f"{said}."


def data_words(board: Board, at: datetime) -> str:
    """How far the calendars behind what is to come can be relied on; empty if they can."""
    return " ".join(filter(None, (_relies(person, board.ahead, at) for person in board.people)))


def _relies(person: BoardPerson, ahead: Sequence[BoardSlot], at: datetime) -> str:
    number = sum(each.part.participant_id == person.id and each.is_unknown for each in ahead)
    whose = f"{count(number, 'shift')} of {first_name(person.name)}"
    verb = "relies" if number == 1 else "rely"
    if not number:
        return ""
    if person.freshness is Freshness.NOTHING_CONNECTED:
        return f"{whose} {verb} on no calendar: none is connected."
    if person.freshness in OLD and person.read_at is not None:
        days = max((at - person.read_at).days, 1)
        return f"{whose} {verb} on data from {count(days, 'day')} ago; anything added since is missing."
    return ""
