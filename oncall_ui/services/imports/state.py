"""The state machine of a calendar: one function per transition, and the only code that writes the columns of STATE.

Each function changes one row in memory. The caller has the row locked in a write transaction, and publishes the change
once that is committed. A calendar holds a lease exactly while it is importing; `attempts` counts the failures since the
last success. Why it is one file: docs/decisions/0601.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlmodel import Session, select

from oncall_ui.domain.imports.clock import HAPPENED, latest_times
from oncall_ui.domain.imports.failures import Cause, Failure, TryLater, Unreadable
from oncall_ui.domain.imports.retry import backoff, jittered
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.imports.suspected_loss import Resolution, SuspectedLoss
from oncall_ui.domain.imports.wording import still_less, suddenly_less
from oncall_ui.models import Calendar, now

STATE = frozenset(
    {
        *("state", "state_since", "next_import_at", "last_read_at", "cursor"),
        *("lease", "lease_until", "progress", "progress_share"),
        *("attempts", "why", "cause", "broken_since", "alerts_sent"),
        *("suspected_loss", "suspected_since", "resolution"),
    }
)
"""The columns of Calendar that only this module assigns."""
LEASE = timedelta(seconds=20)
_WELL = (State.WAITING, State.IMPORTING, State.UP_TO_DATE)


# An import, from claim to result


def claim(calendar: Calendar, lease: str) -> None:
    """An import starts. The caller has made sure that the calendar is on, due, and held by no other import."""
    _enter(calendar, State.IMPORTING)
    calendar.lease, calendar.lease_until = lease, now() + LEASE


def held(session: Session, calendar_id: int, lease: str) -> Calendar | None:
    """The calendar, locked, if `lease` is still its own: an import that lost its lease changes nothing."""
    row = select(Calendar).where(Calendar.id == calendar_id, Calendar.lease == lease)
    return session.exec(row.with_for_update()).first()


def progress(calendar: Calendar, events: int, share: float | None) -> None:
    """The import is alive: its lease is extended. `share` is 0 to 1, None while the size is unknown."""
    calendar.lease_until = now() + LEASE
    calendar.progress, calendar.progress_share = events, share


def succeed(calendar: Calendar, interval: timedelta, cursor: Mapping[str, str] | None) -> None:
    """The import is complete; `cursor` None: the source says that nothing has changed.

    `alerts_sent` stays, so that the member also gets the email that the calendar works again.
    """
    calendar.last_read_at = now()
    calendar.attempts, calendar.why, calendar.cause = 0, "", ""
    calendar.broken_since = calendar.asked_to_wait_until = None
    _forget_loss(calendar)
    if cursor is not None:
        calendar.cursor = dict(cursor)
    _enter(calendar, State.UP_TO_DATE)
    calendar.next_import_at = now() + jittered(interval)


def repeat_in_full(calendar: Calendar) -> None:
    """A success that read only what changed left a question: the calendar is read again at once, as a whole."""
    calendar.cursor, calendar.next_import_at = {}, now()


def fail(calendar: Calendar, failure: Failure, interval: timedelta) -> None:
    """The import failed. Who can act decides what is next: the member, or the job after a wait. Data stays."""
    is_another = calendar.cause != failure.cause
    calendar.why, calendar.cause = failure.sentence, failure.cause.value
    calendar.attempts += 1
    calendar.asked_to_wait_until = None
    _break(calendar)
    if failure.needs_member(1 if is_another else calendar.attempts):
        _enter(calendar, State.NEEDS_YOU)
        calendar.next_import_at = None
        return
    _enter(calendar, State.RETRYING)
    wait = jittered(interval if isinstance(failure, Unreadable) else backoff(calendar.attempts))
    if isinstance(failure, TryLater) and failure.retry_after:
        wait = max(wait, failure.retry_after)
        calendar.asked_to_wait_until = now() + failure.retry_after
    calendar.next_import_at = now() + wait


def forget_cursor(calendar: Calendar) -> None:
    """Its next import reads everything: something that is stored about the last one may be damaged."""
    calendar.cursor = {}


def release(calendar: Calendar) -> None:
    """The import ends before it has a result, because the server stops. It is due as before, and no failure counts."""
    _enter(calendar, State.WAITING)


def hold_back(calendar: Calendar, name: str, loss: SuspectedLoss, interval: timedelta) -> None:
    """The import lost too much to be believed: the member is asked, once for the same content.

    The calendar is checked as often as ever, since the source may recover. The cursor stays that of the stored data.
    """
    if calendar.suspected_loss.get("content") != loss.content:
        calendar.suspected_loss, calendar.suspected_since, calendar.resolution = asdict(loss), now(), ""
    calendar.attempts = 0
    calendar.next_import_at = now() + jittered(interval)
    if calendar.resolution == Resolution.KEEP:
        calendar.why, calendar.cause = still_less(name, loss), Cause.LOSS_KEPT.value
        _enter(calendar, State.RETRYING)
    else:
        calendar.why, calendar.cause = suddenly_less(name, loss), Cause.SUSPECTED_LOSS.value
        _break(calendar)
        _enter(calendar, State.NEEDS_YOU)


# What the member decides


def accept_loss(calendar: Calendar) -> None:
    """The suspected loss is right: the next import is stored, and it comes at once."""
    calendar.resolution = Resolution.TAKE.value
    calendar.why, calendar.cause = "", ""
    sync_now(calendar)


def keep_loss(calendar: Calendar, name: str) -> None:
    """The stored data is right: the calendar is checked on, and nothing is asked while the content stays the same."""
    calendar.resolution = Resolution.KEEP.value
    # The member knows by now, so there is nothing left to send an email about.
    calendar.broken_since, calendar.alerts_sent = None, 0
    loss = SuspectedLoss(**calendar.suspected_loss)
    calendar.why, calendar.cause = still_less(name, loss), Cause.LOSS_KEPT.value
    if calendar.state is State.NEEDS_YOU:
        calendar.state = State.RETRYING  # `state_since` stays: it says when the calendar was last checked


def sync_now(calendar: Calendar) -> None:
    """The member wants it read now, in full, whatever it waits for. An import under way goes on: it is the answer."""
    if calendar.state is State.OFF:
        return
    calendar.cursor, calendar.next_import_at = {}, now()
    if calendar.state is not State.IMPORTING:
        calendar.attempts = 0
        _enter(calendar, State.WAITING)


def switch_on(calendar: Calendar) -> None:
    """Its first import comes at once."""
    _start_over(calendar)


def settings_changed(calendar: Calendar) -> None:
    """Its events count in another way. The member waits for the result, so a calendar that fails is tried at once."""
    _start_over(calendar)


def switch_off(calendar: Calendar) -> None:
    """Nothing is known of it any more, and no import under way may finish."""
    calendar.cursor, calendar.next_import_at, calendar.last_read_at = {}, None, None
    calendar.attempts, calendar.why, calendar.cause = 0, "", ""
    _forget_trouble(calendar)
    _enter(calendar, State.OFF)


# What changes around it


def rules_changed(calendar: Calendar) -> bool:
    """An address, a tag or the member's zone changed: what the old rules made of it is out of date. Whether it is due.

    An import under way has the old rules, and its result must not count: it loses its lease and starts over. A calendar
    that fails keeps its wait and its `attempts`: new rules repair no server and no access, and whenever it is read next
    it is read by the new ones. The same holds for one whose import is held back: a change of rules ends the question,
    and it is checked every few minutes anyway. A calendar that is off has nothing to read.
    """
    # One that fails because of its settings is tried at once: they may be what has changed.
    is_about_settings = calendar.state is State.RETRYING and calendar.cause == Cause.BAD_RECORD
    if calendar.state not in _WELL and not is_about_settings:
        return False
    _enter(calendar, State.WAITING)
    calendar.next_import_at = now()
    return True


def reconnected(calendar: Calendar) -> None:
    """Its connection has new credentials, which may be all it needed. An import with the old ones must not finish."""
    if calendar.state is State.OFF:
        return
    calendar.attempts, calendar.next_import_at, calendar.asked_to_wait_until = 0, now(), None
    _enter(calendar, State.WAITING)


def source_replaced(calendar: Calendar) -> None:
    """Its connection leads to another account or URL, to which the cursor means nothing."""
    calendar.cursor, calendar.asked_to_wait_until = {}, None
    if calendar.state is State.IMPORTING:
        _enter(calendar, State.WAITING)


def put_off(calendar: Calendar, until: datetime) -> None:
    """Its server asked us to wait until then. An import under way goes on, and fails by itself."""
    if calendar.next_import_at is not None and calendar.lease is None:
        calendar.next_import_at = max(calendar.next_import_at, until)
        calendar.asked_to_wait_until = until


def waits_until(calendar: Calendar) -> datetime | None:
    """The time its server asked us to wait for; None if it asked for none, or that is over."""
    until = calendar.asked_to_wait_until
    return until if until is not None and until > now() else None


def make_due(calendar: Calendar) -> None:
    """It is imported next, unless it is off or waits for its member."""
    if calendar.next_import_at is not None:
        calendar.next_import_at = now()


def gone(calendar: Calendar, why: str) -> bool:
    """Its account doesn't list it any more. Whether that is news for its row.

    One that is on is imported next, also if it waits for its member: it may be readable although it isn't listed, when
    somebody shared it.
    """
    if calendar.cause == Cause.NOT_FOUND:
        return False
    if calendar.state is not State.OFF:
        calendar.next_import_at = now()
        return False
    calendar.why, calendar.cause = why, Cause.NOT_FOUND.value
    return True


def found_again(calendar: Calendar) -> bool:
    """Its account lists it. Whether that is news: it was gone."""
    if calendar.cause != Cause.NOT_FOUND:
        return False
    calendar.why, calendar.cause = "", ""
    if calendar.state is State.NEEDS_YOU:
        calendar.attempts, calendar.next_import_at = 0, now()
        _enter(calendar, State.WAITING)
    return True


def key_found(calendar: Calendar) -> bool:
    """The key that opens its credentials is back. Whether it waited for that; then it is imported next."""
    if calendar.state is not State.NEEDS_YOU or calendar.cause != Cause.KEY_LOST:
        return False
    calendar.why, calendar.cause = "", ""
    calendar.attempts, calendar.next_import_at = 0, now()
    _enter(calendar, State.WAITING)
    return True


def alerts_sent(calendar: Calendar, number: int) -> None:
    """So many alert emails were sent about the present breakage."""
    calendar.alerts_sent = number


# What repairs a row


def clock_was_ahead(calendar: Calendar, interval: timedelta) -> bool:
    """Whether a time on the row lies in an impossible future. Then it is corrected, and the calendar is due now.

    When it was last read isn't known: until it is read again it counts as not read. An import under way goes on.
    """
    moment, wrong = now(), _impossible_times(calendar, interval)
    if not wrong:
        return False
    for name in wrong & set(HAPPENED):
        setattr(calendar, name, moment)
    if "broken_since" in wrong:
        calendar.alerts_sent = 0
    calendar.asked_to_wait_until = None  # by the clock of before
    if "lease_until" in wrong:
        calendar.lease_until = moment + LEASE
    if calendar.next_import_at is not None:
        calendar.next_import_at = moment
    if "last_read_at" in wrong:
        calendar.last_read_at = None
        if calendar.state is State.UP_TO_DATE:
            _enter(calendar, State.WAITING)
    return True


def damaged(calendar: Calendar, columns: Collection[str]) -> None:
    """These columns can't be read. What they held is lost, and the next import, due as before, reads everything.

    Only `id` need be loaded.
    """
    for name in columns:
        setattr(calendar, name, Calendar.model_fields[name].get_default(call_default_factory=True))
    calendar.cursor = {}
    if "state" in columns:
        calendar.state, calendar.state_since, calendar.lease, calendar.lease_until = State.WAITING, now(), None, None
    if {"state", "next_import_at"} & set(columns):
        calendar.next_import_at = now()
    if {"suspected_loss", "suspected_since"} & set(columns):
        _forget_loss(calendar)
        if calendar.cause in {Cause.SUSPECTED_LOSS, Cause.LOSS_KEPT}:
            calendar.why, calendar.cause = "", ""
            _enter(calendar, State.WAITING)


def _enter(calendar: Calendar, state: State) -> None:
    """Every change of state ends the import under way, if there is one: its lease is gone."""
    if calendar.state is not state:
        calendar.state, calendar.state_since = state, now()
    calendar.lease = calendar.lease_until = None
    calendar.progress, calendar.progress_share = 0, None


def _impossible_times(calendar: Calendar, interval: timedelta) -> set[str]:
    latest = latest_times(now(), interval, LEASE)
    found = {name: getattr(calendar, name) for name in latest}
    return {name for name, value in found.items() if value is not None and value > latest[name]}


def _start_over(calendar: Calendar) -> None:
    calendar.attempts, calendar.next_import_at = 0, now()
    _forget_trouble(calendar)
    _enter(calendar, State.WAITING)


def _break(calendar: Calendar) -> None:
    """Dates the breakage from its first failure; its alert emails are counted from there."""
    if calendar.broken_since is None:
        calendar.broken_since, calendar.alerts_sent = now(), 0


def _forget_trouble(calendar: Calendar) -> None:
    calendar.broken_since, calendar.alerts_sent = None, 0
    _forget_loss(calendar)


def _forget_loss(calendar: Calendar) -> None:
    calendar.suspected_loss, calendar.suspected_since, calendar.resolution = {}, None, ""
