"""What managers changed about a schedule, in words: which setting, what it was, and what it is."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.problem import LaterStage
from oncall_ui.services.schedules.published.settings_changes import SettingsChange
from pages.schedules.rules.words import ACCESS, STAGES
from pages.widgets.dates import NBSP, count, day_words

Row = dict[str, Any]
WHAT = {
    AuditAction.SCHEDULE_CREATED: "Created",
    AuditAction.SCHEDULE_CHANGED: "Rules changed",
    AuditAction.SCHEDULE_PEOPLE_CHANGED: "People changed",
    AuditAction.SCHEDULE_ACCESS_CHANGED: "Access changed",
    AuditAction.SCHEDULE_ARCHIVED: "Archived",
}
SETTINGS = {
    "name": "Name",
    "zone": "Time zone",
    "roles": "Roles",
    "shadows": "Shadow roles",
    "country": "Country of public holidays",
    "region": "Region of public holidays",
    "points": "Points",
    "blocks": "Blocks",
    "needs_fresh": "Wait for fresh calendars",
    "priorities": "Priorities",
    "balance_roles": "Balance shares by role",
    "bend": "Bend limits for fairer shares",
    "carry_percent": "Carry over",
    "horizon_days": "Published ahead",
    "notice_days": "Notice",
    "freeze_hours": "Frozen before a shift begins",
    "swaps_need_approval": "A manager approves swaps",
    "is_automatic": "Automatic mode",
}
"""In the order of the page Rules."""
SWITCHES = {"needs_fresh", "balance_roles", "bend", "swaps_need_approval", "is_automatic"}
UNITS = {"horizon_days": "day", "notice_days": "day", "freeze_hours": "hour"}
PARTS = {"rules": "shift rule", "one_offs": "one-off shift", "limits": "limit"}
NONE = "none"


def settings_what(change: SettingsChange) -> str:
    """What happened, without who did it: `Rules changed`."""
    return WHAT[change.action]


def settings_lines(change: SettingsChange) -> list[Row]:
    """`t` says what it is about; `a` what it was and `b` what it is, where that is known."""
    return list(_lines(change))


def _lines(change: SettingsChange) -> Iterator[Row]:
    facts, who = change.facts, change.about or "A former member"
    changed = str(facts.get("settings", "")).split(", ")
    for name, words in SETTINGS.items():
        if name in changed:
            yield _setting(name, words, facts)
    for name, word in PARTS.items():
        if name in facts:
            yield {"t": f"{count(int(facts[name]), word)} now"}
    if change.action is AuditAction.SCHEDULE_PEOPLE_CHANGED:
        yield {"t": _of_person(who, facts)}
    elif change.action is AuditAction.SCHEDULE_ACCESS_CHANGED:
        yield {"t": f"{who}: {_access(str(facts.get('access', '')))}"}
    elif change.action is AuditAction.SCHEDULE_CREATED and "people" in facts:
        yield {"t": count(int(facts["people"]), "person", "people")}


def _setting(name: str, words: str, facts: Mapping[str, Any]) -> Row:
    was, now = facts.get(f"{name}_was"), facts.get(f"{name}_is")
    return {"t": words} if was is None or now is None else {"t": words, "a": _value(name, was), "b": _value(name, now)}


def _value(name: str, value: str | int) -> str:
    if name in SWITCHES:
        return "on" if value else "off"
    if name in UNITS:
        return count(int(value), UNITS[name])
    if name == "carry_percent":
        return f"{value}{NBSP}%"
    if name == "priorities" and value:
        return ", ".join(STAGES[LaterStage(each)] for each in str(value).split(", "))
    return str(value) or NONE


def _of_person(who: str, facts: Mapping[str, Any]) -> str:
    for fact, words in (("left", "leaves on"), ("joined", "joins on"), ("from_day", "has other terms from")):
        if fact in facts:
            day = date.fromisoformat(str(facts[fact]))
            return f"{who} {words} {day_words(day, day)}"
    return who


def _access(access: str) -> str:
    return ACCESS[Access(access)][0].lower() if access in set(Access) else "no access"
