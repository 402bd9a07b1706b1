"""Words for days, times and durations: British, short, the same on every page."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import is_all_day, last_day
from oncall_ui.domain.imports.wording import MONTHS, WEEKDAYS

SAME_YEAR = timedelta(days=300)
"""Within this distance, day and month are unambiguous without the year."""
NBSP = "\u00a0"
LONG_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


def count(number: int, one: str, many: str = "") -> str:
    """`1 day`, `1,200 days`: the number and its word never part."""
    return f"{number:,}{NBSP}{one if number == 1 else many or one + 's'}"


def day_words(day: date, today: date) -> str:
    """`Wed 25 Nov`; with the year when it is far off."""
    year = f" {day.year}" if abs(day - today) > SAME_YEAR else ""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"


def short_day(day: date) -> str:
    """`21 Feb`."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def relative_day(day: date, today: date) -> str:
    """`today`, `tomorrow`, `in 9 days`."""
    days = (day - today).days
    return {0: "today", 1: "tomorrow"}.get(days, f"in {count(days, 'day')}")


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """`14:00`."""
    local = moment.astimezone(zone)
    return f"{local.hour:02}:{local.minute:02}"


def moment_words(moment: datetime, zone: ZoneInfo, today: date) -> str:
    """`Sun 22 Nov, 18:30`; on the day itself `18:30`."""
    day = moment.astimezone(zone).date()
    return clock(moment, zone) if day == today else f"{day_words(day, today)}, {clock(moment, zone)}"


def ago(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """`just now`, `2 min ago`, after an hour `at 08:12`, after a day `on Sun 22 Nov, 18:30`."""
    seconds = (now - moment).total_seconds()
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{int(seconds) // MINUTE}{NBSP}min ago"
    today = now.astimezone(zone).date()
    preposition = "at" if moment.astimezone(zone).date() == today else "on"
    return f"{preposition} {moment_words(moment, zone, today)}"


def month_words(day: date, today: date) -> str:
    """`Dec`; the first months of another year with it, `Jan 2027`."""
    year = f" {day.year}" if day.year != today.year and day.month == 1 else ""
    return f"{MONTHS[day.month - 1]}{year}"


def zone_words(zone: ZoneInfo) -> str:
    """`New York` of `America/New_York`."""
    return zone.key.rsplit("/", 1)[-1].replace("_", " ")


def duration(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """`4 days`, `1 h 30 min`, `2 days 3 h`: whole days by the calendar, hours as they pass."""
    if is_all_day(start, end, zone):
        return count((last_day(end, zone) - start.astimezone(zone).date()).days + 1, "day")
    seconds = round((end - start).total_seconds())
    if seconds >= 2 * DAY:
        days, hours = divmod(seconds // HOUR, 24)
        return count(days, "day") + (f" {hours}{NBSP}h" if hours else "")
    hours, minutes = divmod(max(seconds // MINUTE, 1), 60)
    return " ".join(f"{number}{NBSP}{unit}" for number, unit in ((hours, "h"), (minutes, "min")) if number)


def times(start: datetime, end: datetime, zone: ZoneInfo, today: date) -> str:
    """`14:00 – 18:00`, `All day, until Thu 3 Dec`, `22:00 – Thu 3 Dec 06:00`, `Since Mon 2 Nov 22:00, until 06:00`."""
    first, last = start.astimezone(zone).date(), last_day(end, zone)
    if is_all_day(start, end, zone):
        if first < today:
            return f"Since {day_words(first, today)}, until {_until(last, today)}"
        return f"All day, until {day_words(last, today)}" if last > first else "All day"
    stop = _stop(end, zone)
    if first < today:
        day = f"{day_words(last, today)} " if last > today else ""
        return f"Since {day_words(first, today)} {clock(start, zone)}, until {day}{stop}"
    return f"{clock(start, zone)} – {day_words(last, today) + ' ' if last > first else ''}{stop}"


def repeats(times: int, days: int, first: date) -> str:
    """`every Tuesday, 13 times`, `every 2nd Tuesday, 7 times`, `2 days in a row`; empty for a single one."""
    if times < 2:
        return ""
    if days == 1:
        return f"{times}{NBSP}days in a row"
    weeks = f"{ordinal(days // 7)} " if days > 7 else ""
    return f"every {weeks}{LONG_WEEKDAYS[first.weekday()]}, {times}{NBSP}times"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _until(day: date, today: date) -> str:
    return "today" if day == today else day_words(day, today)


def _stop(end: datetime, zone: ZoneInfo) -> str:
    # Midnight ends the day before: 22:00 – 24:00, as the strip draws it.
    return "24:00" if last_day(end, zone) < end.astimezone(zone).date() else clock(end, zone)
