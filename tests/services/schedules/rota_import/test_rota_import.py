"""History becomes opening balances: previewed, saved once, corrected, undone; sums are zero after anything."""

import asyncio
import random
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import LedgerKind
from oncall_ui.domain.schedules.rota_import.people import FORMER, NOBODY
from oncall_ui.domain.schedules.rota_import.rota import Entry, Rota, RotaSource, named, rota_of
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import AuditEntry, LedgerLine, Participant, PublishedShift, RotaImport, RotaName, now
from oncall_ui.services.privacy.erase import erase
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.ledger.fairness import adjust
from oncall_ui.services.schedules.ledger.lines import balances
from oncall_ui.services.schedules.rota_import.names import Choices
from oncall_ui.services.schedules.rota_import.preview import (
    past_imports,
    preview_rota,
    suggest_people,
)
from oncall_ui.services.schedules.rota_import.reading import read_rota_file
from oncall_ui.services.schedules.rota_import.save import save_rota, undo_import
from tests.conftest import PASSWORD, Person
from tests.services.helpers.schedules import balances_by_bucket, keep_schedule, participant_of

LINES = LedgerLine.kind == LedgerKind.IMPORT


def monday(weeks_ago: int) -> datetime:
    """09:00 UTC, when shifts begin here."""
    today = datetime.now(UTC).date()
    day = today - timedelta(days=today.weekday(), weeks=weeks_ago)
    return datetime.combine(day, time(9), UTC)


def rota(*weeks: str, first: int = 10, role: str = "", source: RotaSource = RotaSource.CSV) -> Rota:
    """One name a week, from so many weeks ago on."""
    entries = [
        Entry(monday(first - number), monday(first - number - 1), named(name), role)
        for number, name in enumerate(weeks)
        if name
    ]
    return rota_of(source, entries, len(entries))


def lines(app: App) -> list[LedgerLine]:
    with app.db.read() as session:
        return list(session.exec(select(LedgerLine).where(LINES).order_by(col(LedgerLine.id))))


def of(app: App, schedule: int) -> dict[int, Fraction]:
    """Participant → balance in all; every bucket sums to zero."""
    with app.db.read() as session:
        assert set(balances_by_bucket(session, schedule)) <= {0}
        return {who: found.get("all", Fraction(0)) for who, found in balances(session, schedule).items()}


@pytest.fixture
def schedule(app: App, bob: Person, mallory: Person) -> int:
    return keep_schedule(app, bob, [bob, mallory])


@pytest.fixture
def who(app: App, schedule: int, bob: Person, mallory: Person) -> dict[str, int]:
    return {"bob": participant_of(app, schedule, bob), "mallory": participant_of(app, schedule, mallory)}


def test_a_file_becomes_balances_once(app: App, bob: Person, schedule: int, who: dict[str, int]) -> None:
    name = ["Bob", "Mallory", "Bob", "Bob"]
    text = "Week,Who\n" + "".join(f"{monday(6 - n):%Y-%m-%d},{each}\n" for n, each in enumerate(name))
    found = asyncio.run(read_rota_file(app, bob.id, schedule, text.encode()))
    assert suggest_people(app, bob.id, schedule, found) == who
    answers = Choices(who, months=6)
    before = preview_rota(app, bob.id, schedule, found, answers)
    assert [(each.name, each.slots, float(each.due), float(each.done)) for each in before.openings] == [
        ("Bob", 21, 22, 33),
        ("Mallory", 7, 22, 11),
    ]
    assert (before.slots, before.ahead, before.left_out, before.is_guessed, before.is_new) == (28, 0, 0, True, True)
    assert not lines(app), "a preview writes nothing"
    assert save_rota(app, bob.id, schedule, found, answers) == 28
    assert of(app, schedule) == {who["bob"]: 11, who["mallory"]: -11}
    written = lines(app)
    assert save_rota(app, bob.id, schedule, found, answers) == 28
    assert lines(app) == written
    assert not preview_rota(app, bob.id, schedule, found, answers).is_new
    with app.db.read() as session:
        logged = session.exec(select(AuditEntry).where(AuditEntry.action == AuditAction.HISTORY_IMPORTED)).all()
    assert [(each.what, each.facts) for each in logged] == [("Platform", {"source": "csv", "slots": 28})]


