"""The sentences of the page of what needs a change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.conflicts.fixes import RepairFix
from oncall_ui.domain.schedules.planning.fact_words import limit_words
from oncall_ui.domain.schedules.planning.result import Stage, StageResult
from oncall_ui.services.schedules.conflicts.repairing import Someone
from oncall_ui.services.schedules.conflicts.views import OpenConflict
from pages.widgets.calendar_status import Status
from pages.widgets.dates import count, relative_day
from pages.widgets.people import first_name


def title_of(fix: RepairFix, first: RepairFix) -> str:
    """`Fewest changes`, `1 more change, and fairer`."""
    if fix == first:
        return "Fewest changes"
    more = len(fix.moves) - len(first.moves)
    changes = count(more, "more change") if more > 0 else "As many changes"
    better = []
    if fix.value(Stage.LIMITS) < first.value(Stage.LIMITS):
        better.append("no limit broken" if not fix.value(Stage.LIMITS) else "fewer limits broken")
    if fix.off[1] < first.off[1]:
        better.append("fairer")
    if fix.wishes[1] > first.wishes[1]:
        better.append("more preferences met")
    return f"{changes}, {' and '.join(better)}" if better else changes


def lead_of_fix(fix: RepairFix, first: RepairFix, people: Mapping[str, Someone], needed: int) -> str:
    """What it leaves, who agrees to it, or why there is nothing smaller."""
    if fix.left:
        them = "it" if len(fix.left) == 1 else "them"
        return f"{count(len(fix.left), 'shift')} can’t be handed over: nobody else can have {them}."
    blocked = dict.fromkeys(first_name(people[move.after].name) for move in fix.moves if move.blocked and move.after)
    if blocked:
        return f"{_listed(list(blocked))} would be blocked for some of it. Ask first."
    if fix == first and fix.is_proved(Stage.CHANGES):
        number = len(fix.moves)
        all_of_them = "it" if needed == 1 else f"all {needed}"
        return f"Nothing repairs {all_of_them} with fewer." if number > needed else "Nothing else has to move."
    return ""


def facts_of(fix: RepairFix, people: Mapping[str, Someone], me: int | None, slots: int) -> list[dict[str, str]]:
    """The rows below the moves: in words and points, never in what the plan counts."""
    names = sorted((people[who] for who in fix.people), key=lambda each: (each.id != me, each.name.casefold()))
    said = ["you" if each.id == me else first_name(each.name) for each in names]
    limits = ", ".join(limit_words(limit, times) for limit, times in fix.broken.items())
    off_now, off_then = (f"{float(round(each, 1)):g}" for each in fix.off)
    wishes_now, wishes_then = map(str, fix.wishes)
    return [
        {"n": "Changes", "t": f"{len(fix.moves)} of {count(slots, 'coming shift')}"},
        {"n": "Notifies", "t": _listed(said)},
        {"n": "Limits", "t": limits or "none broken newly"},
        {"n": "Off a fair share", "t": f"{off_then} at most, {_was(off_now, off_then, 'was')}"},
        {"n": "Preferences met", "t": f"{wishes_then}, {_was(wishes_now, wishes_then, 'were')}"},
    ]


def found_words(found: Sequence[RepairFix]) -> Status:
    """`3 fixes found · proven best`."""
    if not found:
        return Status("is-warn", "No fix found", ". Ask for cover, or create a draft")
    proved = all(stage.proved or _is_more_on_purpose(stage, found[0]) for fix in found for stage in fix.stages)
    how = " · proven best" if proved else " · good, but not proven best: the time was up"
    return Status("is-ok", f"{count(len(found), 'fix', 'fixes')} found", how)


def _is_more_on_purpose(stage: StageResult, first: RepairFix) -> bool:
    """A fix may change more than the first one does: that it needn't is known, and leaves nothing open."""
    if stage.name is not Stage.CHANGES or not first.is_proved(Stage.CHANGES):
        return False
    return stage.bound == first.value(Stage.CHANGES) < stage.value


def _was(now: str, then: str, verb: str) -> str:
    return "as now" if now == then else f"{verb} {now}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def heading_words(conflicts: Sequence[OpenConflict]) -> str:
    """`3 shifts need a change`."""
    number = len({(each.shift_start, each.role, each.start) for each in conflicts})
    if not number:
        return "Nothing needs a change"
    return "1 shift needs a change" if number == 1 else f"{number} shifts need a change"


def lead_of(conflicts: Sequence[OpenConflict], at: datetime) -> Status:
    """When the first of them is."""
    if not conflicts:
        return Status("is-ok", "All published shifts can stay as they are", "")
    first = min(conflicts, key=lambda each: each.start)
    if first.start <= at:
        return Status("is-bad", "One is running now", ". Nothing has been moved")
    zone = ZoneInfo(first.zone)
    day = relative_day(first.start.astimezone(zone).date(), at.astimezone(zone).date())
    return Status("is-bad", f"The first is {day}", ". Nothing has been moved")
