"""A schedule that begins with an old rota: what the preview says is what is written, all of it or nothing."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlmodel import col, func, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.rota_import.people import FORMER
from oncall_ui.domain.schedules.rota_import.rota import Entry, Rota, RotaSource, named, rota_of
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import AuditEntry, LedgerLine, PublishedShift, RotaImport, Schedule, SchedulePlan
from oncall_ui.services.schedules.create import NewSchedule
from oncall_ui.services.schedules.drafts.editing.choices import from_row
from oncall_ui.services.schedules.ledger.lines import balances
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.schedules.rota_import.names import Choices
from oncall_ui.services.schedules.rota_import.start import (
    FirstDraft,
    preview_start,
    start_from_rota,
    suggest_members,
)
from oncall_ui.services.schedules.settings import Settings
from tests.conftest import Person
from tests.services.helpers.schedules import DAILY, balances_by_bucket, next_monday


def week(number: int) -> datetime:
    return datetime.combine(next_monday(), time(9), UTC) + timedelta(weeks=number)


@pytest.fixture
def rota() -> Rota:
    names = ("bob@example.org", "mallory@example.org", "sam@example.org")
    entries = [Entry(week(each), week(each + 1), named("", names[each % 3])) for each in range(-12, 3)]
    return rota_of(RotaSource.OPSGENIE, entries, len(entries))


def new(people: list[Person]) -> NewSchedule:
    return NewSchedule(Settings("Platform", "UTC"), next_monday(), {each.id: Terms() for each in people}, [DAILY])


def test_what_is_previewed_is_written_in_one_go(
    app: App, alice: Person, bob: Person, mallory: Person, rota: Rota
) -> None:
    found = suggest_members(app, alice.id, rota)
    assert found == {"bob@example.org": bob.id, "mallory@example.org": mallory.id, "sam@example.org": None}
    answers = Choices({**{key: who for key, who in found.items() if who}, "sam@example.org": FORMER})
    draft = FirstDraft(next_monday(), next_monday() + timedelta(weeks=4), next_monday() + timedelta(days=17))
    before = preview_start(app, alice.id, new([bob, mallory]), rota, answers, draft)
    assert (before.kept, before.cut) == (14, 0), "three days of the third week are those of Sam, who has left"
    assert sum(each.balance for each in before.history.openings) == 0
    assert before.history.is_guessed
    started = start_from_rota(app, alice.id, new([bob, mallory]), rota, answers, draft)
    with app.db.read() as session:
        assert set(balances_by_bucket(session, started.schedule_id)) <= {0}
        names = names_of(session, started.schedule_id)
        written = {names[who]: each.get("all", 0) for who, each in balances(session, started.schedule_id).items()}
        plan = session.exec(select(SchedulePlan)).one()
        logged = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))).all()[-3:]
        assert not session.exec(select(PublishedShift)).all(), "nothing is published by itself"
    assert written == {each.name: each.balance for each in before.history.openings}
    pins = from_row(plan.choices).pinned
    assert started.draft == plan.number
    assert [names[pins[slot]] for slot in sorted(pins, key=lambda each: each.start)] == ["Bob"] * 7 + ["Mallory"] * 7
    assert [str(each) for each in logged] == ["schedule.created", "schedule.history_imported", "schedule.draft_created"]


def test_whatever_is_refused_leaves_nothing(app: App, alice: Person, bob: Person, mallory: Person, rota: Rota) -> None:
    draft = FirstDraft(next_monday(), next_monday() + timedelta(weeks=4))
    fine = Choices({"bob@example.org": bob.id})
    for schedule, answers, error in (
        (new([bob]), Choices({"mallory@example.org": mallory.id}), NotAllowed),
        (new([bob]), replace(fine, months=5), InvalidInput),
        (new([bob]), replace(fine, role="tertiary"), InvalidInput),
        (replace(new([bob]), rules=()), fine, InvalidInput),
        (new([]), fine, NotAllowed),
    ):
        with pytest.raises((error, InvalidInput)):
            start_from_rota(app, alice.id, schedule, rota, answers, draft)
    with app.db.read() as session:
        for table in (Schedule, SchedulePlan, LedgerLine, RotaImport):
            assert session.exec(select(func.count()).select_from(table)).one() == 0
    with pytest.raises(NotAllowed):
        suggest_members(app, 999, rota)
    with pytest.raises(NotAllowed):
        preview_start(app, 999, new([bob]), rota, fine, draft)


def test_a_day_before_the_first_keeps_nothing(app: App, alice: Person, bob: Person, rota: Rota) -> None:
    answers = Choices({"bob@example.org": bob.id})
    for until in (None, next_monday()):
        draft = FirstDraft(next_monday(), next_monday() + timedelta(weeks=4), until)
        found = preview_start(app, alice.id, new([bob]), rota, answers, draft)
        assert (found.kept, found.cut) == (0, 0)