def test_another_answer_or_span_corrects_with_further_lines(
    app: App, bob: Person, schedule: int, who: dict[str, int]
) -> None:
    year = rota(*["Bob", "Mallory"] * 15, first=30)
    save_rota(app, bob.id, schedule, year, Choices(who, months=12))
    whole = lines(app)
    assert of(app, schedule) == {who["bob"]: 0, who["mallory"]: 0}
    save_rota(app, bob.id, schedule, year, Choices(who, months=3))
    assert lines(app)[: len(whole)] == whole
    with app.db.read() as session:
        days = {each.at: 0 for each in whole}
        for each in session.exec(select(LedgerLine).where(LINES)):
            days[each.at] += each.done
    assert {day for day, done in days.items() if done} == {day for day in days if day >= monday(14) and days[day]}
    assert 80 < sum(done > 0 for done in days.values()) < 95
    swapped = Choices({"bob": who["mallory"], "mallory": who["bob"]}, months=3)
    save_rota(app, bob.id, schedule, rota("Bob", "Bob"), Choices(who, months=3))
    save_rota(app, bob.id, schedule, rota("Bob", "Bob"), swapped)
    assert sum(of(app, schedule).values()) == 0


def test_the_latest_import_is_undone_exactly(app: App, bob: Person, schedule: int, who: dict[str, int]) -> None:
    save_rota(app, bob.id, schedule, rota("Bob", "Mallory", "Bob"), Choices(who))
    first = of(app, schedule)
    assert first == {who["bob"]: Fraction(11, 2), who["mallory"]: Fraction(-11, 2)}
    save_rota(app, bob.id, schedule, rota("Mallory", "Mallory", source=RotaSource.PAGERDUTY), Choices(who))
    second, one = past_imports(app, bob.id, schedule)
    assert (second.source, second.slots, second.by) == (RotaSource.PAGERDUTY, 14, "Bob")
    with pytest.raises(InvalidInput, match="Undo that one first"):
        undo_import(app, bob.id, schedule, one.id)
    undo_import(app, bob.id, schedule, second.id)
    assert of(app, schedule) == first
    undo_import(app, bob.id, schedule, one.id)
    assert set(of(app, schedule).values()) == {0}
    assert past_imports(app, bob.id, schedule) == ()
    with pytest.raises(NotAllowed):
        undo_import(app, bob.id, schedule, one.id)
    with app.db.read() as session:
        assert session.exec(select(AuditEntry).where(AuditEntry.action == AuditAction.HISTORY_IMPORT_UNDONE)).all()
        assert len(session.exec(select(RotaImport)).all()) == 2
    save_rota(app, bob.id, schedule, rota("Bob", "Mallory", "Bob"), Choices(who))
    assert of(app, schedule) == first


def test_names_are_chosen_once_and_those_who_left_keep_their_sums(
    app: App, bob: Person, schedule: int, who: dict[str, int]
) -> None:
    file = rota("Bob", "Sam", "Sam", "Intern", "Bob", "Sam")
    assert suggest_people(app, bob.id, schedule, file) == {"bob": who["bob"], "sam": None, "intern": None}
    answers = Choices({"bob": who["bob"], "sam": FORMER, "intern": NOBODY})
    before = preview_rota(app, bob.id, schedule, file, answers)
    assert [(each.name, each.slots) for each in before.openings] == [("Bob", 14), ("Sam", 21)]
    assert before.left_out == 1
    save_rota(app, bob.id, schedule, file, answers)
    with app.db.read() as session:
        sam = session.exec(select(Participant).where(Participant.name == "Sam")).one()
    assert sam.member_id is None
    assert of(app, schedule)[sam.id or 0] == Fraction(11, 2)
    assert suggest_people(app, bob.id, schedule, file) == {"bob": who["bob"], "sam": sam.id, "intern": NOBODY}
    other = keep_schedule(app, bob, [bob])
    assert suggest_people(app, bob.id, other, file)["sam"] is None
    with pytest.raises(NotAllowed):
        save_rota(app, bob.id, other, file, Choices({"sam": sam.id or 0}))
    with pytest.raises(NotAllowed):
        preview_rota(app, bob.id, other, file, Choices({"sam": sam.id or 0}))


def test_published_shifts_dont_count_twice(app: App, bob: Person, schedule: int, who: dict[str, int]) -> None:
    with app.db.write() as session:
        for day in range(3):
            start = monday(10) + timedelta(days=day)
            end = start + timedelta(days=1)
            session.add(PublishedShift(schedule_id=schedule, start=start, end=end, type="weekday", points=1))
    found = preview_rota(app, bob.id, schedule, rota("Bob"), Choices(who))
    assert [(each.slots, float(each.done)) for each in found.openings] == [(4, 8)]


