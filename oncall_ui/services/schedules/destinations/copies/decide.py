"""What managers decide about a program that keeps our shifts: who is who there, and whose change is right."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, delete

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import DestinationItem, Member, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.checking import remote_id
from oncall_ui.services.schedules.destinations.manage import locked


def match_people(app: App, member_id: int, schedule_id: int, destination_id: int, users: Mapping[int, str]) -> None:
    """Member → link or id of the user there; empty: found by email. Raises InvalidInput, by name, and NotAllowed."""
    with app.db.write() as session:
        schedule, destination = locked(session, member_id, schedule_id, destination_id)
        if not destination.kind.keeps_shifts:
            raise NotAllowed
        people = dict(destination.options.get("people", {}))
        for key, typed in users.items():
            member = session.get(Member, key)
            if member is None:
                raise NotAllowed
            people.pop(str(key), None)
            if typed.strip():
                people[str(key)] = remote_id(member.name, typed.strip())
        if len(set(people.values())) < len(people):
            raise InvalidInput("", "Two people can’t be the same user.")
        destination.options = {**destination.options, "people": people}
        state.try_now(destination, now())
        record(session, AuditAction.DESTINATION_CHANGED, by=member_id, what=schedule.name, name=destination.name)
    app.hub.publish(ScheduleChanged(schedule_id))


def decide_edits(app: App, member_id: int, schedule_id: int, destination_id: int, *, is_overwritten: bool) -> None:
    """About what was changed there, as it was last seen: it is overwritten with what is published here, or kept.

    What is kept is left alone until it is over. Raises NotAllowed.
    """
    with app.db.write() as session:
        schedule, destination = locked(session, member_id, schedule_id, destination_id)
        edits = destination.result.get("edits", ())
        decided = dict(destination.options.get("decided", {}))
        for edit in edits:
            decided[edit["place"]] = _with(decided.get(edit["place"], {}), edit, is_overwritten=is_overwritten)
        numbers = [edit["number"] for edit in edits if edit["number"]]
        rows = delete(DestinationItem).where(col(DestinationItem.destination_id) == destination_id)
        session.exec(rows.where(col(DestinationItem.id).in_(numbers)))
        destination.options = {**destination.options, "decided": _recent(decided)}
        destination.result = {**destination.result, "edits": []}
        state.try_now(destination, now())
        record(
            session,
            AuditAction.DESTINATION_CHANGED,
            by=member_id,
            what=schedule.name,
            name=destination.name,
            overwritten=len(edits) if is_overwritten else 0,
            kept=0 if is_overwritten else len(edits),
        )
    app.hub.publish(ScheduleChanged(schedule_id))


def _with(stored: Mapping[str, Any], edit: Mapping[str, Any], *, is_overwritten: bool) -> dict[str, Any]:
    kept, overwritten = list(stored.get("kept", ())), list(stored.get("overwritten", ()))
    if is_overwritten and edit["remote_id"]:
        overwritten.append(edit["remote_id"])
    if not is_overwritten:
        kept.append([edit["start"], edit["end"]])
    return {"kept": kept, "overwritten": overwritten}


def _recent(decided: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is over, and with the last 200 of each: a list must not grow for ever."""
    moment = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        place: {
            "kept": [span for span in each["kept"] if span[1] > moment][-200:],
            "overwritten": each["overwritten"][-200:],
        }
        for place, each in decided.items()
    }
