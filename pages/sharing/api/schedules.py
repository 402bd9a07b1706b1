"""The API's routes about on-call schedules."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.members import MemberView
from oncall_ui.services.schedules.ledger.accounts import read_caps
from oncall_ui.services.schedules.ledger.fairness import read_fairness
from oncall_ui.services.schedules.people import read_people
from oncall_ui.services.schedules.published import mine, read
from pages.sharing.api import problems, shift_responses
from pages.sharing.api.parameters import WHEN, End, Start, Unclear, instant, span
from pages.sharing.api.tagged import TaggedRoute

T = TypeVar("T")
Problems = dict[int | str, dict[str, Any]]
NOT_FOUND: Problems = {404: {"model": problems.Problem, "description": "No such schedule, or you may not see it."}}


def routes_of_schedules(app: App, holder: Callable[..., MemberView], refused: Problems, unclear: Problems) -> APIRouter:
    """`holder` is the dependency that finds the token's owner."""
    router = APIRouter(route_class=TaggedRoute)
    Me = Annotated[MemberView, Depends(holder)]  # noqa: N806 - a type
    At = Annotated[str | None, Query(description=f"{WHEN} Default: now.")]  # noqa: N806

    # Not `async`: they wait for the database, in threads.
    @router.get("/me/shifts", responses=refused | unclear, operation_id="my_shifts")
    def my_shifts(me: Me, start: Start = None, end: End = None) -> shift_responses.OwnShifts:
        """Your published shifts on every schedule that overlap the span."""
        first, last = span(start, end, me.tz, datetime.now(UTC))
        member = shift_responses.Member(id=me.id, name=me.name)
        found = mine.my_shifts(app, me.id, first, last)
        return shift_responses.OwnShifts(shifts=[shift_responses.own_shift(each, member) for each in found])

    @router.get("/schedules", responses=refused, operation_id="schedules")
    def schedules(me: Me) -> shift_responses.Schedules:
        """The schedules you may see."""
        found = read.list_schedules(app, me.id, datetime.now(UTC))
        return shift_responses.Schedules(schedules=[shift_responses.schedule(each) for each in found])

    @router.get(
        "/schedules/{schedule_id}/shifts", responses=refused | unclear | NOT_FOUND, operation_id="schedule_shifts"
    )
    def shifts(me: Me, schedule_id: int, start: Start = None, end: End = None) -> shift_responses.Shifts:
        """Who has which published shift that overlaps the span. Days are those of your time zone."""
        first, last = span(start, end, me.tz, datetime.now(UTC))
        found = _found(read.read_shifts, app, me.id, schedule_id, first, last)
        return shift_responses.Shifts(shifts=[shift_responses.shift(each) for each in found])

    @router.get("/schedules/{schedule_id}/on-call", responses=refused | unclear | NOT_FOUND, operation_id="on_call")
    def on_call(me: Me, schedule_id: int, at: At = None) -> shift_responses.OnCall:
        """Who is on call at a moment, until when, and who is next."""
        when = instant("at", at, me.tz) if at else datetime.now(UTC).replace(microsecond=0)
        found = _found(read.on_call, app, me.id, schedule_id, when)
        return shift_responses.OnCall(at=when, on_call=[shift_responses.role(each) for each in found])

    @router.get(
        "/schedules/{schedule_id}/fairness", responses=refused | unclear | NOT_FOUND, operation_id="schedule_fairness"
    )
    def fairness(me: Me, schedule_id: int) -> shift_responses.Fairness:
        """How much everybody owed and did, and what the next plan makes up for. For the schedule’s members."""
        found = _found(read_fairness, app, me.id, schedule_id)
        people = _found(read_people, app, me.id, schedule_id, datetime.now(UTC).date())
        caps = _found(read_caps, app, me.id, schedule_id)
        return shift_responses.fairness(found, {each.id: each.member_id for each in people}, caps)

    return router


def _found(verb: Callable[..., T], app: App, member_id: int, schedule_id: int, *args: object) -> T:
    """Raises 404 for a schedule the member may not see: that there is one is none of their business."""
    try:
        return verb(app, member_id, schedule_id, *args)
    except NotAllowed as error:
        raise HTTPException(404) from error
    except OverflowError as error:
        raise Unclear("That time is out of range. Use one closer to today.") from error
