"""What an import leaves on the rows: a new reading in one transaction, or why there is none.

Used at the end of every import. Nothing is written for an import that no longer holds its lease, and no failure ever
touches availability.
"""

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.availability.evaluate import Outcome
from oncall_ui.domain.availability.rules import Rules
from oncall_ui.domain.imports.failures import Failure, MemberMustAct, TryLater, Unreadable
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.imports.suspected_loss import ASKED, KEPT, Answer, Doubt
from oncall_ui.domain.imports.wording import nothing_counted, still_less, suddenly_less
from oncall_ui.models import Calendar, CalendarDigest, now
from oncall_ui.services.imports.diff import Exchange, carry_out, compare
from oncall_ui.services.imports.suspected_loss import doubt_about

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=6)
KEPT_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Read:
    """A complete reading: whose, what it came to, and what stands for it next time."""

    member_id: int
    outcome: Outcome
    cursor: Mapping[str, str]
    read_as: str
    rules: Rules


def record_reading(app: App, calendar_id: int, lease: str, read: Read | None) -> None:
    """None: the calendar is what it was. A reading that lost nearly everything is kept back, and asked about."""
    with app.db.write() as session:
        calendar = held(session, calendar_id, lease)
        if calendar is None:
            return
        calendar.lease = calendar.lease_until = None
        if read is None:
            _up_to_date(app, calendar)
            return
        exchange = compare(session, calendar, read.outcome)
        if doubt := doubt_about(calendar, read.read_as, exchange, read.outcome.events_read):
            _keep_back(app, calendar, doubt)
            return
        _replace(session, calendar, read, exchange)
        _up_to_date(app, calendar)
        if _is_unexplained(calendar, read.outcome):
            calendar.cursor, calendar.next_import_at = {}, now()


def record_failure(app: App, calendar_id: int, lease: str, failure: Failure) -> None:
    """Who can act decides what happens next: the member, or the job after a while."""
    with app.db.write() as session:
        calendar = held(session, calendar_id, lease)
        if calendar is None:
            return
        calendar.lease = calendar.lease_until = None
        calendar.why, calendar.cause = failure.sentence, failure.cause.value
        calendar.attempts += 1
        has_broken(calendar)
        if isinstance(failure, MemberMustAct):
            enter(calendar, State.NEEDS_YOU)
            calendar.next_import_at = None
            return
        enter(calendar, State.RETRYING)
        wait = _usual(app) if isinstance(failure, Unreadable) else _jittered(_backoff(calendar.attempts))
        if isinstance(failure, TryLater) and failure.retry_after:
            wait = max(wait, failure.retry_after)
        calendar.next_import_at = now() + wait


def held(session: Session, calendar_id: int, lease: str) -> Calendar | None:
    """The calendar, while `lease` is still its own."""
    row = select(Calendar).where(Calendar.id == calendar_id, Calendar.lease == lease)
    return session.exec(row.with_for_update()).first()


def enter(calendar: Calendar, state: State) -> None:
    if calendar.state is not state:
        calendar.state, calendar.state_since = state, now()
    calendar.progress, calendar.progress_share = 0, None


def has_broken(calendar: Calendar) -> None:
    """Dates the breakage from its first failure; its letters are counted from there."""
    if calendar.broken_since is None:
        calendar.broken_since, calendar.letters = now(), 0


def _replace(session: Session, calendar: Calendar, read: Read, exchange: Exchange) -> None:
    outcome = read.outcome
    carry_out(session, calendar, read.member_id, exchange)
    calendar.entries = len(exchange.wanted)
    calendar.hint = "" if calendar.entries else nothing_counted(outcome, read.rules)
    calendar.events_read = outcome.events_read
    skipped = [problem for problem in outcome.problems if problem.skipped]
    calendar.problems = [{"line": problem.line, "message": problem.message} for problem in skipped[:KEPT_PROBLEMS]]
    calendar.cursor, calendar.read_as = dict(read.cursor), read.read_as
    session.merge(CalendarDigest(calendar_id=calendar.id or 0, digest=outcome.digest.to_bytes()))


def _is_unexplained(calendar: Calendar, outcome: Outcome) -> bool:
    """Why nothing counts any more can't be told from what changed alone: everything has to be read, at once."""
    return not calendar.entries and bool(outcome.kept)


def _up_to_date(app: App, calendar: Calendar) -> None:
    calendar.last_read_at = now()
    calendar.attempts, calendar.why, calendar.cause = 0, "", ""
    # The number of letters stays until the member has been told that it is over.
    calendar.broken_since = calendar.empty_since = None
    calendar.doubt, calendar.answer = {}, ""
    enter(calendar, State.UP_TO_DATE)
    calendar.next_import_at = now() + _usual(app)


def _keep_back(app: App, calendar: Calendar, doubt: Doubt) -> None:
    """It is looked at as often as ever, since it may heal by itself. The cursor stays that of what counts."""
    if calendar.doubt.get("content") != doubt.content:
        calendar.doubt, calendar.answer, calendar.empty_since = asdict(doubt), "", now()
    calendar.attempts = 0
    calendar.next_import_at = now() + _usual(app)
    if calendar.answer == Answer.KEEP:
        calendar.why, calendar.cause = still_less(calendar.name, doubt), KEPT
        enter(calendar, State.RETRYING)
    else:
        calendar.why, calendar.cause = suddenly_less(calendar.name, doubt), ASKED
        has_broken(calendar)
        enter(calendar, State.NEEDS_YOU)


def _usual(app: App) -> timedelta:
    return _jittered(timedelta(minutes=app.settings.import_interval))


def _backoff(attempts: int) -> timedelta:
    return min(FIRST_RETRY * (1 << min(attempts - 1, 12)), LAST_RETRY)


def _jittered(wait: timedelta) -> timedelta:
    """Ten per cent more or less, so that calendars of one server don't march in step."""
    spread: timedelta = wait * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, protects nothing
    return spread
