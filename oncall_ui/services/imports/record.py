"""What an import leaves in the database: new availability in one transaction, or why there is none.

Nothing is written for an import that no longer holds its lease, and no failure ever touches availability.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.availability.evaluate import Outcome
from oncall_ui.domain.availability.rules import Rules
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.imports.hints import hint_of
from oncall_ui.models import Calendar, CalendarDigest
from oncall_ui.services.connections.names import name_of
from oncall_ui.services.imports import state
from oncall_ui.services.imports.diff import AvailabilityDiff, apply, diff
from oncall_ui.services.imports.suspected_loss import find_suspected_loss

STORED_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class ImportResult:
    """A complete import: whose, what was found, and the cursor and rules version to store with it."""

    member_id: int
    outcome: Outcome
    cursor: Mapping[str, str]
    rules_version: str
    rules: Rules


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a complete import, for the log."""

    what: str
    """`stored`, `unchanged`, `held back`, or `too late`: the import had lost its lease."""
    events_read: int = 0
    entries: int = 0
    had_failed: str = ""
    """Why the imports before it failed, if they did."""


def record_result(app: App, calendar_id: int, lease: str, result: ImportResult | Mapping[str, str] | None) -> Recorded:
    """Stores a complete import, or holds it back if nearly everything is missing.

    None: the source has not changed; a cursor: nor has it, but this is its new one.
    """
    with app.db.write() as session:
        calendar = state.held(session, calendar_id, lease)
        if calendar is None:
            return Recorded("too late")
        had_failed = calendar.cause if calendar.attempts else ""
        what = _record(session, calendar, result, import_interval(app))
        return Recorded(what, calendar.events_read, calendar.entries, had_failed)


def record_failure(app: App, calendar_id: int, lease: str, failure: Failure, *, in_full: bool = False) -> bool:
    """Stores why an import failed, and when it is tried again; `in_full`: without the cursor of the last success.

    Returns whether it is news: the last import didn't fail like this.
    """
    with app.db.write() as session:
        calendar = state.held(session, calendar_id, lease)
        if calendar is None:
            return True
        is_news = not calendar.attempts or calendar.cause != failure.cause.value
        state.fail(calendar, failure, import_interval(app))
        if in_full:
            state.forget_cursor(calendar)
    return is_news


def import_interval(app: App) -> timedelta:
    """How often a healthy calendar is checked."""
    return timedelta(minutes=app.settings.import_interval)


def _record(
    session: Session, calendar: Calendar, result: ImportResult | Mapping[str, str] | None, interval: timedelta
) -> str:
    if not isinstance(result, ImportResult):
        state.succeed(calendar, interval, result)
        return "unchanged"
    change = diff(session, calendar, result.outcome)
    if loss := find_suspected_loss(calendar, result.rules_version, change, result.outcome.events_read):
        state.hold_back(calendar, name_of(session, calendar), loss, interval)
        return "held back"
    _replace(session, calendar, result, change)
    state.succeed(calendar, interval, result.cursor)
    if _is_unexplained(calendar, result.outcome):
        state.repeat_in_full(calendar)
    return "stored"


def _replace(session: Session, calendar: Calendar, result: ImportResult, change: AvailabilityDiff) -> None:
    outcome = result.outcome
    apply(session, calendar, result.member_id, change)
    calendar.entries = len(change.wanted)
    calendar.hint = "" if calendar.entries else hint_of(outcome, result.rules) or ""
    calendar.events_read = outcome.events_read
    keys = len({span.key for span in change.wanted})
    calendar.events_counted = keys if outcome.events_counted is None else outcome.events_counted
    skipped = [problem for problem in outcome.problems if problem.skipped]
    calendar.problems = [{"line": problem.line, "message": problem.message} for problem in skipped[:STORED_PROBLEMS]]
    calendar.rules_version = result.rules_version
    session.merge(CalendarDigest(calendar_id=calendar.id or 0, digest=outcome.digest.to_bytes()))


def _is_unexplained(calendar: Calendar, outcome: Outcome) -> bool:
    """Nothing counts any more, and only what changed was read: the hint why needs all events."""
    return not calendar.entries and bool(outcome.unchanged)
