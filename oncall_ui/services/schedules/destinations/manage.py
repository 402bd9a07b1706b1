"""Managers add, change, switch and remove the destinations of a schedule."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from sqlmodel import Session, col, func, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.destinations.fields import OFFERED, ROLE, TITLES, FormField, fields_of
from oncall_ui.domain.schedules.destinations.kinds import CHOSEN_BY_KIND, DeliveryState, DestinationKind, EventKind
from oncall_ui.domain.schedules.destinations.webhook import new_secret
from oncall_ui.errors import InvalidInput, NotAllowed, all_valid
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Delivery, Destination, Schedule, now
from oncall_ui.security.http.urls import normalise_url
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import MAX_ID, lock_schedule
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.pagerduty import REGIONS
from oncall_ui.services.schedules.destinations.secrets import open_secrets, seal_secrets
from oncall_ui.services.schedules.rules import roles_of
from oncall_ui.services.text_input import checked_line

MOST = 10
"""Destinations of one schedule."""
LONGEST = 2000
NAME, SECRET = "Nickname", "secret"
NAME_LENGTH = "A nickname has 80 characters at most."
NO_PLACE = "Enter a schedule for one role at least."
SAME_PLACE = "Each role needs a schedule of its own."
TOO_MANY = f"A schedule has {MOST} destinations at most. Remove one first."
SWITCHED_OFF = "The destination was switched off."
BAD_ADDRESS = "Enter an address that starts with https:// or http://"


@dataclass(frozen=True, slots=True)
class Added:
    """`secret` is what its receiver checks signatures with, to be shown once; empty where nothing is signed."""

    id: int
    secret: str = field(default="", repr=False)


def add_destination(
    app: App, member_id: int, schedule_id: int, kind: DestinationKind, name: str, values: Mapping[str, str]
) -> Added:
    """Raises InvalidInput, and NotAllowed unless the member manages the schedule. Its first event may be a test."""
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        found = _checked(kind, roles_of(schedule), name, values, {})
        if _count(session, schedule_id) >= MOST:
            raise InvalidInput(NAME, TOO_MANY)
        secrets = dict(found.secrets)
        if kind is DestinationKind.WEBHOOK:
            secrets[SECRET] = new_secret()
        destination = Destination(
            schedule_id=schedule_id,
            kind=kind,
            name=found.name,
            account=found.account,
            sealed=seal_secrets(app, secrets),
            options={"events": [each.value for each in CHOSEN_BY_KIND[kind]], "schedules": found.places},
        )
        session.add(destination)
        session.flush()
        _record(session, AuditAction.DESTINATION_ADDED, member_id, schedule, destination)
        added = Added(destination.id or 0, secrets.get(SECRET, ""))
    app.hub.publish(ScheduleChanged(schedule_id))
    return added


def change_destination(
    app: App,
    member_id: int,
    schedule_id: int,
    destination_id: int,
    name: str,
    values: Mapping[str, str],
    events: Sequence[EventKind],
) -> None:
    """What is left empty among `values` stays as it is. It is tried at once. Raises InvalidInput and NotAllowed."""
    with app.db.write() as session:
        schedule, destination = locked(session, member_id, schedule_id, destination_id)
        found = _checked(destination.kind, roles_of(schedule), name, values, _opened(app, destination))
        destination.name, destination.account = found.name, found.account
        destination.sealed = seal_secrets(app, found.secrets)
        wanted = [each.value for each in EventKind if each in events and each is not EventKind.TEST]
        destination.options = {**destination.options, "events": wanted, "schedules": found.places}
        state.changed(destination, now())
        _record(session, AuditAction.DESTINATION_CHANGED, member_id, schedule, destination)
    app.hub.publish(ScheduleChanged(schedule_id))


def renew_secret(app: App, member_id: int, schedule_id: int, destination_id: int) -> str:
    """A new secret for a webhook; the old one signs nothing any more. Raises NotAllowed."""
    with app.db.write() as session:
        schedule, destination = locked(session, member_id, schedule_id, destination_id)
        secrets = _opened(app, destination)
        if destination.kind is not DestinationKind.WEBHOOK or "url" not in secrets:
            raise NotAllowed
        secrets[SECRET] = new_secret()
        destination.sealed = seal_secrets(app, secrets)
        state.changed(destination, now())
        _record(session, AuditAction.DESTINATION_CHANGED, member_id, schedule, destination)
    app.hub.publish(ScheduleChanged(schedule_id))
    return secrets[SECRET]


def switch_destination(app: App, member_id: int, schedule_id: int, destination_id: int, is_on: bool) -> None:
    """Off: what is there stays, and nothing is sent; nor is it later, when it is on again. Raises NotAllowed."""
    with app.db.write() as session:
        schedule, destination = locked(session, member_id, schedule_id, destination_id)
        if is_on:
            state.switch_on(destination, now())
        else:
            state.switch_off(destination)
            _give_up_waiting(session, destination)
        _record(session, AuditAction.DESTINATION_CHANGED, member_id, schedule, destination, on=int(is_on))
    app.hub.publish(ScheduleChanged(schedule_id))


def remove_destination(app: App, member_id: int, schedule_id: int, destination_id: int) -> None:
    """What is there stays there. Raises NotAllowed."""
    with app.db.write() as session:
        schedule, destination = locked(session, member_id, schedule_id, destination_id)
        _record(session, AuditAction.DESTINATION_REMOVED, member_id, schedule, destination)
        session.delete(destination)
    app.hub.publish(ScheduleChanged(schedule_id))


def _give_up_waiting(session: Session, destination: Destination) -> None:
    waiting = select(Delivery).where(Delivery.destination_id == destination.id, Delivery.state == DeliveryState.WAITING)
    for delivery in session.exec(waiting):
        delivery.state, delivery.why = DeliveryState.GIVEN_UP, SWITCHED_OFF


def locked(session: Session, member_id: int, schedule_id: int, destination_id: int) -> tuple[Schedule, Destination]:
    """Both, locked for a change. Raises NotAllowed unless the member manages the schedule, and it is of that one."""
    schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
    if not 0 < destination_id <= MAX_ID:
        raise NotAllowed
    rows = select(Destination).where(Destination.id == destination_id, Destination.schedule_id == schedule_id)
    destination = session.exec(rows.with_for_update()).first()
    if destination is None:
        raise NotAllowed
    return schedule, destination


@dataclass(frozen=True, slots=True)
class _Checked:
    name: str
    secrets: Mapping[str, str] = field(repr=False)
    places: Mapping[str, str]
    """Role → schedule there."""
    account: str


def _checked(
    kind: DestinationKind, roles: Sequence[str], name: str, values: Mapping[str, str], before: Mapping[str, str]
) -> _Checked:
    """Raises InvalidInput for all that is wrong."""
    if kind not in OFFERED:
        raise NotAllowed
    title, fields = TITLES[kind], fields_of(kind, roles)

    def nickname() -> str:
        return checked_line(name or title, NAME, longest=80, sentence=NAME_LENGTH)

    def one(each: FormField) -> str:
        return _value(each, values.get(each.key, ""), before.get(each.key, ""))

    checked, *found = all_valid(nickname, *(partial(one, each) for each in fields))
    typed = {each.key: value for each, value in zip(fields, found, strict=True)}
    places = {key.removeprefix(ROLE): value for key, value in typed.items() if key.startswith(ROLE) and value}
    if fields[-1].key.startswith(ROLE) and not places:
        raise InvalidInput(fields[-1].label, NO_PLACE)
    if len(set(places.values())) < len(places):
        raise InvalidInput(fields[-1].label, SAME_PLACE)
    secrets = {**before, **{key: value for key, value in typed.items() if not key.startswith(ROLE)}}
    return _Checked(checked, secrets, places, _account(fields, secrets))


def _value(each: FormField, typed: str, before: str) -> str:
    text = typed.strip()
    if not text:
        if before or each.is_optional:
            return before
        raise InvalidInput(each.label, "Fill this in.")
    if len(text) > LONGEST or not text.isprintable():
        raise InvalidInput(each.label, "Copy it again: this is too long, or has unreadable characters.")
    if each.choices and text.lower() not in each.choices:
        raise InvalidInput(each.label, f"Enter {' or '.join(each.choices)}.")
    if each.choices:
        return text.lower()
    if each.key == "topic" and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text):
        raise InvalidInput(each.label, "A topic is up to 64 of a–z, A–Z, 0–9, - and _.")
    if each.key.startswith(ROLE):
        return remote_id(each.label, text)
    return _address(each.label, text) if each.is_address else text


def remote_id(label: str, text: str) -> str:
    """The id in a link of PagerDuty or GoAlert, or the id itself. Raises InvalidInput."""
    last = re.split(r"[/#?]+", text.rstrip("/#?"))[-1]
    if not re.fullmatch(r"[A-Za-z0-9_-]{3,64}", last):
        raise InvalidInput(label, "Enter the link or the id that you see there.")
    return last


def _address(label: str, text: str) -> str:
    if not text.lower().startswith(("https://", "http://")):
        raise InvalidInput(label, BAD_ADDRESS)
    try:
        return normalise_url(text)
    except Failure as failure:
        raise InvalidInput(label, failure.sentence) from None


def _account(fields: Sequence[FormField], secrets: Mapping[str, str]) -> str:
    """Name and port of its server: the rest of an address may be a password."""
    addresses = [secrets[each.key] for each in fields if each.is_address]
    if region := secrets.get("region"):
        addresses = [secrets.get("api_url") or REGIONS[region]]
    return urlsplit(addresses[0]).netloc.lower()[:300] if addresses else ""


def _opened(app: App, destination: Destination) -> dict[str, str]:
    """Empty where no key opens them: everything has to be entered again."""
    try:
        return open_secrets(app, destination)
    except Failure:
        return {}


def _count(session: Session, schedule_id: int) -> int:
    rows = select(func.count(col(Destination.id))).where(Destination.schedule_id == schedule_id)
    return session.exec(rows).one()


def _record(
    session: Session, action: AuditAction, by: int, schedule: Schedule, destination: Destination, **facts: int
) -> None:
    also = {"kind": destination.kind.value, "name": destination.name, **facts}
    record(session, action, by=by, what=schedule.name, also=also)
