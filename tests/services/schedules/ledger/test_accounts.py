"""What the page of the ledger reads, and what it exports."""

import csv
from datetime import timedelta

from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.ledger.accounts import ALL, Measure, Posting, sums
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.models import AuditEntry
from oncall_ui.services.schedules.ledger.accounts import read_accounts, read_caps
from oncall_ui.services.schedules.ledger.csv_export import export_hours, export_ledger, export_shifts
from oncall_ui.services.schedules.ledger.fairness import read_fairness
from oncall_ui.services.schedules.published.assign import assign
from tests.conftest import Person
from tests.services.helpers.schedules import in_plan, keep_schedule, next_monday, participant_of, publish_by_hand


def test_accounts_have_one_posting_per_slot_however_often_it_moved(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, {bob.id: Terms(), mallory.id: Terms(share=50)}, carry_percent=10)
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [b, b])
    publish_by_hand(app, bob, schedule, [m, b])
    found = read_accounts(app, mallory.id, schedule)
    assert len(found.postings) == 4
    assert found.postings[:2] == (
        Posting(b, found.postings[0].shift, "primary", "weekday", in_plan(0), 24, 667, 0),
        Posting(m, found.postings[0].shift, "primary", "weekday", in_plan(0), 24, 333, 1000),
    )
    stored = {each.participant_id: each for each in read_fairness(app, bob.id, schedule).accounts if each.bucket == ALL}
    summed = sums(found.postings, Measure.POINTS)
    for who in (b, m):
        assert round(summed[who, ALL].balance, 3) == float(stored[who].balance)
    assert found.until == next_monday() + timedelta(days=2)
    # 8 weeks of days that follow: 40 weekdays of 1 point, 16 of a weekend of 3; a tenth of what is due in them.
    assert {who: round(cap, 1) for who, cap in found.caps.items()} == {b: 5.9, m: 2.9}
    caps = read_caps(app, mallory.id, schedule)
    assert [round(caps[b, bucket], 1) for bucket in (ALL, "type:weekday", "role:primary")] == [5.9, 2.7, 5.9]


def test_exports_are_safe_in_a_spreadsheet_and_recorded(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory], roles={"=primary": 50})
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, bob), None])
    shifts = list(csv.DictReader(export_shifts(app, mallory.id, schedule)))
    assert [(row["role"], row["points"], row["person"]) for row in shifts] == [
        ("'=primary", "0.5", "Bob"),
        ("'=primary", "0.5", ""),
    ]
    lines = list(csv.DictReader(export_ledger(app, mallory.id, schedule)))
    assert [(row["person"], row["due"], row["done"]) for row in lines] == [
        ("Bob", "0.25", "0.5"),
        ("Mallory", "0.25", "0"),
    ]
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, mallory), None])
    moved = list(csv.DictReader(export_ledger(app, mallory.id, schedule)))[2:]
    assert [(row["person"], row["done"], row["cause"]) for row in moved] == [
        ("Bob", "-0.5", "moved"),
        ("Mallory", "0.5", "moved"),
    ]
    assert next(csv.DictReader(export_hours(app, mallory.id, schedule)))["role"] == "'=primary"
    with app.db.read() as session:
        chosen = select(AuditEntry).where(AuditEntry.action == AuditAction.DATA_EXPORTED)
        rows = session.exec(chosen.order_by(col(AuditEntry.id))).all()
    assert [(row.actor_id, row.what, row.facts) for row in rows] == [
        (mallory.id, "Platform", {"export": kind}) for kind in ("shifts", "ledger", "ledger", "hours")
    ]


def test_hours_belong_to_who_had_the_minutes(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [b, None, m])
    assign(app, bob.id, schedule, in_plan(0), "primary", m, before=b, at=in_plan(0, 14))
    rows = list(csv.DictReader(export_hours(app, mallory.id, schedule, at=in_plan(0, 19))))
    assert {row["type"] for row in rows} == {"weekday"} and {row["role"] for row in rows} == {"primary"}
    hours, so_far = (
        {who: sum(float(row[column]) for row in rows if row["person"] == who) for who in ("Bob", "Mallory")}
        for column in ("hours", "hours_so_far")
    )
    assert (hours, so_far) == ({"Bob": 5, "Mallory": 19 + 24}, {"Bob": 5, "Mallory": 5})
    assert rows == sorted(rows, key=lambda row: (row["month"], row["person"]))
