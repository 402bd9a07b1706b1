"""Brings what another program holds of our shifts in step with what is published, and says what keeps it from that."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct
from oncall_ui.domain.schedules.destinations.answers import RefusedOne
from oncall_ui.domain.schedules.destinations.copies import Decided, Edit, Held, Span
from oncall_ui.domain.schedules.destinations.copy_words import Troubles, trouble_words
from oncall_ui.domain.schedules.destinations.fields import TITLES
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Destination, Schedule, now
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.claim import Sending
from oncall_ui.services.schedules.destinations.copies.goalert import GoAlert
from oncall_ui.services.schedules.destinations.copies.pagerduty import PagerDuty
from oncall_ui.services.schedules.destinations.copies.program import Copy, Outcome, Program
from oncall_ui.services.schedules.destinations.copies.wanted import Holder, Part, parts_ahead
from oncall_ui.services.schedules.destinations.notes import LeaseLost, Notes

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Task:
    parts: Mapping[str, Sequence[Part]]
    places: Mapping[str, str]
    """Role → schedule there."""
    chosen: Mapping[str, str]
    """Member → user there, as a manager chose."""
    known: Mapping[str, Sequence[str]]
    """Member → user there and the address by which they were found."""
    decided: Mapping[str, Decided]
    at: datetime


async def copy_shifts(app: App, sending: Sending) -> None:
    """Raises nothing that the other program can cause."""
    notes = Notes(app, sending)
    try:
        task = await asyncio.to_thread(_task, app, sending)
        program = _program(app, sending, notes)
        users = await _users(program, task)
        outcomes = await _bring_in_step(program, notes, task, users)
    except LeaseLost:
        return
    except RefusedOne as refused:
        failure: Failure = MemberMustAct(Cause.REFUSED, refused.sentence)
        await asyncio.to_thread(_fail, app, sending, failure)
    except Failure as failed:
        await asyncio.to_thread(_fail, app, sending, failed)
    else:
        await asyncio.to_thread(_succeed, app, sending, task, users, outcomes)
    app.hub.publish(ScheduleChanged(sending.schedule_id))


def _program(app: App, sending: Sending, notes: Notes) -> Program:
    is_pagerduty = sending.kind is DestinationKind.PAGERDUTY
    return (PagerDuty if is_pagerduty else GoAlert)(app, sending.secrets, notes)


async def _users(program: Program, task: _Task) -> dict[int, str]:
    """Member → user there: chosen, found before, or found now by email."""
    found: dict[int, str] = {}
    for holder in _holders(task):
        key = str(holder.member_id)
        known = task.known.get(key, ())
        user = task.chosen.get(key, "") or (known[0] if len(known) == 2 and known[1] == holder.email else "")
        if not user and holder.email:
            user = await program.user_with(holder.email)
        if user and holder.member_id is not None:
            found[holder.member_id] = user
    return found


async def _bring_in_step(
    program: Program, notes: Notes, task: _Task, users: Mapping[int, str]
) -> list[tuple[str, Outcome]]:
    """Place → how it went. Where a role is no longer sent, what is ours there goes."""
    roles: dict[str, str] = {place: role for role, place in task.places.items()}
    found = []
    for place in sorted({*roles, *await notes.places()}):
        parts = task.parts.get(roles.get(place, ""), ())
        shifts = [
            Held(each.start, each.end, users[each.holder.member_id or 0]) for each in parts if _is_known(each, users)
        ]
        holes = [Span(each.start, each.end) for each in parts if not _is_known(each, users)]
        decided = task.decided.get(place, Decided())
        found.append((place, await program.bring_in_step(Copy(place, shifts, holes, decided, task.at))))
    return found


def _is_known(part: Part, users: Mapping[int, str]) -> bool:
    return part.holder.member_id in users


def _holders(task: _Task) -> Sequence[Holder]:
    """Each once, of the roles that are sent."""
    return list(dict.fromkeys(part.holder for role in task.places for part in task.parts.get(role, ())))


def _task(app: App, sending: Sending) -> _Task:
    moment = now().replace(microsecond=0)
    with app.db.read() as session:
        schedule = session.get_one(Schedule, sending.schedule_id)
        destination = session.get(Destination, sending.destination_id)
        if destination is None:
            raise LeaseLost
        options, result = sending.options, destination.result
        return _Task(
            parts=parts_ahead(session, schedule, moment),
            places=dict(options.get("schedules", {})),
            chosen=dict(options.get("people", {})),
            known=dict(result.get("users", {})),
            decided=_decided(options),
            at=moment,
        )


def _decided(options: Mapping[str, Any]) -> dict[str, Decided]:
    """Place → what managers decided about edits there."""
    found: dict[str, Decided] = {}
    for place, stored in options.get("decided", {}).items():
        kept = tuple(Span(_moment(start), _moment(end)) for start, end in stored.get("kept", ()))
        found[place] = Decided(kept, frozenset(stored.get("overwritten", ())))
    return found


def _fail(app: App, sending: Sending, failure: Failure) -> None:
    is_news = True
    with app.db.write() as session:
        if destination := state.held(session, sending.destination_id, sending.lease):
            is_news = state.is_news(destination, failure)
            state.fail(destination, failure)
    (log.warning if is_news else log.debug)(
        "not in step", destination=sending.destination_id, cause=failure.cause.value, detail=failure.detail
    )


def _succeed(
    app: App, sending: Sending, task: _Task, users: Mapping[int, str], outcomes: Sequence[tuple[str, Outcome]]
) -> None:
    unknown = {each: 0 for each in _holders(task) if each.member_id not in users}
    for role in task.places:
        for part in task.parts.get(role, ()):
            if part.holder in unknown:
                unknown[part.holder] += 1
    sent, refused = (sum(getattr(each, name) for _, each in outcomes) for name in ("sent", "refused"))
    edits = [(place, edit) for place, each in outcomes for edit in each.edits]
    troubles = Troubles(TITLES[sending.kind], sent, refused, len(edits), tuple(each.name for each in unknown))
    emails = {holder.member_id: holder.email for holder in _holders(task)}
    with app.db.write() as session:
        destination = state.held(session, sending.destination_id, sending.lease)
        if destination is None:
            return
        destination.result = {
            "sent": sent,
            "refused": refused,
            "edits": [_edit_row(place, edit) for place, edit in edits],
            "unknown": [[each.member_id, each.name] for each in unknown if each.member_id is not None],
            # Asked again where something was refused: perhaps a user is gone.
            "users": {} if refused else {str(key): [user, emails.get(key, "")] for key, user in users.items()},
        }
        state.succeed(destination, sending.wanted, why=trouble_words(troubles))
    log.info("in step", destination=sending.destination_id, sent=sent, refused=refused, edits=len(edits))


def _edit_row(place: str, edit: Edit) -> dict[str, Any]:
    return {
        "place": place,
        "start": utc(edit.start),
        "end": utc(edit.end),
        "remote_id": edit.remote_id,
        "user": edit.user,
        "number": edit.number,
    }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
