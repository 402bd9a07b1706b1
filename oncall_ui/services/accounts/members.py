"""Accounts: who has one, and who is an administrator."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.errors import InvalidInput, NotAllowed, all_valid
from oncall_ui.models import Member
from oncall_ui.security.passwords import too_weak
from oncall_ui.services.audit.record import record
from oncall_ui.services.text_input import checked_line, is_one_line, valid_email


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member, as pages may show them."""

    id: int
    name: str
    email: str
    zone: str
    is_admin: bool
    theme: str = ""

    @property
    def tz(self) -> ZoneInfo:
        return zone_of(self.zone)

    @property
    def initials(self) -> str:
        words = self.name.split() or [self.email]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def zones() -> list[str]:
    """The time zones to choose from, sorted: the places in the tz database, and UTC."""
    places = (zone for zone in _iana_zones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [*sorted(places), "UTC"]


def add_member(
    app: App, *, name: str, email: str, password: str, zone: str, is_admin: bool = False, by: int | None = None
) -> int:
    """Creates an account and returns its id. `by` is who does it, None: the command line.

    Raises InvalidInput, also if the email address already has an account.
    """
    member = valid_member(app, name=name, email=email, password=password, zone=zone, is_admin=is_admin)
    try:
        with app.db.write() as session:
            session.add(member)
            session.flush()
            record(session, AuditAction.ACCOUNT_CREATED, by=by, about=member.id)
            return _id(member)
    except IntegrityError as error:
        raise InvalidInput("Email", f"{member.email} already has an account.") from error


def find_member(app: App, email: str) -> int | None:
    """The id of the member with this email address."""
    email = email.strip().lower()
    if not is_one_line(email):
        return None  # PostgreSQL rejects a NUL even in a question
    with app.db.read() as session:
        return session.exec(select(Member.id).where(Member.email == email)).first()


def list_members(app: App, admin_id: int) -> list[MemberView]:
    """All members, by name. Raises NotAllowed unless `admin_id` is an administrator."""
    with app.db.read() as session:
        require_admin(session, admin_id)
        return [member_view(member) for member in session.exec(select(Member).order_by(col(Member.name)))]


def set_theme(app: App, member_id: int, theme: str) -> None:
    """`light`, `dark`, or empty for the system's theme."""
    if theme not in {"", "light", "dark"}:
        raise InvalidInput("Theme", "Choose light, dark or system.")
    with app.db.write() as session:
        if member := session.get(Member, member_id):
            member.theme = theme


def valid_member(app: App, *, name: str, email: str, password: str, zone: str, is_admin: bool) -> Member:
    """A row that is not stored yet. Raises InvalidInput for all invalid fields."""
    name, email, password, zone = all_valid(
        lambda: valid_name(name),
        lambda: valid_email(email),
        lambda: _valid_password(password),
        lambda: valid_zone(zone),
    )
    return Member(name=name, email=email, password_hash=app.passwords.hash(password), zone=zone, is_admin=is_admin)


def valid_name(name: str) -> str:
    """The name as it is stored, stripped. Raises InvalidInput."""
    return checked_line(name, "Name", longest=200, sentence="Enter a name of up to 200 characters.")


def valid_zone(zone: str) -> str:
    """The name of the time zone as it is stored. Raises InvalidInput unless `find_zone` finds it."""
    found = find_zone(zone)
    if found is None:
        raise InvalidInput("Time zone", "We don’t know this zone. Choose one from the list, such as Europe/Berlin.")
    return found


def find_zone(typed: str) -> str | None:
    """The time zone that `typed` names in full or by its city alone, in any case: `new york` is America/New_York."""
    name = "_".join(typed.split()).casefold()
    if named := _by_name().get(name):
        return named
    cities = [zone for zone in zones() if zone.rpartition("/")[2].casefold() == name]
    # One city may have several names: Europe/Istanbul and Asia/Istanbul.
    return cities[0] if cities and len({_clock(zone) for zone in cities}) == 1 else None


def _clock(zone: str) -> tuple[timedelta | None, ...]:
    """What tells the clocks of two zones apart, in winter and summer."""
    return tuple(datetime(2026, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7))


def _valid_password(password: str) -> str:
    if weakness := too_weak(password):
        raise InvalidInput("Password", weakness)
    return password


def member_view(member: Member) -> MemberView:
    return MemberView(_id(member), member.name, member.email, member.zone, member.is_admin, member.theme)


@cache
def _iana_zones() -> frozenset[str]:
    # The standard library walks the folders of the tz database each time.
    return frozenset(available_timezones())


@cache
def _by_name() -> dict[str, str]:
    return {zone.casefold(): zone for zone in sorted(_iana_zones())}


def _id(member: Member) -> int:
    assert member.id is not None  # stored rows have one
    return member.id


def require_admin(session: Session, member_id: int) -> None:
    """Raises NotAllowed unless the member is an administrator."""
    member = session.get(Member, member_id)
    if member is None or not member.is_admin:
        raise NotAllowed


def lock_member(session: Session, member_id: int) -> Member:
    """Serialises changes that the member makes in two browsers; imports don't wait for it. Raises NotAllowed."""
    # FOR NO KEY UPDATE: a stronger lock would wait for every insert that refers to the member, and block it.
    member = session.get(Member, member_id, with_for_update={"key_share": True})
    if member is None:
        raise NotAllowed
    return member
