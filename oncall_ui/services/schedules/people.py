"""The people of a schedule: who is on it from when to when, with which share, roles and days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.membership import Period, Terms, agreed, ended, terms_on
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Member, Membership, Participant, Schedule, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import MAX_ID, give_access, lock_schedule, open_schedule
from oncall_ui.services.schedules.rules import roles_of

COLOURS = 16
MOST_PEOPLE = 100
MOST_SHARE = 200


@dataclass(frozen=True, slots=True)
class ParticipantView:
    """A participant on a day. `terms` None: not on the schedule then. `member_id` None: their account is gone."""

    id: int
    member_id: int | None
    name: str
    colour: int
    terms: Terms | None
    periods: tuple[Period, ...]
    """What is agreed, sorted."""


def read_people(app: App, member_id: int, schedule_id: int, day: date) -> tuple[ParticipantView, ...]:
    """Everybody who was ever on the schedule, by name. Raises NotAllowed unless the member may see it."""
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.VIEWER)
        return people_of(session, schedule_id, day)


def people_of(session: Session, schedule_id: int, day: date) -> tuple[ParticipantView, ...]:
    periods = periods_of(session, schedule_id)
    rows = session.exec(
        select(Participant, Member.name)
        .outerjoin(Member, col(Participant.member_id) == col(Member.id))
        .where(Participant.schedule_id == schedule_id)
    ).all()
    found = [
        ParticipantView(
            id=row.id or 0,
            member_id=row.member_id,
            name=name or row.name,
            colour=row.colour,
            terms=terms_on(periods.get(row.id or 0, ()), day),
            periods=tuple(periods.get(row.id or 0, ())),
        )
        for row, name in rows
    ]
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.id)))


def names_of(session: Session, schedule_id: int) -> dict[int, str]:
    """Participant id → name."""
    rows = session.exec(
        select(Participant, Member.name)
        .outerjoin(Member, col(Participant.member_id) == col(Member.id))
        .where(Participant.schedule_id == schedule_id)
    )
    return {row.id or 0: name or row.name for row, name in rows}


def add_participant(
    app: App, member_id: int, schedule_id: int, of: int, from_day: date, terms: Terms | None = None
) -> int:
    """Puts the member `of` on the schedule from that day on, and returns the participant's id.

    Raises NotAllowed unless the member manages the schedule, and InvalidInput.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        participant = put_on(session, schedule, of)
        agree(session, schedule, participant, Period(from_day, None, terms or Terms()))
        record(
            session,
            AuditAction.SCHEDULE_PEOPLE_CHANGED,
            by=member_id,
            about=of,
            what=schedule.name,
            schedule=schedule_id,
            joined=from_day.isoformat(),
        )
    app.hub.publish(ScheduleChanged(schedule_id))
    return participant.id or 0


def change_terms(
    app: App,
    member_id: int,
    schedule_id: int,
    participant_id: int,
    terms: Terms,
    from_day: date,
    to_day: date | None = None,
) -> None:
    """What holds from `from_day` to before `to_day`; what was agreed for other days stays, and so does the history.

    Raises NotAllowed unless the member manages the schedule, and InvalidInput.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        participant = participant_of(session, schedule_id, participant_id)
        agree(session, schedule, participant, Period(from_day, to_day, terms))
        record(
            session,
            AuditAction.SCHEDULE_PEOPLE_CHANGED,
            by=member_id,
            about=participant.member_id,
            what=schedule.name,
            schedule=schedule_id,
            from_day=from_day.isoformat(),
        )
    app.hub.publish(ScheduleChanged(schedule_id))


def end_membership(app: App, member_id: int, schedule_id: int, participant_id: int, from_day: date) -> None:
    """The participant leaves on that day. Raises NotAllowed unless the member manages the schedule."""
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        participant = participant_of(session, schedule_id, participant_id)
        leave(session, schedule_id, participant, from_day)
        record(
            session,
            AuditAction.SCHEDULE_PEOPLE_CHANGED,
            by=member_id,
            about=participant.member_id,
            what=schedule.name,
            schedule=schedule_id,
            left=from_day.isoformat(),
        )
    app.hub.publish(ScheduleChanged(schedule_id))


def put_on(session: Session, schedule: Schedule, member_id: int) -> Participant:
    """The member's row on the schedule, made if it is missing; they may see it from now on. Raises NotAllowed."""
    schedule_id = schedule.id or 0
    if not 0 < member_id <= MAX_ID or session.get(Member, member_id) is None:
        raise NotAllowed
    rows = session.exec(select(Participant).where(Participant.schedule_id == schedule_id)).all()
    give_access(session, schedule_id, member_id, Access.MEMBER)
    if found := next((row for row in rows if row.member_id == member_id), None):
        return found
    if len(rows) >= MOST_PEOPLE:
        raise InvalidInput("People", f"A schedule has at most {MOST_PEOPLE} people.")
    row = Participant(schedule_id=schedule_id, member_id=member_id, colour=free_colour(rows))
    session.add(row)
    session.flush()
    return row


