"""The words of a schedule's history: plans with their certificates, and what changed when."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.wording import moment_of
from oncall_ui.domain.schedules.plan_states import PlanKind, PlanStatus
from oncall_ui.domain.schedules.planning.result import Stage, StageResult
from oncall_ui.services.schedules.published.history import History, Moment, PlanRecord
from oncall_ui.services.schedules.published.publish_slots import Change
from oncall_ui.services.schedules.published.settings_changes import SettingsChange
from pages.schedules.history.settings_words import settings_lines, settings_what
from pages.schedules.plan.shift import NOBODY, role_words
from pages.schedules.subnav import schedule_route
from pages.schedules.why.words import CAUSES, days_words
from pages.widgets.dates import count, short_day

Row = dict[str, Any]
MOST_CHANGES = 12
SHORT_HASH = 12
STAGES = {
    Stage.GAPS: "Gaps",
    Stage.BLOCKS: "Blocks",
    Stage.LIMITS: "Limits",
    Stage.CHANGES: "Changes",
    Stage.FAIRNESS: "Fairness",
    Stage.WISHES: "Preferences",
    Stage.COMFORT: "Spread",
}
NO_REPLAYS: Mapping[int, str] = {}
COUNTED = {Stage.GAPS, Stage.BLOCKS, Stage.LIMITS, Stage.CHANGES}
STATUSES = {
    PlanStatus.PLANNING: "being planned",
    PlanStatus.DRAFT: "draft",
    PlanStatus.FAILED: "couldn’t be planned",
    PlanStatus.PUBLISHED: "published",
    PlanStatus.DROPPED: "discarded",
}
KINDS = {
    PlanKind.EXTEND: "next weeks",
    PlanKind.REDO: "planned again",
    PlanKind.REPAIR: "a fix",
    PlanKind.WHAT_IF: "a try",
}


def plan_rows(history: History, schedule_id: int, zone: ZoneInfo, replays: Mapping[int, str] = NO_REPLAYS) -> list[Row]:
    """A row per plan. Discarded ones lead nowhere, nor do fixes. `replays` says what came out of them."""
    return [_plan(record, schedule_id, zone) | _replay(record, replays) for record in history.plans]


def _replay(record: PlanRecord, replays: Mapping[int, str]) -> Row:
    is_kept = record.line.status in {PlanStatus.DRAFT, PlanStatus.PUBLISHED} and bool(record.input_hash)
    return {"may_replay": is_kept, "replayed": replays.get(record.line.number, "")}


def _plan(record: PlanRecord, schedule_id: int, zone: ZoneInfo) -> Row:
    line = record.line
    is_kept = line.status is not PlanStatus.DROPPED and line.kind is not PlanKind.REPAIR
    return {
        "key": line.number,
        "name": f"Plan {line.number}",
        "href": schedule_route(schedule_id, "drafts", line.number) if is_kept else "",
        "span": f"{_span(line.first_day, line.published_until or line.end_day)}, {KINDS[line.kind]}",
        "status": STATUSES[line.status],
        "css": "oc-tag ok" if line.status is PlanStatus.PUBLISHED else "oc-tag",
        "verdict": str(line.verdict) if line.verdict else "",
        "who": "; ".join(_who(record, zone)),
        "stages": [{"n": STAGES[stage.name], "t": stage_words(stage)} for stage in record.stages],
        "notes": " · ".join(_notes(record, zone)),
    }


def _who(record: PlanRecord, zone: ZoneInfo) -> list[str]:
    line = record.line
    said = [f"Made{_by(line.by)}, {moment_of(line.created_at, zone)}"]
    if line.published_at is not None:
        said.append(f"published{_by(record.published_by)}, {moment_of(line.published_at, zone)}")
    return said


def _notes(record: PlanRecord, zone: ZoneInfo) -> list[str]:
    found = ["changed manually after planning"] if record.is_by_hand else []
    if record.read_at is not None:
        found.append(f"from calendars read {moment_of(record.read_at, zone)} or later")
    if seconds := sum(stage.cpu_seconds for stage in record.stages):
        found.append(f"{seconds:.1f} s of CPU")
    if record.input_hash:
        found.append(f"input {record.input_hash[:SHORT_HASH]}")
    return found


def stage_words(stage: StageResult) -> str:
    """What is proved of a stage, never its sum."""
    if stage.proved and stage.name in COUNTED:
        return "none" if not stage.value else "as few as possible, proven"
    if stage.proved:
        return "proven best"
    if stage.bound:
        percent = float(100 * (stage.value - stage.bound) / abs(Fraction(stage.bound)))
        return f"within {max(percent, 0.1):.1f} % of the best possible"
    return "not proven best"


def moment_rows(history: History, zone: ZoneInfo) -> list[Row]:
    """A row per moment at which something changed: who is on call, or what the next plans follow."""
    rows = [(each.at, _moment(each, history.names, zone)) for each in history.moments]
    rows += [(each.at, _settings(each, number, zone)) for number, each in enumerate(history.settings)]
    return [row for _, row in sorted(rows, key=lambda each: each[0], reverse=True)]


def _settings(change: SettingsChange, number: int, zone: ZoneInfo) -> Row:
    return {
        "key": f"{change.at.isoformat()} {number}",
        "at": moment_of(change.at, zone),
        "what": f"{settings_what(change)}{_by(change.by)}",
        "lines": settings_lines(change),
    }


def _moment(each: Moment, names: Mapping[int, str], zone: ZoneInfo) -> Row:
    plan = f" with plan {each.plan}" if each.plan else ""
    lines = [_change(change, names, zone) for change in each.changes[:MOST_CHANGES]]
    if len(each.changes) > MOST_CHANGES:
        lines.append({"t": f"and {count(len(each.changes) - MOST_CHANGES, 'more change')}"})
    if each.new:
        lines.append({"t": f"{count(each.new, 'new shift')}"})
    return {
        "key": each.at.isoformat(),
        "at": moment_of(each.at, zone),
        "what": f"{CAUSES[each.cause]}{plan}{_by(each.by)}",
        "lines": lines,
    }


def _change(change: Change, names: Mapping[int, str], zone: ZoneInfo) -> Row:
    return {
        "t": f"{role_words(change.role)}, {days_words(change.start, change.end, zone)}",
        "a": names.get(change.before or 0, NOBODY),
        "b": names.get(change.after or 0, NOBODY),
    }


def summary_words(history: History, is_manager: bool) -> str:
    """The sentence below the heading."""
    published = sum(record.line.status is PlanStatus.PUBLISHED for record in history.plans)
    drafts = len(history.plans) - published
    if not published:
        return f"Nothing published yet, {count(drafts, 'draft')}" if is_manager and drafts else "Nothing published yet"
    words = f"{count(published, 'published plan')}, {_times(history.moments)}"
    return f"{words}, {count(drafts, 'other draft')}" if is_manager and drafts else words


def _times(moments: Sequence[Moment]) -> str:
    return f"changed {count(len(moments), 'time')}"


def _by(name: str) -> str:
    return f" by {name}" if name else ""


def _span(first: date, end: date) -> str:
    return f"{short_day(first)} to {short_day(end - timedelta(days=1))}"
