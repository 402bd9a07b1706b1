"""What finds out whether publishing was cut in half: every kind of half is found."""

from collections.abc import Callable, Iterator

import pytest
from sqlmodel import Session, SQLModel, col, delete, select

from bench.faults.stage.published import DAYS, Published
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.models import Assignment, AuditEntry, LedgerLine, SchedulePlan, ShiftEmail
from oncall_ui.services.schedules.published.publish import publish

Damage = Callable[[Session], object]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Two published plans and a draft."""
    world = Published(tmp_path_factory.mktemp("published"), None)
    for _ in range(2):
        publish(world.app, world.manager, world.schedule, world.draft(), 1)
    world.draft()
    yield world
    world.app.close()


def last(session: Session, table: type[SQLModel]) -> SQLModel:
    return session.exec(select(table).order_by(col(table.id).desc())).first() or table()  # type: ignore[attr-defined]


def again(session: Session, table: type[SQLModel]) -> None:
    session.add(table(**last(session, table).model_dump(exclude={"id"})))


def status(session: Session, number: int, status: PlanStatus) -> None:
    session.exec(select(SchedulePlan).where(SchedulePlan.number == number)).one().status = status


def reopened(session: Session) -> None:
    session.exec(select(Assignment).where(Assignment.cause_id == 1)).all()[0].ended_at = None


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda session: None, []),
        (lambda session: session.delete(last(session, Assignment)), ["plan 2: 1 lost"]),
        (lambda session: again(session, Assignment), ["plan 2: 1 too many"]),
        (reopened, [f"{DAYS - 1} assignments of plan 1 are ended"]),
        (lambda session: status(session, 3, PlanStatus.PUBLISHED), [f"plan 3: {DAYS} lost"]),
        (lambda session: status(session, 2, PlanStatus.DRAFT), [f"plan 2: {DAYS} too many"]),
        (lambda session: session.exec(delete(ShiftEmail).where(col(ShiftEmail.id) == 1)), ["emails: 1 lost"]),
        (lambda session: again(session, ShiftEmail), ["emails: 1 too many"]),
        (lambda session: again(session, LedgerLine), ["the ledger doesn’t sum to zero"]),
        (lambda session: session.delete(last(session, AuditEntry)), ["1 lines in the audit log for 2 plans"]),
    ],
)
def test_what_is_half_there_or_twice_is_found(world: Published, damage: Damage, found: list[str]) -> None:
    with world.app.db.write() as session:
        damage(session)
        session.flush()
        faults = world.faults_in(session)
        session.rollback()
    assert [fault for fault in faults if fault in found] == found
    assert bool(faults) == bool(found)
