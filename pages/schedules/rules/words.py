"""What a schedule’s settings say, as sentences: what everybody sees, and what managers see before they edit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.membership import Period
from oncall_ui.domain.schedules.planning.problem import (
    Apart,
    Filler,
    FillKind,
    Group,
    LaterStage,
    Limit,
    Most,
    Per,
    Rest,
    Row,
    Spread,
    Strength,
)
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, OneOff, Rule
from oncall_ui.services.availability.holidays import countries, regions
from oncall_ui.services.schedules.settings import Settings
from pages.schedules.plan.shift import span_words
from pages.widgets.dates import LONG_WEEKDAYS, NBSP, count, day_words, ordinal, zone_words

Names = Mapping[str, str]
"""Participant id, as text → name."""

ACCESS = {
    Access.MANAGER: ("Manager", "plans and publishes"),
    Access.MEMBER: ("Member", "can be on call"),
    Access.VIEWER: ("Viewer", "sees who is on call"),
}
STAGES = {
    LaterStage.CHANGES: "keep what is published",
    LaterStage.FAIRNESS: "fair shares",
    LaterStage.WISHES: "preferences",
    LaterStage.COMFORT: "shifts spread out",
}
DAYS = {DAY_SETS["Daily"]: "Every day", DAY_SETS["Weekdays"]: "Weekdays", DAY_SETS["Weekends"]: "Weekends"}
NO_LIMITS = "No limits."
GONE = "somebody who left"


def general(settings: Settings) -> list[str]:
    """Zone, roles, holidays and points."""
    zone = ZoneInfo(settings.zone)
    points = ", ".join(f"{kind} {number}" for kind, number in settings.points.items())
    return [
        f"Times are in {zone_words(zone)} time ({settings.zone}).",
        f"{_roles(settings.roles)}.",
        _holidays(settings),
        f"Points: {points}.",
    ]


def publishing(settings: Settings) -> list[str]:
    """Blocks, fresh calendars, and how far ahead."""
    return [
        "Where everyone is blocked, a blocked person is better than nobody. Each one is confirmed before publishing."
        if settings.blocks is Strength.AVOID
        else "Nobody is on call while they are blocked. A shift that everyone is blocked on stays empty.",
        "Publishing waits until everyone’s calendars are fresh."
        if settings.needs_fresh
        else "Publishing doesn’t wait for stale calendars; shifts decided on old data are marked.",
        f"Shifts should be published {count(settings.horizon_days, 'day')} ahead, and at least "
        f"{count(settings.notice_days, 'day')} before they begin.",
        f"From {count(settings.freeze_hours, 'hour')} before it begins, a published shift moves only if it must."
        if settings.freeze_hours
        else "A published shift can move until it begins.",
    ]


def priorities(settings: Settings) -> list[str]:
    """What wins where two pull apart."""
    order = ", then ".join(STAGES[each] for each in settings.priorities)
    off = [STAGES[each] for each in STAGES if each not in settings.priorities]
    return [
        f"After gaps, blocks and limits come: {order}." if order else "Only gaps, blocks and limits count.",
        *([f"Switched off: {', '.join(off)}."] if off else []),
        "Shares are balanced in all, by type and by role."
        if settings.balance_roles
        else "Shares are balanced in all and by type, not by role.",
        "Limits that can’t all be kept may bend a little more for fairer shares."
        if settings.bend
        else "Limits never bend for fairer shares.",
        f"A plan carries over up to {settings.carry_percent}{NBSP}% of what is due in it."
        if settings.carry_percent
        else "Nothing is carried over from one plan to the next.",
    ]


def rule_words(rule: Rule, roles: Sequence[str], names: Names) -> str:
    """`Weekdays at 17:00: best person. Every 2nd week, week 1 of 2. Counts as night, 2 points.`"""
    extra = []
    if rule.every > 1:
        extra.append(f"Every {ordinal(rule.every)} week, week {rule.week} of {rule.every}.")
    return " ".join(
        [f"{_days(rule.days)} at {rule.at:%H:%M}: {_fills(rule.fills, roles, names)}.", *extra, *_worth(rule)]
    )


def one_off_words(one_off: OneOff, roles: Sequence[str], names: Names, zone: ZoneInfo) -> str:
    """`Once, Thu 24 Dec, 09:00 to 18:00: best person.`"""
    span = span_words(one_off.start, one_off.end, zone)
    return " ".join([f"Once, {span}: {_fills(one_off.fills, roles, names)}.", *_worth(one_off)])


def limit_words(limit: Limit, names: Names) -> str:
    """`At least 11 hours between two shifts of a person (never broken).`"""
    if isinstance(limit, Apart):
        return f"{_people(limit.people, names)} are not on call at the same time{_strength(limit.strength)}."
    if isinstance(limit, Group):
        people = _people(limit.people, names, "or")
        return f"Every shift has at least one of {people}{_strength(limit.strength)}."
    for_whom = f" (only {_people(limit.people, names)})" if limit.people else ""
    if isinstance(limit, Spread):
        return (
            f"At least {_hours(limit.gap.total_seconds())} between the starts of two shifts, where possible{for_whom}."
        )
    return f"{_about_one(limit)}{for_whom}{_strength(limit.strength)}."


def _about_one(limit: Rest | Most | Row) -> str:
    if isinstance(limit, Rest):
        return f"At least {_hours(limit.gap.total_seconds())} between two shifts of a person"
    if isinstance(limit, Most):
        kind = f"{limit.type} " if limit.type else ""
        per = {Per.WEEK: "a calendar week", Per.MONTH: "a calendar month"}.get(limit.per, f"{limit.days} days")
        return f"At most {count(limit.count, f'{kind}shift')} in {per}"
    return "No back-to-back shifts" if limit.count == 1 else f"At most {count(limit.count, 'shift')} in a row"


def period_words(period: Period, today: date) -> str:
    """`100 %, primary only, Mon to Fri only, from Mon 5 Oct`."""
    terms = period.terms
    if terms.is_paused:
        parts = ["paused"]
    else:
        parts = [f"{terms.share}{NBSP}%"]
        parts += [f"{' and '.join(sorted(terms.roles))} only"] if terms.roles else []
        parts += [f"{_weekdays(terms.weekdays)} only"] if terms.weekdays else []
    parts += [f"from {day_words(period.from_day, today)}"] if period.from_day > today else []
    if period.to_day is not None:
        parts.append(f"until {day_words(date.fromordinal(period.to_day.toordinal() - 1), today)}")
    return ", ".join(parts)


def terms_lines(periods: Sequence[Period], today: date) -> list[str]:
    """What is agreed from today on, a line each; else since when nothing is."""
    coming = [period for period in periods if period.to_day is None or period.to_day > today]
    if coming:
        return [period_words(period, today) for period in coming]
    ended = max((period.to_day for period in periods if period.to_day), default=None)
    return [f"left on {day_words(ended, today)}" if ended else "not on call"]


def _roles(roles: Mapping[str, int]) -> str:
    parts = [
        name if percent == 100 else f"{name} (counts {percent}{NBSP}% of the points)" for name, percent in roles.items()
    ]
    return f"{'Roles' if len(parts) > 1 else 'One role'}: {', then '.join(parts)}"


def _holidays(settings: Settings) -> str:
    if not settings.country:
        return "No country: public holidays count as ordinary days."
    place = countries().get(settings.country, settings.country)
    region = regions(settings.country).get(settings.region, settings.region) if settings.region else ""
    return f"Public holidays of {place}{f', {region}' if region else ''} count as holidays."


def _days(days: frozenset[int]) -> str:
    if days in DAYS:
        return DAYS[days]
    return ", ".join(LONG_WEEKDAYS[day] for day in sorted(days))


def _weekdays(days: frozenset[int]) -> str:
    if days in DAYS:
        return DAYS[days].lower()
    return ", ".join(LONG_WEEKDAYS[day][:3] for day in sorted(days))


def _fills(fills: Mapping[str, Filler], roles: Sequence[str], names: Names) -> str:
    words = {role: _filler(fills.get(role), names) for role in roles}
    if len(set(words.values())) == 1:
        return next(iter(words.values()))
    return ", ".join(f"{role} {who}" for role, who in words.items())


def _filler(filler: Filler | None, names: Names) -> str:
    if filler is None or filler.kind is FillKind.BEST:
        return "best person"
    if filler.kind is FillKind.PERSON:
        return f"always {names.get(filler.name, GONE)}"
    if filler.kind is FillKind.SCHEDULE:
        return "another schedule"
    return "nobody (off)" if filler.kind is FillKind.NOBODY else f"the last {filler.name}"


def _worth(rule: Rule | OneOff) -> list[str]:
    parts = [rule.type] if rule.type else []
    parts += [count(rule.points, "point")] if rule.points is not None else []
    return [f"Counts as {', '.join(parts)}."] if parts else []


def _strength(strength: Strength) -> str:
    return " (never broken)" if strength is Strength.NEVER else " (avoided)"


def _hours(seconds: float) -> str:
    return count(round(seconds / 3600), "hour")


def _people(people: Iterable[str], names: Names, word: str = "and") -> str:
    found = sorted(names.get(each, GONE) for each in people)
    return f" {word} ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
