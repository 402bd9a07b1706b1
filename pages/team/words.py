"""The team in words: how fresh a member's availability is, what a week holds, how many members are up to date."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import Day, DayState, Segment
from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.domain.imports.wording import WEEKDAYS
from oncall_ui.services.team.grid import TeamMember
from pages.widgets.dates import day_words

PLAIN = {
    Freshness.UP_TO_DATE: "Up to date",
    Freshness.STALE: "Stale",
    Freshness.NEEDS_MEMBER: "Has a broken calendar",
    Freshness.NOT_READ_YET: "Not all imported yet",
    Freshness.NOTHING_CONNECTED: "Nothing connected",
}
SINCE = {Freshness.STALE, Freshness.NEEDS_MEMBER}
TAGS = {
    Freshness.STALE: "oc-tag warn oc-icon oc-i-clock",
    Freshness.NEEDS_MEMBER: "oc-tag warn oc-icon oc-i-alert",
    Freshness.NOT_READ_YET: "oc-tag oc-icon oc-i-sync",
    Freshness.NOTHING_CONNECTED: "oc-tag oc-icon oc-i-off",
}
NAMED = 6
"""The fold names this many members and counts the others."""
WHOLE = {DayState.BLOCKED: "block", DayState.PREFERRED: "prefer", DayState.UNKNOWN: "unknown"}
OTHERS = (
    (Freshness.STALE, "has stale data", "have stale data"),
    (Freshness.NEEDS_MEMBER, "has a broken calendar", "have a broken calendar"),
    (Freshness.NOT_READ_YET, "has calendars not imported yet", "have calendars not imported yet"),
    (Freshness.NOTHING_CONNECTED, "has nothing connected", "have nothing connected"),
)


def freshness_words(member: TeamMember, zone: ZoneInfo, today: date) -> str:
    """`Up to date`, `Stale since Fri 20 Nov`, `Has a broken calendar since Fri 20 Nov`."""
    words = PLAIN[member.freshness]
    if member.freshness not in SINCE or member.unknown_since is None:
        return words
    return f"{words} since {day_words(member.unknown_since.astimezone(zone).date(), today)}"


def clock_of(member: TeamMember, at: datetime, viewer: ZoneInfo) -> str:
    """The member's local time: `07:12`, `Sun 07:12` on another day than the viewer's; empty if it is the viewer's."""
    here = at.astimezone(viewer).replace(tzinfo=None)
    there = at.astimezone(UTC).replace(tzinfo=None) + member.utc_offset
    if here == there:
        return ""
    day = f"{WEEKDAYS[there.weekday()]} " if there.date() != here.date() else ""
    return f"{day}{there:%H:%M}"


def fold_words(names: Sequence[str]) -> str:
    """How many members have nothing connected, and who: `3 members have nothing connected: Alice, Bob, Chidi`."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    members = "1 member has" if len(names) == 1 else f"{len(names):,} members have"
    return f"{members} nothing connected: {', '.join(names[:NAMED])}{more}"


def team_words(members: Sequence[TeamMember]) -> tuple[str, str]:
    """`4 of 6 members are up to date`, and why the others aren't: `, 1 has stale data, 1 has nothing connected`."""
    sums, total = Counter(member.freshness for member in members), len(members)
    good = sums[Freshness.UP_TO_DATE]
    rest = "".join(f", {sums[kind]:,} {one if sums[kind] == 1 else many}" for kind, one, many in OTHERS if sums[kind])
    if good == total:
        return ("1 member, up to date" if total == 1 else f"{total:,} members, all up to date"), rest
    return f"{good:,} of {total:,} members {'is' if good == 1 else 'are'} up to date", rest


def week_words(days: Sequence[Day]) -> str:
    """`block Wed 14:00 to 18:00, prefer Sat to Sun`. Past days are left out."""
    days = [day for day in days if not day.is_past]
    parts: list[str] = []
    for state, group in groupby(days, key=lambda day: WHOLE.get(day.state, "" if day.segments else "open")):
        run = list(group)
        if state and state != "open":
            is_whole_week = state == WHOLE[DayState.UNKNOWN] and len(run) == len(days)
            parts.append(state if is_whole_week else f"{state} {_run(run)}")
        elif not state:
            parts += [_part(day, segment) for day in run for segment in day.segments]
    return ", ".join(parts) or ("open" if days else "past")


def segments_in_words(day: Day) -> str:
    """The day's blocks and preferences, without its date."""
    return ", ".join(f"{segment.action} {_times(segment)}" for segment in day.segments)


def _run(days: Sequence[Day]) -> str:
    first, last = WEEKDAYS[days[0].date.weekday()], WEEKDAYS[days[-1].date.weekday()]
    return first if len(days) == 1 else f"{first} to {last}"


def _part(day: Day, segment: Segment) -> str:
    return f"{segment.action} {WEEKDAYS[day.date.weekday()]} {_times(segment)}"


def _times(segment: Segment) -> str:
    start, end = (round(hours * 60) for hours in (segment.start, segment.end))
    if (start, end) == (0, 24 * 60):
        return "all day"
    return f"{start // 60:02}:{start % 60:02} to {end // 60:02}:{end % 60:02}"
