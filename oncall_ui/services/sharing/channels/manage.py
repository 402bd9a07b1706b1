"""A member adds, changes, pauses and removes channels of their own, and chooses what is sent there."""

from collections.abc import Mapping

from sqlmodel import Session, col, func, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.schedules.destinations.kinds import DeliveryState, DestinationKind
from oncall_ui.domain.schedules.messages.channels import KINDS, OFFERED, usual_kinds
from oncall_ui.domain.schedules.messages.kinds import EmailKind
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Channel, ChannelDelivery, Member, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import MAX_ID
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.checking import NAME, Checked, checked
from oncall_ui.services.schedules.destinations.secrets import open_secrets, seal_secrets

MOST = 5
"""Channels of one member."""
TOO_MANY = f"You can have {MOST} channels at most. Remove one first."


def add_channel(app: App, member_id: int, kind: DestinationKind, name: str, values: Mapping[str, str]) -> int:
    """Returns its id. It gets what is usual for its kind.

    Raises InvalidInput, and NotAllowed when the account is gone.
    """
    found = checked_channel(kind, name, values, {})
    with app.db.write() as session:
        _lock_member(session, member_id)
        if _count(session, member_id) >= MOST:
            raise InvalidInput(NAME, TOO_MANY)
        channel = Channel(
            member_id=member_id,
            kind=kind,
            name=found.name,
            account=found.account,
            sealed=seal_secrets(app, found.secrets),
            kinds=[each.value for each in usual_kinds(kind)],
        )
        session.add(channel)
        session.flush()
        _record(session, AuditAction.CHANNEL_ADDED, channel)
        channel_id = channel.id or 0
    app.hub.publish(MemberChanged(member_id))
    return channel_id


def change_channel(app: App, member_id: int, channel_id: int, name: str, values: Mapping[str, str]) -> None:
    """What is left empty among `values` stays as it is. Raises InvalidInput and NotAllowed."""
    with app.db.write() as session:
        channel = own_channel(session, member_id, channel_id, for_update=True)
        found = checked_channel(channel.kind, name, values, opened(app, channel))
        channel.name, channel.account = found.name, found.account
        channel.sealed = seal_secrets(app, found.secrets)
        state.changed(channel, now())
        _record(session, AuditAction.CHANNEL_CHANGED, channel)
    app.hub.publish(MemberChanged(member_id))


def choose_kind(app: App, member_id: int, channel_id: int, kind: EmailKind, wanted: bool) -> None:
    """From the next message on. Raises NotAllowed."""
    with app.db.write() as session:
        channel = own_channel(session, member_id, channel_id, for_update=True)
        if kind not in KINDS:
            raise NotAllowed
        if (kind.value in channel.kinds) is wanted:
            return
        chosen = {*channel.kinds, kind.value} if wanted else {*channel.kinds} - {kind.value}
        channel.kinds = [each.value for each in KINDS if each.value in chosen]
        _record(session, AuditAction.CHANNEL_CHANGED, channel, message=kind.value, on=int(wanted))
    app.hub.publish(MemberChanged(member_id))


def switch_channel(app: App, member_id: int, channel_id: int, is_on: bool) -> None:
    """Off: nothing is sent, and what waits is dropped. Raises NotAllowed."""
    with app.db.write() as session:
        channel = own_channel(session, member_id, channel_id, for_update=True)
        if is_on:
            state.switch_on(channel, now())
        else:
            state.switch_off(channel)
            _drop_waiting(session, channel)
        _record(session, AuditAction.CHANNEL_CHANGED, channel, on=int(is_on))
    app.hub.publish(MemberChanged(member_id))


def remove_channel(app: App, member_id: int, channel_id: int) -> None:
    """With its address and token. Raises NotAllowed."""
    with app.db.write() as session:
        channel = own_channel(session, member_id, channel_id, for_update=True)
        _record(session, AuditAction.CHANNEL_REMOVED, channel)
        session.delete(channel)
    app.hub.publish(MemberChanged(member_id))


def own_channel(session: Session, member_id: int, channel_id: int, *, for_update: bool = False) -> Channel:
    """Raises NotAllowed unless it is the member's."""
    rows = select(Channel).where(Channel.id == channel_id, Channel.member_id == member_id)
    found = session.exec(rows.with_for_update() if for_update else rows).first() if 0 < channel_id <= MAX_ID else None
    if found is None:
        raise NotAllowed
    return found


def checked_channel(kind: DestinationKind, name: str, values: Mapping[str, str], before: Mapping[str, str]) -> Checked:
    """`before`: the secrets kept where nothing was typed. Raises InvalidInput, and NotAllowed for other kinds."""
    if kind not in OFFERED:
        raise NotAllowed
    return checked(kind, (), name, values, before)


def opened(app: App, channel: Channel) -> dict[str, str]:
    """Empty where no key opens them: everything has to be entered again."""
    try:
        return open_secrets(app, channel)
    except Failure:
        return {}


def _lock_member(session: Session, member_id: int) -> None:
    if session.get(Member, member_id, with_for_update={"key_share": True}) is None:
        raise NotAllowed


def _count(session: Session, member_id: int) -> int:
    return session.exec(select(func.count(col(Channel.id))).where(Channel.member_id == member_id)).one()


def _drop_waiting(session: Session, channel: Channel) -> None:
    waiting = select(ChannelDelivery).where(
        ChannelDelivery.channel_id == channel.id, ChannelDelivery.state == DeliveryState.WAITING
    )
    for delivery in session.exec(waiting):
        delivery.state = DeliveryState.GIVEN_UP


def _record(session: Session, action: AuditAction, channel: Channel, **facts: int | str) -> None:
    also = {"kind": channel.kind.value, **facts}
    record(session, action, by=channel.member_id, what=channel.name, also=also)
