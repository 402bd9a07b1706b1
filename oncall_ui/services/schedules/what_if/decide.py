"""Makes a try a draft: what was tried becomes what is set, and the draft is planned from it."""

from dataclasses import replace

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.membership import Period, Terms
from oncall_ui.domain.schedules.plan_states import PlanKind, PlanStatus
from oncall_ui.domain.schedules.what_if.changes import (
    Change,
    Joins,
    Leaves,
    LimitsAre,
    ShareIs,
    Tried,
    points_with,
    roles_with,
    with_share,
)
from oncall_ui.domain.schedules.what_if.stored import from_row
from oncall_ui.errors import InvalidInput, PlanNotReady
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Schedule
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import lock_schedule
from oncall_ui.services.schedules.drafts.drafts import Wanted, ask_for
from oncall_ui.services.schedules.people import agree, leave, participant_of, periods_of, put_on
from oncall_ui.services.schedules.rules import checked, store_limits
from oncall_ui.services.schedules.settings import apply, facts_of, settings_of
from oncall_ui.services.schedules.what_if.checks import settled
from oncall_ui.services.schedules.what_if.tries import days_of, drop, try_of

NOT_READY = "This is still being planned. Wait until its effect is shown."
GONE = "This try is over. Start a new one."
NO_ACCOUNT = "Someone new has no account yet. Invite them first, then try it with their name."


def make_draft(app: App, member_id: int, schedule_id: int, number: int, revision: int) -> int:
    """Changes people, points, limits and roles as tried, asks for a draft, and returns the draft's number.

    Leave is no setting: only the draft is planned with it. All of it is one transaction. Raises PlanNotReady
    where the try isn't the one that was looked at, NotAllowed unless the member manages the schedule, and InvalidInput.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = try_of(session, member_id, schedule_id, number)
        if plan.status is not PlanStatus.DRAFT or plan.revision != revision:
            raise PlanNotReady(GONE if plan.status is PlanStatus.DROPPED else NOT_READY)
        tried = settled(session, schedule, from_row(plan.tried))
        _Setter(session, schedule, member_id).set_all(tried)
        first, end = days_of(session, schedule)
        rest = replace(tried.rest, seed=plan.number)
        made = ask_for(session, schedule, Wanted(member_id, PlanKind.REDO, first, end, tried=rest))
        drop(session, plan)
        plan.tried = {"became": made}
        record(
            session,
            AuditAction.DRAFT_CREATED,
            by=member_id,
            what=schedule.name,
            number=made,
            tried=len(tried.changes),
        )
    app.hub.publish(ScheduleChanged(schedule_id))
    return made


class _Setter:
    """Within the caller's transaction; a line in the audit log for each person, and one for the rest."""

    def __init__(self, session: Session, schedule: Schedule, by: int) -> None:
        self._session, self._schedule, self._by = session, schedule, by

    def set_all(self, tried: Tried) -> None:
        """Raises InvalidInput."""
        for change in tried.changes:
            self._person(change)
        self._settings(tried)

    def _person(self, change: Change) -> None:
        match change:
            case Joins(_, member, from_day, share):
                if member is None:
                    raise InvalidInput("Joins", NO_ACCOUNT)
                row = put_on(self._session, self._schedule, member)
                agree(self._session, self._schedule, row, Period(from_day, None, Terms(share)))
                self._record_person(member, from_day=from_day.isoformat())
            case Leaves(who, from_day):
                row = participant_of(self._session, self._schedule.id or 0, who)
                leave(self._session, self._schedule.id or 0, row, from_day)
                self._record_person(row.member_id, left=from_day.isoformat())
            case ShareIs(who, from_day, share):
                row = participant_of(self._session, self._schedule.id or 0, who)
                periods = periods_of(self._session, self._schedule.id or 0).get(who, [])
                for period in with_share(periods, from_day, share):
                    agree(self._session, self._schedule, row, period)
                self._record_person(row.member_id, from_day=from_day.isoformat())

    def _settings(self, tried: Tried) -> None:
        schedule, changes = self._schedule, tried.changes
        settings = settings_of(schedule)
        roles = {row["name"]: row["percent"] for row in roles_with(schedule.roles, changes)}
        wanted = replace(settings, roles=roles, points=points_with(schedule.points, changes))
        changed = [name for name in ("roles", "points") if getattr(wanted, name) != getattr(settings, name)]
        if changed:
            apply(schedule, wanted)
            checked(self._session, schedule)
        facts = facts_of(settings, wanted, changed)
        for change in changes:
            if isinstance(change, LimitsAre):
                store_limits(self._session, schedule, change.limits)
                facts["limits"] = len(change.limits)
        if changed or "limits" in facts:
            record(
                self._session,
                AuditAction.SCHEDULE_CHANGED,
                by=self._by,
                what=schedule.name,
                also=facts,
                schedule=schedule.id or 0,
            )

    def _record_person(self, member: int | None, **facts: str) -> None:
        record(
            self._session,
            AuditAction.SCHEDULE_PEOPLE_CHANGED,
            by=self._by,
            about=member,
            what=self._schedule.name,
            also=facts,
            schedule=self._schedule.id or 0,
        )
