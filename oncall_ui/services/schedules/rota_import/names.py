"""Who is meant by the names of a rota: what was chosen before, and what can be chosen."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from oncall_ui.domain.schedules.rota_import.people import FORMER, NOBODY, Known
from oncall_ui.domain.schedules.rota_import.rota import Named
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import Member, Participant, RotaName, Schedule, TrustedAddress
from oncall_ui.services.schedules.people import MOST_PEOPLE, free_colour, names_of
from oncall_ui.services.text_input import without_hidden

MOST_REMEMBERED = 2_000
"""Names of a schedule; further ones are asked for again."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a manager decided about a rota."""

    people: Mapping[str, int]
    """Key of a name → a participant's id, NOBODY or FORMER. Entries with other names don't count."""
    role: str = ""
    """Of entries whose source doesn't say which; empty: the first."""
    months: int = 12


def known_people(session: Session, schedule_id: int) -> list[Known]:
    """Everybody who was ever on the schedule, with the addresses of their accounts."""
    members = {
        member or 0: participant or 0
        for participant, member in session.exec(
            select(Participant.id, Participant.member_id).where(Participant.schedule_id == schedule_id)
        )
    }
    emails = {members[member]: theirs for member, theirs in _emails(session, members).items()}
    return [Known(each, name, frozenset(emails.get(each, ()))) for each, name in names_of(session, schedule_id).items()]


def known_members(session: Session) -> list[Known]:
    """Everybody with an account, under their member ids: for a schedule that nobody has created yet."""
    names = {member or 0: name for member, name in session.exec(select(Member.id, Member.name))}
    emails = _emails(session, names)
    return [Known(member, name, frozenset(emails.get(member, ()))) for member, name in names.items()]


def _emails(session: Session, members: Collection[int]) -> dict[int, set[str]]:
    """Member id → the addresses of their account."""
    found: dict[int, set[str]] = {}
    for table, owner, address in (
        (Member, Member.id, Member.email),
        (TrustedAddress, TrustedAddress.member_id, TrustedAddress.address),
    ):
        rows = select(owner, address).select_from(table).where(col(owner).in_(members))
        for member, email in session.exec(rows):
            found.setdefault(member or 0, set()).add(email.lower())
    return found


def remembered(session: Session, schedule_id: int) -> dict[str, int]:
    """Key → a participant's id, or NOBODY."""
    rows = session.exec(select(RotaName).where(RotaName.schedule_id == schedule_id))
    return {row.known_as: row.participant_id or NOBODY for row in rows}


def people_meant(
    session: Session, schedule: Schedule, names: Mapping[str, Named], chosen: Mapping[str, int]
) -> dict[str, int]:
    """Key → a participant's id, without names that don't count; those who have left get a row of their own.

    Raises NotAllowed for somebody of another schedule.
    """
    known = {each.id for each in known_people(session, schedule.id or 0)}
    found: dict[str, int] = {}
    for key, who in names.items():
        answer = chosen.get(key, NOBODY)
        if answer == FORMER:
            found[key] = _former(session, schedule, who)
        elif answer in known:
            found[key] = answer
        elif answer != NOBODY:
            raise NotAllowed
    return found


def remember(session: Session, schedule_id: int, meant: Mapping[str, int], chosen: Mapping[str, int]) -> None:
    """For the next import."""
    rows = {row.known_as: row for row in session.exec(select(RotaName).where(RotaName.schedule_id == schedule_id))}
    for key in [each for each, answer in chosen.items() if answer == NOBODY or each in meant]:
        if key in rows:
            rows[key].participant_id = meant.get(key)
        elif len(rows) < MOST_REMEMBERED:
            rows[key] = RotaName(schedule_id=schedule_id, known_as=key, participant_id=meant.get(key))
            session.add(rows[key])


def _former(session: Session, schedule: Schedule, who: Named) -> int:
    """A participant without an account, who keeps what the ledger says about them."""
    rows: Sequence[Participant] = session.exec(select(Participant).where(Participant.schedule_id == schedule.id)).all()
    if len(rows) >= MOST_PEOPLE:
        raise InvalidInput("People", f"A schedule has at most {MOST_PEOPLE} people. Leave out some names.")
    name = without_hidden(who.shown) or "Former member"
    row = Participant(schedule_id=schedule.id or 0, name=name, colour=free_colour(rows))
    session.add(row)
    session.flush()
    return row.id or 0
