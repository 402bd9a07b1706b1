"""The API's responses about on-call schedules. Times are UTC, `2026-11-22T09:00:00Z`, ends exclusive."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, Field

from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.ledger.accounts import capped
from oncall_ui.services.schedules.ledger.fairness import Fairness as Sums
from oncall_ui.services.schedules.published import mine, read


class Member(BaseModel):
    """Somebody on call. `id` is null once the account is gone; then the name is one like “Former member 3”."""

    id: int | None
    name: str


class Schedule(BaseModel):
    """A schedule you may see."""

    id: int
    name: str
    zone: str
    access: Access = Field(description="What you may do with it; administrators are managers of every schedule.")
    published_until: datetime | None = Field(description="When the last published shift ends; null: none is published.")


class Schedules(BaseModel):
    """By name. Archived ones are left out."""

    schedules: list[Schedule]


class Shift(BaseModel):
    """A published role of a shift, or the part of it that one member has."""

    start: datetime
    end: datetime
    type: str
    role: str
    member: Member | None = Field(description="Null: a gap, nobody is on call.")


class Shifts(BaseModel):
    """Sorted by start, then in the schedule’s order of roles. Shifts that only overlap the span are whole."""

    shifts: list[Shift]


class ScheduleName(BaseModel):
    """A schedule, by its id and name."""

    id: int
    name: str


class OwnShift(Shift):
    """One of your shifts."""

    schedule: ScheduleName


class OwnShifts(BaseModel):
    """Your shifts on every schedule, by start."""

    shifts: list[OwnShift]


class Next(Member):
    """Who has the role next, and when."""

    start: datetime
    end: datetime


class Role(BaseModel):
    """Who has a role at the moment asked for."""

    role: str
    member: Member | None = Field(description="Null: nobody.")
    until: datetime | None = Field(description="When this changes; null: nothing is published after it.")
    next: Next | None = Field(description="Null: nobody within five weeks.")


class OnCall(BaseModel):
    """Who is on call, in the schedule’s order of roles."""

    at: datetime
    on_call: list[Role]


class Account(BaseModel):
    """One person in one bucket, in points. In each bucket the balances sum to zero."""

    person: str = Field(description="The member’s id as text; of somebody whose account is gone, their name.")
    name: str
    bucket: str = Field(description="`all`, `role:…` or `type:…`.")
    due: float
    done: float
    carried: float = Field(
        description="What of the balance the next plan makes up for, as far as the schedule carries balances over."
    )
    balance: float = Field(description="Above zero: more than their share.")


class Fairness(BaseModel):
    """Everybody’s accounts, of everything published."""

    fairness: list[Account]


def schedule(found: read.ScheduleCard) -> Schedule:
    return Schedule(
        id=found.id, name=found.name, zone=found.zone, access=found.access, published_until=found.published_until
    )


def shift(found: read.ShiftView) -> Shift:
    return Shift(start=found.start, end=found.end, type=found.type, role=found.role, member=_member(found))


def own_shift(found: mine.MyShift, me: Member) -> OwnShift:
    name = ScheduleName(id=found.schedule_id, name=found.schedule)
    return OwnShift(start=found.start, end=found.end, type=found.type, role=found.role, member=me, schedule=name)


def role(found: read.OnCall) -> Role:
    following = None
    if found.next is not None:
        following = Next(id=found.next.member_id, name=found.next.name, start=found.next.start, end=found.next.end)
    return Role(role=found.role, member=_member(found.now) if found.now else None, until=found.until, next=following)


def fairness(found: Sums, members: dict[int, int | None], caps: Mapping[tuple[int, str], float]) -> Fairness:
    """`members`: participant id → member id. `caps`: as `read_caps` gives them."""
    accounts = []
    for each in found.accounts:
        balance = float(each.balance)
        carried = capped(balance, caps.get((each.participant_id, each.bucket), 0.0)) if caps else balance
        name, member = found.names.get(each.participant_id, ""), members.get(each.participant_id)
        accounts.append(
            Account(
                person=str(member) if member is not None else name,
                name=name,
                bucket=each.bucket,
                due=round(float(each.due), 3),
                done=round(float(each.done), 3),
                carried=round(carried, 3),
                balance=round(balance, 3),
            )
        )
    return Fairness(fairness=accounts)


def _member(found: read.ShiftView) -> Member | None:
    return Member(id=found.member_id, name=found.name) if not found.is_gap else None
