"""Reads the audit log: all of it for administrators, their own part for members."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import NotAllowed
from oncall_ui.models import AuditEntry, Member
from oncall_ui.services.accounts.members import require_admin

PAGE = 50
COMMAND_LINE = 0
"""As `who`: no member did it. Members' ids begin at 1."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the audit log. `actor_id`: None for the command line, and for who wasn't logged in."""

    id: int
    at: datetime
    action: str
    actor_id: int | None
    actor_name: str
    subject_id: int | None
    subject_name: str
    what: str
    facts: dict[str, Any]
    address: str
    user_agent: str

    @property
    def is_failure(self) -> bool:
        return self.action == AuditAction.LOGIN_FAILED


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: all that match everything that isn't left at its default."""

    text: str = ""
    """Part of a name, an email address, an IP address, or of what was changed."""
    who: int | None = None
    """The member who did it, or COMMAND_LINE."""
    subject: str = ""
    """An `AuditAction.subject`."""
    start: datetime | None = None
    end: datetime | None = None
    """Exclusive."""


@dataclass(frozen=True, slots=True)
class Found:
    """Up to PAGE lines, newest first, and how many match in all. `more`: the last line isn't the last that matches."""

    entries: tuple[Entry, ...]
    total: int
    more: bool


def read_log(app: App, admin_id: int, wanted: Wanted, after: Entry | None = None) -> Found:
    """The newest lines, or those that follow `after`. Raises NotAllowed unless `admin_id` is an administrator."""
    with app.db.read() as session:
        require_admin(session, admin_id)
        return _found(session, _matching(session, wanted), after)


def read_own(app: App, member_id: int, after: Entry | None = None) -> Found:
    """What the member did, and what others did to their account; where others did it from is left out.

    Raises NotAllowed when the account is gone.
    """
    with app.db.read() as session:
        found = _found(session, _own(session, member_id), after)
    return replace(found, entries=tuple(_for_member(entry, member_id) for entry in found.entries))


def who_acted(app: App, admin_id: int) -> dict[int, str]:
    """Members of whom there are lines, also removed ones, by name. Raises NotAllowed unless it's an administrator."""
    with app.db.read() as session:
        require_admin(session, admin_id)
        newest = select(func.max(col(AuditEntry.id))).group_by(col(AuditEntry.actor_id))
        rows = session.exec(select(AuditEntry.actor_id, AuditEntry.actor_name).where(col(AuditEntry.id).in_(newest)))
        names = [(name, number) for number, name in rows if number is not None]
    return {number: name for name, number in sorted(names)}


def every_match(app: App, admin_id: int, wanted: Wanted) -> Iterator[Entry]:
    """All lines that match, newest first, read a page at a time. Raises NotAllowed at the first line."""
    found = read_log(app, admin_id, wanted)
    while True:
        yield from found.entries
        if not found.more:
            return
        found = read_log(app, admin_id, wanted, found.entries[-1])


def every_own(app: App, member_id: int) -> Iterator[Entry]:
    """As `every_match`, for a member's own part."""
    found = read_own(app, member_id)
    while True:
        yield from found.entries
        if not found.more:
            return
        found = read_own(app, member_id, found.entries[-1])


def _found(session: Session, conditions: Sequence[ColumnElement[bool]], after: Entry | None) -> Found:
    total = session.exec(select(func.count()).select_from(AuditEntry).where(*conditions)).one()
    newest = select(AuditEntry).where(*conditions)
    if after is not None:
        older, same = col(AuditEntry.at) < after.at, col(AuditEntry.at) == after.at
        newest = newest.where(or_(older, and_(same, col(AuditEntry.id) < after.id)))
    newest = newest.order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc())
    rows = session.exec(newest.limit(PAGE + 1)).all()
    return Found(tuple(_entry(row) for row in rows[:PAGE]), total, len(rows) > PAGE)


def _matching(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.text:
        found.append(_mentions(session, wanted.text))
    if wanted.who == COMMAND_LINE:
        found.append(and_(col(AuditEntry.actor_id).is_(None), col(AuditEntry.address) == ""))
        found.append(col(AuditEntry.action) != AuditAction.LOGIN_FAILED)
    elif wanted.who is not None:
        found.append(col(AuditEntry.actor_id) == wanted.who)
    if wanted.subject:
        found.append(col(AuditEntry.action).in_([each for each in AuditAction if each.subject == wanted.subject]))
    if wanted.start is not None:
        found.append(col(AuditEntry.at) >= wanted.start)
    if wanted.end is not None:
        found.append(col(AuditEntry.at) < wanted.end)
    return found


def _mentions(session: Session, text: str) -> ColumnElement[bool]:
    ids = list(session.exec(select(Member.id).where(col(Member.email).icontains(text, autoescape=True))))
    written = (AuditEntry.actor_name, AuditEntry.subject_name, AuditEntry.what, AuditEntry.address)
    return or_(
        *(col(column).icontains(text, autoescape=True) for column in written),
        col(AuditEntry.actor_id).in_(ids),
        col(AuditEntry.subject_id).in_(ids),
    )


def _own(session: Session, member_id: int) -> list[ColumnElement[bool]]:
    if session.get(Member, member_id) is None:
        raise NotAllowed
    return [or_(col(AuditEntry.actor_id) == member_id, col(AuditEntry.subject_id) == member_id)]


def _for_member(entry: Entry, member_id: int) -> Entry:
    return entry if entry.actor_id in {member_id, None} else replace(entry, address="", user_agent="")


def _entry(row: AuditEntry) -> Entry:
    return Entry(
        row.id or 0,
        row.at,
        row.action,
        row.actor_id,
        row.actor_name,
        row.subject_id,
        row.subject_name,
        row.what,
        row.facts,
        row.address,
        row.user_agent,
    )
