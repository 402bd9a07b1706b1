"""The e-mail addresses that are a member's: what they organised or accepted counts."""

import re
from dataclasses import dataclass

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Connection, Member, TrustedAddress
from oncall_ui.services.accounts.members import locked
from oncall_ui.services.imports.rules import read_again

AT_MOST = 10
FIELD = "Address"
CONFIRM = "I read the mail of this address"
_ADDRESS = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")


@dataclass(frozen=True, slots=True)
class Addresses:
    """All lower case: the account's, those each connection brings (nickname, addresses), those added by hand."""

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
    """Has the member's calendars read again. Raises InvalidInput with the label of the field, or of the check."""
    address = address.strip().lower()
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        raise InvalidInput(FIELD, "This is not an e-mail address. It has the form name@example.org.")
    with app.db.write() as session:
        locked(session, member_id)
        known = _addresses(session, member_id)
        if address in known.everything:
            raise InvalidInput(FIELD, "This address is yours already. Add another one.")
        if session.exec(select(Member.id).where(Member.email == address)).first() is not None:
            raise InvalidInput(FIELD, "This is the account of another member here. Add one that is yours alone.")
        if len(known.added) >= AT_MOST:
            raise InvalidInput(FIELD, f"You have added {AT_MOST} addresses, and that is all we keep. Remove one first.")
        if not is_confirmed:
            raise InvalidInput(CONFIRM, "Confirm that you read the mail of this address.")
        session.add(TrustedAddress(member_id=member_id, address=address))
        read_again(session, member_id)
    app.hub.publish(MemberChanged(member_id))


def remove_address(app: App, member_id: int, address: str) -> None:
    """Has the member's calendars read again. Raises NotAllowed when it is not one the member added."""
    with app.db.write() as session:
        row = session.exec(
            select(TrustedAddress).where(TrustedAddress.member_id == member_id, TrustedAddress.address == address)
        ).first()
        if row is None:
            raise NotAllowed
        session.delete(row)
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
