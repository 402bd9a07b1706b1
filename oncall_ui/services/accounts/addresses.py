"""A member's own email addresses: events count if one of them organised or accepted the event."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Connection, Member, TrustedAddress
from oncall_ui.services.accounts.members import lock_member
from oncall_ui.services.audit.record import record
from oncall_ui.services.imports.rules import read_again
from oncall_ui.services.text_input import valid_email

AT_MOST = 10
FIELD = "Address"
CONFIRM = "This is my address"


@dataclass(frozen=True, slots=True)
class Addresses:
    """In lower case: the account's, those of each connection (nickname, addresses), and those the member added."""

    account: str
    connections: tuple[tuple[str, tuple[str, ...]], ...]
    added: tuple[str, ...]

    @property
    def everything(self) -> set[str]:
        return {self.account, *self.added, *(each for _, brought in self.connections for each in brought)}


def list_addresses(app: App, member_id: int) -> Addresses:
    with app.db.read() as session:
        return _addresses(session, member_id)


def add_address(app: App, member_id: int, address: str, *, is_confirmed: bool) -> None:
    """The member's calendars are imported again. Raises InvalidInput for FIELD or CONFIRM."""
    address = valid_email(address, FIELD)
    with app.db.write() as session:
        lock_member(session, member_id)
        known = _addresses(session, member_id)
        if address in known.everything:
            raise InvalidInput(FIELD, "You already have this address.")
        if session.exec(select(Member.id).where(Member.email == address)).first() is not None:
            raise InvalidInput(FIELD, "It belongs to another member. Add an address of your own.")
        if len(known.added) >= AT_MOST:
            raise InvalidInput(FIELD, f"You can add up to {AT_MOST} addresses. Remove one first.")
        if not is_confirmed:
            raise InvalidInput(CONFIRM, "Confirm that this is your address.")
        session.add(TrustedAddress(member_id=member_id, address=address))
        record(session, AuditAction.ADDRESS_ADDED, by=member_id, what=address)
        read_again(session, member_id)
    app.hub.publish(MemberChanged(member_id))


def remove_address(app: App, member_id: int, address: str) -> None:
    """The member's calendars are imported again. Raises NotAllowed unless the member added the address."""
    with app.db.write() as session:
        theirs = select(TrustedAddress).where(TrustedAddress.member_id == member_id, TrustedAddress.address == address)
        row = session.exec(theirs.with_for_update()).first()
        if row is None:
            raise NotAllowed
        session.delete(row)
        record(session, AuditAction.ADDRESS_REMOVED, by=member_id, what=address)
        read_again(session, member_id)
    app.hub.publish(MemberChanged(member_id))


def _addresses(session: Session, member_id: int) -> Addresses:
    member = session.get(Member, member_id)
    if member is None:
        raise NotAllowed
    connections = session.exec(
        select(Connection).where(Connection.member_id == member_id).order_by(col(Connection.id))
    ).all()
    added = session.exec(
        select(TrustedAddress.address).where(TrustedAddress.member_id == member_id).order_by(col(TrustedAddress.id))
    ).all()
    brought = tuple((each.nickname, tuple(each.addresses)) for each in connections if each.addresses)
    return Addresses(member.email, brought, tuple(added))
