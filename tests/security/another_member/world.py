"""What Alice has, for Mallory to want, and the whole database as text, to see that nothing in it changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import SQLModel, col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.conflicts.trouble import Trouble
from oncall_ui.domain.schedules.cover.states import RequestKind
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.domain.schedules.plan_states import PlanKind
from oncall_ui.domain.schedules.rota_import.rota import RotaSource
from oncall_ui.domain.schedules.shifts.slot_key import slot_key
from oncall_ui.models import (
    ApiToken,
    Assignment,
    Connection,
    Delivery,
    Identity,
    Invitation,
    ManualEntry,
    Participant,
    Passkey,
    PublishedShift,
    RotaImport,
    Schedule,
    SchedulePlan,
    ShiftConflict,
    ShiftRequest,
    now,
)
from oncall_ui.services.schedules.destinations.manage import add_destination
from oncall_ui.services.schedules.destinations.try_now import send_test
from oncall_ui.services.sharing.channels.manage import add_channel
from tests.conftest import Person
from tests.services.helpers.full_account import keep_everything
from tests.services.helpers.schedules import draft_by_hand

SECRET_NAME = "Confidential interviews"
SECRET_SCHEDULE = "Merger of the two banks"
HOOK = {"url": "https://hooks.example.org/secret-path"}
INVITED = "future-colleague@elsewhere.example"


@dataclass(frozen=True)
class Hers:
    """Ids of what is Alice's, by the name of the parameter that takes them."""

    ids: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.ids[name]


def give(app: App, alice: Person) -> Hers:
    """Gives Alice one of everything."""
    calendar = keep_everything(app, alice)
    with app.db.write() as session:
        session.add(
            Invitation(email=INVITED, token_hash="invited", invited_by=alice.id, expires_at=now() + timedelta(days=1))
        )
        connection = session.get(Connection, calendar.connection_id)
        assert connection is not None
        connection.nickname = SECRET_NAME

    def newest(table: Any, *conditions: Any) -> Any:
        with app.db.read() as session:
            return session.exec(select(table.id).where(*conditions).order_by(col(table.id).desc())).first()

    def own(table: Any) -> Any:
        return newest(table, table.member_id == alice.id)

    return Hers(
        {
            "connection_id": calendar.connection_id,
            "reconnects": calendar.connection_id,
            "calendar_id": calendar.id,
            "days_id": own(ManualEntry),
            "token_id": own(ApiToken),
            "passkey_id": own(Passkey),
            "identity_id": own(Identity),
            "invitation_id": newest(Invitation),
            "session_id": alice.me.session_id,
            **_schedule(app, alice),
            "import_id": _import(app, alice),
        }
    )


def _import(app: App, alice: Person) -> int:
    """Of history that counts nothing."""
    with app.db.write() as session:
        schedule = session.exec(select(Participant.schedule_id).where(Participant.member_id == alice.id)).one()
        row = RotaImport(schedule_id=schedule, source=RotaSource.CSV, start=now(), end=now(), slots=0, by_id=alice.id)
        session.add(row)
        session.flush()
        return row.id or 0


def _schedule(app: App, alice: Person) -> dict[str, Any]:
    """Her schedule has a published plan, number 1; it gets a draft, number 2, and a try, number 3."""
    with app.db.write() as session:
        participant = session.exec(select(Participant).where(Participant.member_id == alice.id)).one()
        session.get_one(Schedule, participant.schedule_id).name = SECRET_SCHEDULE
        shift, part = session.exec(select(PublishedShift, Assignment).join(Assignment)).first() or (None, None)
        assert shift is not None
        assert part is not None
        key = slot_key(shift.start, part.role)
        conflict = ShiftConflict(schedule_id=participant.schedule_id, assignment_id=part.id or 0, kind=Trouble.BLOCKED)
        session.add(conflict)
        session.flush()
    draft_by_hand(app, participant.schedule_id, [participant.id])
    draft_by_hand(app, participant.schedule_id, [participant.id], kind=PlanKind.WHAT_IF)
    with app.db.write() as session:
        session.exec(select(SchedulePlan).where(SchedulePlan.kind == PlanKind.WHAT_IF)).one().by_id = alice.id
    added = add_destination(app, alice.id, participant.schedule_id, DestinationKind.WEBHOOK, "", HOOK)
    send_test(app, alice.id, participant.schedule_id, added.id)
    with app.db.read() as session:
        delivery = session.exec(select(Delivery.id)).one()
    return {
        "request_id": _request(app, alice, participant, shift),
        "destination_id": added.id,
        "delivery_id": delivery,
        "schedule_id": participant.schedule_id,
        "participant_id": participant.id,
        "number": 2,
        "shift": key,
        "conflict_id": conflict.id,
        "try_number": 3,
        "channel_id": add_channel(app, alice.id, DestinationKind.SLACK, "", HOOK),
    }


def _request(app: App, alice: Person, participant: Participant, shift: PublishedShift) -> int:
    """For cover of her shift."""
    with app.db.write() as session:
        row = ShiftRequest(
            schedule_id=participant.schedule_id,
            kind=RequestKind.COVER,
            shift_id=shift.id or 0,
            role="primary",
            start=shift.start,
            end=shift.end,
            holder_id=participant.id or 0,
            by_id=alice.id,
            note=SECRET_NAME,
        )
        session.add(row)
        session.flush()
        return row.id or 0


COUNTS = "try_count"
"""Where tries are counted."""
TABLES = [table.name for table in SQLModel.metadata.sorted_tables if table.name != COUNTS]


def everything(app: App, without: Callable[[str, dict[str, Any]], bool] = lambda _table, _row: False) -> str:
    """Every row of every table but `COUNTS`, sorted; those for which `without` is true are left out."""
    lines = []
    with app.db.read() as session:
        for name in TABLES:
            for row in session.connection().exec_driver_sql(f'SELECT * FROM "{name}"').mappings():
                if not without(name, dict(row)):
                    lines.append(f"{name} {dict(row)}")
    return "\n".join(sorted(lines))
