"""What an import leaves on the rows: a new reading in one transaction, or why there is none.

Used at the end of every import. Nothing is written for an import that no longer holds its lease, and no failure ever
touches availability.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, delete, select

from oncall_ui.domain.availability import Outcome, Piece
from oncall_ui.domain.failures import Failure, MemberMustAct, TryLater, Unreadable
from oncall_ui.domain.rules import Action, Rules
from oncall_ui.domain.status import State
from oncall_ui.domain.words import nothing_counted, suddenly_empty
from oncall_ui.models import Availability, Calendar, CalendarDigest, now
from oncall_ui.services.installation import Installation

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=6)
EMPTY_ACCEPTED_AFTER = timedelta(days=1)
KEPT_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Read:
    """A complete reading: whose, what it came to, and what stands for it next time."""

    member_id: int
    outcome: Outcome
    cursor: Mapping[str, str]
    read_as: str
    rules: Rules


def record_reading(app: Installation, calendar_id: int, lease: str, read: Read | None) -> None:
    """None: the calendar is what it was."""
    with app.db.write() as session:
        calendar = held(session, calendar_id, lease)
        if calendar is None:
            return
        calendar.lease = calendar.lease_until = None
        if read is not None and _is_suspicious(calendar, read.outcome):
            _keep_in_spite_of_emptiness(app, calendar)
            return
        if read is not None:
            _replace(session, calendar, read)
        _up_to_date(app, calendar)
        if read is not None and _is_unexplained(calendar, read.outcome):
            calendar.cursor, calendar.next_import_at = {}, now()


def record_failure(app: Installation, calendar_id: int, lease: str, failure: Failure) -> None:
    """Who can act decides what happens next: the member, or the job after a while."""
    with app.db.write() as session:
        calendar = held(session, calendar_id, lease)
        if calendar is None:
            return
        calendar.lease = calendar.lease_until = None
        calendar.why, calendar.cause = failure.sentence, failure.cause.value
        calendar.attempts += 1
        if isinstance(failure, MemberMustAct):
            enter(calendar, State.NEEDS_YOU)
            calendar.next_import_at = None
            return
        enter(calendar, State.RETRYING)
        usual = timedelta(minutes=app.settings.import_interval)
        wait = _jittered(usual if isinstance(failure, Unreadable) else _backoff(calendar.attempts))
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


def _replace(session: Session, calendar: Calendar, read: Read) -> None:
    outcome = read.outcome
    calendar.entries = _replace_availability(session, calendar, read.member_id, outcome)
    calendar.hint = "" if calendar.entries else nothing_counted(outcome, read.rules)
    calendar.events_read = outcome.events_read
    skipped = [problem for problem in outcome.problems if problem.skipped]
    calendar.problems = [{"line": problem.line, "message": problem.message} for problem in skipped[:KEPT_PROBLEMS]]
    calendar.cursor, calendar.read_as = dict(read.cursor), read.read_as
    calendar.empty_since = None
    session.merge(CalendarDigest(calendar_id=calendar.id or 0, digest=outcome.digest.to_bytes()))


def _is_unexplained(calendar: Calendar, outcome: Outcome) -> bool:
    """Why nothing counts any more can't be told from what changed alone: everything has to be read, at once."""
    return not calendar.entries and bool(outcome.kept)


def _replace_availability(session: Session, calendar: Calendar, member_id: int, outcome: Outcome) -> int:
    """Exchanges what changed and leaves the rest alone; how many pieces there are now."""
    columns = [col(Availability.id), col(Availability.start), col(Availability.end)]
    stored = columns_of(*columns, col(Availability.action), col(Availability.key))
    found = session.execute(stored.where(col(Availability.calendar_id) == calendar.id))
    rows = {_piece(start, end, action, key): row_id for row_id, start, end, action, key in found}
    wanted = set(outcome.pieces) | {piece for piece in rows if piece.key in outcome.kept}
    gone = [row_id for piece, row_id in rows.items() if piece not in wanted]
    new = sorted(wanted - rows.keys())
    if gone or new:
        calendar.last_changed_at = now()
    for at in range(0, len(gone), 500):
        session.exec(delete(Availability).where(col(Availability.id).in_(gone[at : at + 500])))
    if new:
        session.execute(insert(Availability), [_row(member_id, calendar, piece) for piece in new])
    return len(wanted)


def _piece(start: datetime, end: datetime, action: Action, key: bytes) -> Piece:
    return Piece(int(start.timestamp()), int(end.timestamp()), action, bytes(key))


def _row(member_id: int, calendar: Calendar, piece: Piece) -> dict[str, object]:
    return {
        "member_id": member_id,
        "calendar_id": calendar.id,
        "start": datetime.fromtimestamp(piece.start, UTC),
        "end": datetime.fromtimestamp(piece.end, UTC),
        "action": piece.action,
        "key": piece.key,
    }


def _up_to_date(app: Installation, calendar: Calendar) -> None:
    calendar.last_read_at = now()
    calendar.attempts, calendar.why, calendar.cause = 0, "", ""
    enter(calendar, State.UP_TO_DATE)
    calendar.next_import_at = now() + _jittered(timedelta(minutes=app.settings.import_interval))


def _is_suspicious(calendar: Calendar, outcome: Outcome) -> bool:
    """Whether a feed that held something holds nothing, and has not for long."""
    if outcome.events_read or not calendar.entries:
        return False
    return calendar.empty_since is None or now() - calendar.empty_since <= EMPTY_ACCEPTED_AFTER


def _keep_in_spite_of_emptiness(app: Installation, calendar: Calendar) -> None:
    calendar.empty_since = calendar.empty_since or now()
    calendar.why, calendar.cause = suddenly_empty(calendar.entries), "empty"
    calendar.attempts += 1
    enter(calendar, State.RETRYING)
    calendar.next_import_at = now() + _jittered(timedelta(minutes=app.settings.import_interval))


def _backoff(attempts: int) -> timedelta:
    return min(FIRST_RETRY * (1 << min(attempts - 1, 12)), LAST_RETRY)


def _jittered(wait: timedelta) -> timedelta:
    """Ten per cent more or less, so that calendars of one server don't march in step."""
    spread: timedelta = wait * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, protects nothing
    return spread
