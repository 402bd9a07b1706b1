"""Who has an account."""

import functools
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import Member
from oncall_ui.security.passwords import hash_password, too_weak

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member as a page may show them."""

    id: int
    name: str
    email: str
    zone: str
    is_admin: bool
    theme: str = ""

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def initials(self) -> str:
        words = self.name.split() or [self.email]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def zones() -> list[str]:
    """Names a member can choose, sorted: the places of the tz database, and UTC."""
    places = (zone for zone in _known_zones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [*sorted(places), "UTC"]


def add_member(app: App, *, name: str, email: str, password: str, zone: str, is_admin: bool = False) -> int:
    """Creates an account and returns its id. Raises InvalidInput, also when the e-mail has an account already."""
    member = valid_member(name=name, email=email, password=password, zone=zone, is_admin=is_admin)
    try:
        with app.db.write() as session:
            session.add(member)
            session.flush()
            return _id(member)
    except IntegrityError as error:
        raise InvalidInput("Email", f"{member.email} has an account already.") from error


def add_member_as(app: App, admin_id: int, *, name: str, email: str, password: str, zone: str) -> int:
    """As `add_member`, for an administrator. Raises NotAllowed for everybody else."""
    with app.db.read() as session:
        _require_admin(session, admin_id)
    return add_member(app, name=name, email=email, password=password, zone=zone)


def list_members(app: App, admin_id: int) -> list[MemberView]:
    """Everybody, by name. Raises NotAllowed unless asked by an administrator."""
    with app.db.read() as session:
        _require_admin(session, admin_id)
        return [view(member) for member in session.exec(select(Member).order_by(col(Member.name)))]


def set_theme(app: App, member_id: int, theme: str) -> None:
    """`light`, `dark`, or empty for the system's."""
    if theme not in {"", "light", "dark"}:
        raise InvalidInput("Theme", "Choose light, dark or system.")
    with app.db.write() as session:
        if member := session.get(Member, member_id):
            member.theme = theme


def valid_member(*, name: str, email: str, password: str, zone: str, is_admin: bool) -> Member:
    """A row not yet stored. Raises InvalidInput for the first field that can't be taken."""
    name, email = valid_name(name), email.strip().lower()
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        raise InvalidInput("Email", "This is not an e-mail address. It has the form name@example.org.")
    if weakness := too_weak(password):
        raise InvalidInput("Password", weakness)
    zone = valid_zone(zone)
    return Member(name=name, email=email, password_hash=hash_password(password), zone=zone, is_admin=is_admin)


def valid_name(name: str) -> str:
    """As it is stored. Raises InvalidInput."""
    name = name.strip()
    if not name or len(name) > 200 or "\0" in name:
        raise InvalidInput("Name", "Fill in a name of at most 200 characters.")
    return name


def valid_zone(zone: str) -> str:
    """Raises InvalidInput unless it is an IANA name."""
    if zone not in _known_zones():
        raise InvalidInput("Time zone", "We don’t know this zone. Choose one from the list, such as Europe/Berlin.")
    return zone


@functools.cache
def _known_zones() -> frozenset[str]:
    # They stand in hundreds of files; looking through them takes longer than everything else about a member.
    return frozenset(available_timezones())


def view(member: Member) -> MemberView:
    return MemberView(_id(member), member.name, member.email, member.zone, member.is_admin, member.theme)


def _id(member: Member) -> int:
    assert member.id is not None  # stored rows have one
    return member.id


def _require_admin(session: Session, member_id: int) -> None:
    member = session.get(Member, member_id)
    if member is None or not member.is_admin:
        raise NotAllowed


def locked(session: Session, member_id: int) -> Member:
    """Two browsers of the member wait for one another; an import of theirs doesn't. Raises NotAllowed."""
    # No key update: a stronger lock would wait for every row that points at the member, and they for it.
    member = session.get(Member, member_id, with_for_update={"key_share": True})
    if member is None:
        raise NotAllowed
    return member