def periods_of(session: Session, schedule_id: int) -> dict[int, list[Period]]:
    """Participant id → what is agreed now, sorted by day."""
    rows = session.exec(
        select(Membership)
        .join(Participant, col(Membership.participant_id) == col(Participant.id))
        .where(Participant.schedule_id == schedule_id, col(Membership.ended_at).is_(None))
        .order_by(col(Membership.from_day))
    )
    found: dict[int, list[Period]] = {}
    for row in rows:
        found.setdefault(row.participant_id, []).append(_period(row))
    return found


def leave(session: Session, schedule_id: int, participant: Participant, from_day: date) -> None:
    """Ends what is agreed from that day on."""
    periods = periods_of(session, schedule_id).get(participant.id or 0, [])
    _exchange(session, participant, ended(periods, from_day))


def agree(session: Session, schedule: Schedule, participant: Participant, period: Period) -> None:
    """From now on this holds on its days. Raises InvalidInput."""
    _check(schedule, period)
    periods = periods_of(session, schedule.id or 0).get(participant.id or 0, [])
    _exchange(session, participant, agreed(periods, period))


def _exchange(session: Session, participant: Participant, wanted: Sequence[Period]) -> None:
    """Ends the rows that don't hold any more and adds the others."""
    rows = session.exec(
        select(Membership).where(Membership.participant_id == participant.id, col(Membership.ended_at).is_(None))
    ).all()
    moment, stored = now(), {_period(row): row for row in rows}
    for period, row in stored.items():
        if period not in wanted:
            row.ended_at = moment
    for period in wanted:
        if period not in stored:
            session.add(_row(participant, period))


def _check(schedule: Schedule, period: Period) -> None:
    terms = period.terms
    if period.to_day is not None and period.to_day <= period.from_day:
        raise InvalidInput("Until", "This is not after the first day. Choose a later day.")
    if not 0 <= terms.share <= MOST_SHARE:
        raise InvalidInput("Share", f"Enter a share from 0 to {MOST_SHARE} percent.")
    if not terms.roles <= set(roles_of(schedule)):
        raise InvalidInput("Roles", "Choose among the roles of this schedule.")
    if not terms.weekdays <= set(range(7)):
        raise InvalidInput("Days", "Choose days of the week.")


def participant_of(session: Session, schedule_id: int, participant_id: int) -> Participant:
    """Raises NotAllowed for one of another schedule."""
    row = session.get(Participant, participant_id) if 0 < participant_id <= MAX_ID else None
    if row is None or row.schedule_id != schedule_id:
        raise NotAllowed
    return row


def free_colour(rows: Iterable[Participant]) -> int:
    """The first colour nobody has, else the one that has been free the longest, else the one fewest have."""
    taken: dict[int, int] = dict.fromkeys(range(1, COLOURS + 1), 0)
    for row in rows:
        if row.colour_freed_at is None:
            taken[row.colour] += 1
    fewest = min(taken.values())
    freed: Mapping[int, float] = {row.colour: row.colour_freed_at.timestamp() for row in rows if row.colour_freed_at}
    return min((colour for colour in taken if taken[colour] == fewest), key=lambda each: (freed.get(each, 0), each))


def _period(row: Membership) -> Period:
    return Period(
        row.from_day, row.to_day, Terms(row.share, frozenset(row.roles), frozenset(row.weekdays), row.is_paused)
    )


def _row(participant: Participant, period: Period) -> Membership:
    terms = period.terms
    return Membership(
        participant_id=participant.id or 0,
        from_day=period.from_day,
        to_day=period.to_day,
        share=terms.share,
        roles=sorted(terms.roles),
        weekdays=sorted(terms.weekdays),
        is_paused=terms.is_paused,
    )
