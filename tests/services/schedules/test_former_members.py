"""Who erases their account takes the name along. Shifts, sums and everybody else's account stay."""

import asyncio

from sqlmodel import SQLModel, col, select

from oncall_ui.app import App
from oncall_ui.models import Participant
from oncall_ui.services.privacy.erase import erase
from oncall_ui.services.schedules.ledger.fairness import read_fairness
from oncall_ui.services.schedules.people import read_people
from oncall_ui.services.schedules.published.read import read_shifts
from tests.conftest import PASSWORD, Person
from tests.services.helpers.schedules import (
    balances_by_bucket,
    in_plan,
    keep_schedule,
    next_monday,
    participant_of,
    planned,
    publish_by_hand,
)


def test_shifts_and_sums_stay_without_the_name(app: App, alice: Person, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, alice, [bob, mallory])
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, alice, schedule, [b, m, m])
    before = read_fairness(app, alice.id, schedule).accounts
    for each in (mallory, bob):
        asyncio.run(erase(app, each.id, PASSWORD))
    fairness = read_fairness(app, alice.id, schedule)
    assert fairness.accounts == before
    assert fairness.names == {m: "Former member 1", b: "Former member 2"}
    with app.db.read() as session:
        assert set(balances_by_bucket(session, schedule)) == {0}
    names = [each.name for each in read_shifts(app, alice.id, schedule, in_plan(0), in_plan(9))]
    assert names == ["Former member 2", "Former member 1", "Former member 1"]
    assert all(each.terms is None for each in read_people(app, alice.id, schedule, next_monday()))


def test_no_name_and_no_email_is_left_but_in_the_audit_log(app: App, alice: Person, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [alice, bob])
    planned(app, bob, schedule)
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, bob)])
    asyncio.run(erase(app, bob.id, PASSWORD))
    with app.db.read() as session:
        for table in SQLModel.metadata.sorted_tables:
            rows = session.execute(table.select()).all() if table.name != "audit_entry" else []
            assert not [row for row in rows if "Bob" in str(row) or bob.email in str(row)], table.name


def test_a_colour_is_free_for_somebody_new_once_others_are_taken(app: App, alice: Person, bob: Person) -> None:
    schedule = keep_schedule(app, alice, [alice, bob])
    asyncio.run(erase(app, bob.id, PASSWORD))
    with app.db.read() as session:
        rows = session.exec(select(Participant).order_by(col(Participant.id))).all()
    assert [(row.schedule_id, row.colour, row.colour_freed_at is None) for row in rows] == [
        (schedule, 1, True),
        (schedule, 2, False),
    ]