def test_only_what_has_begun_counts_and_roles_are_those_of_the_schedule(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory], roles={"primary": 100, "secondary": 50})
    b = participant_of(app, schedule, bob)
    found = preview_rota(app, bob.id, schedule, rota("Bob", "Bob", "Bob", first=1), Choices({"bob": b}))
    has_begun = now() >= monday(0)  # the week: on Mondays it begins at nine
    assert found.ahead == 1 + (not has_begun)
    assert found.slots == 7 + ((now() - monday(0)).days + 1 if has_begun else 0)
    second = Choices({"bob": b}, role="secondary")
    assert preview_rota(app, bob.id, schedule, rota("Bob"), second).openings[0].done == Fraction(11, 2)
    save_rota(app, bob.id, schedule, rota("Bob", role="primary"), second)
    save_rota(app, bob.id, schedule, rota("Bob"), second)
    assert {each.role for each in lines(app)} == {"primary", "secondary"}, (
        "an import of one role leaves the other alone"
    )
    assert len(past_imports(app, bob.id, schedule)) == 2
    with pytest.raises(InvalidInput):
        save_rota(app, bob.id, schedule, rota("Bob"), Choices({"bob": b}, role="tertiary"))
    with pytest.raises(InvalidInput):
        save_rota(app, bob.id, schedule, rota("Bob"), Choices({"bob": b}, months=120))


def test_only_managers_import(app: App, alice: Person, bob: Person, mallory: Person, schedule: int) -> None:
    set_access(app, bob.id, schedule, mallory.id, Access.MEMBER)
    file = rota("Bob")
    for verb in (suggest_people, preview_rota, save_rota):
        more = () if verb is suggest_people else (Choices({}),)
        with pytest.raises(NotAllowed):
            verb(app, mallory.id, schedule, file, *more)
    with pytest.raises(NotAllowed):
        past_imports(app, mallory.id, schedule)
    with pytest.raises(NotAllowed):
        asyncio.run(read_rota_file(app, mallory.id, schedule, b"Start,Name\n2026-01-05,Ana\n"))


def test_unreadable_files_say_why(app: App, bob: Person, schedule: int) -> None:
    for data, says in ((b"", "empty"), (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "."), (b"\0" * 50, "isn’t a text file")):
        with pytest.raises(InvalidInput, match=says) as refused:
            asyncio.run(read_rota_file(app, bob.id, schedule, data))
        assert refused.value.field == "File"


def test_an_erased_member_leaves_no_name_in_imports(
    app: App, bob: Person, mallory: Person, schedule: int, who: dict[str, int]
) -> None:
    save_rota(app, bob.id, schedule, rota("Mallory", "Bob", "Mallory"), Choices(who))
    before = of(app, schedule)
    asyncio.run(erase(app, mallory.id, PASSWORD))
    assert of(app, schedule) == before
    with app.db.read() as session:
        assert [row.known_as for row in session.exec(select(RotaName))] == ["bob"]


def test_sums_stay_zero_whatever_is_imported_undone_and_adjusted(
    app: App, bob: Person, schedule: int, who: dict[str, int]
) -> None:
    draw = random.Random(7)
    written = list[LedgerLine]()
    for _ in range(14):
        kind = draw.choice(["import", "import", "undo", "adjust"])
        if kind == "import":
            weeks = [draw.choice(["Bob", "Mallory", "Sam", ""]) for _ in range(draw.randint(1, 8))]
            if any(weeks):
                sam = draw.choice([NOBODY, FORMER, who["bob"]])
                choices = Choices({**who, "sam": sam}, months=draw.choice([3, 6, 12]))
                save_rota(app, bob.id, schedule, rota(*weeks, first=draw.randint(8, 30)), choices)
        elif kind == "adjust":
            adjust(app, bob.id, schedule, who["bob"], who["mallory"], Fraction(draw.randint(1, 3000), 1000), "A favour")
        elif past := past_imports(app, bob.id, schedule):
            undo_import(app, bob.id, schedule, past[0].id)
        assert sum(of(app, schedule).values()) == 0
        assert lines(app)[: len(written)] == written
        written = lines(app)
    for each in past_imports(app, bob.id, schedule):
        undo_import(app, bob.id, schedule, each.id)
    sums: dict[tuple[date, int], list[int]] = {}
    for line in lines(app):
        found = sums.setdefault((line.at.date(), line.participant_id), [0, 0])
        found[0] += line.due
        found[1] += line.done
    assert {tuple(each) for each in sums.values()} <= {(0, 0)}
