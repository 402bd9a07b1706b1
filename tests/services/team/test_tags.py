"""The team's words: who may change them, what is refused, and which calendars are read again."""

from datetime import timedelta
from unicodedata import normalize

import pytest

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Action, Mode, Tags
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import Calendar, now
from oncall_ui.services.team.tags import BLOCK, PREFER, read_tags, save_tags, try_title, valid_tags
from tests.conftest import Person
from tests.services.helpers.team import add_calendar

LATER = now() + timedelta(days=365)


def calendar(app: App, calendar_id: int) -> Calendar:
    with app.db.read() as session:
        row = session.get(Calendar, calendar_id)
        assert row is not None
        session.expunge(row)
        return row


def test_until_somebody_changes_them_the_usual_ones_hold(app: App, alice: Person, bob: Person) -> None:
    assert read_tags(app, bob.id) == Tags()
    kept = save_tags(app, alice.id, ["  away ", "no  on-call", "", "AWAY"], ["ready"])
    assert kept == read_tags(app, bob.id) == Tags(("away", "no on-call"), ("ready",))
    save_tags(app, alice.id, Tags().block, Tags().prefer)
    assert read_tags(app, bob.id) == Tags()


def test_both_lists_may_be_empty(app: App, alice: Person) -> None:
    save_tags(app, alice.id, [], [])
    assert read_tags(app, alice.id) == Tags((), ())
    assert try_title("noc", read_tags(app, alice.id)) is None


def test_only_an_administrator_changes_them(app: App, mallory: Person) -> None:
    with pytest.raises(NotAllowed):
        save_tags(app, mallory.id, ["away"], [])
    assert read_tags(app, mallory.id) == Tags()


def test_words_are_kept_in_one_normal_form() -> None:
    assert valid_tags([normalize("NFD", "congé"), "congé"], []).block == ("congé",)
    assert valid_tags(["🏖️", "👩\u200d💻"], []).block == ("🏖️", "👩\u200d💻")


@pytest.mark.parametrize(
    ("block", "prefer", "field", "says"),
    [
        (["x" * 61], [], BLOCK, "longer than 60"),
        ([], ["é" * 61], PREFER, "longer than 60"),
        ([f"word {number}" for number in range(51)], [], BLOCK, "50 words"),
        (["no\u0007c"], [], BLOCK, "“noc”"),
        (["noc"], ["ready", "NOC"], PREFER, "“NOC” is in both lists"),
        (["no oncall"], ["no-oncall"], PREFER, "both lists"),
        (["Straße"], ["STRASSE"], PREFER, "both lists"),
    ],
)
@pytest.mark.once_on_postgresql
def test_what_can_t_be_taken_is_refused_at_its_field(
    app: App, alice: Person, block: list[str], prefer: list[str], field: str, says: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        save_tags(app, alice.id, block, prefer)
    assert refused.value.field == field
    assert says.replace("50 words", "the limit is 50") in refused.value.sentence
    assert read_tags(app, alice.id) == Tags()


def test_the_longest_and_the_most_are_taken() -> None:
    assert len(valid_tags([f"{number:060}" for number in range(50)], []).block) == 50


def test_calendars_the_words_decide_about_are_due_at_once(app: App, alice: Person, bob: Person) -> None:
    due = [
        add_calendar(app, alice.id, "A", next_import_at=LATER),
        add_calendar(app, bob.id, "B", next_import_at=LATER, state=State.IMPORTING, lease="old", lease_until=LATER),
    ]
    left = [
        add_calendar(app, bob.id, "C", next_import_at=LATER, mode=Mode.BLOCK),
        add_calendar(app, bob.id, "D", next_import_at=None, is_on=False, state=State.OFF),
        add_calendar(app, bob.id, "E", next_import_at=LATER, state=State.RETRYING, attempts=3),
        add_calendar(app, bob.id, "F", next_import_at=None, state=State.NEEDS_YOU),
    ]
    before = [calendar(app, each).next_import_at for each in left]
    save_tags(app, alice.id, ["away"], [])
    for each in due:
        row = calendar(app, each)
        assert row.next_import_at is not None and row.next_import_at < LATER
        assert (row.state, row.lease) == (State.WAITING, None)
    assert [calendar(app, each).next_import_at for each in left] == before


def test_saving_what_holds_already_reads_nothing_again(app: App, alice: Person) -> None:
    work = add_calendar(app, alice.id, next_import_at=LATER)
    save_tags(app, alice.id, Tags().block, Tags().prefer)
    assert calendar(app, work).next_import_at == LATER


def test_a_title_is_tried_as_an_import_would() -> None:
    tags = Tags(("noc", "away"), ("prefer oncall",))
    assert try_title("Dentist (NOC)", tags) == (Action.BLOCK, "noc")
    assert try_title("Prefer-Oncall, but away", tags) == (Action.BLOCK, "away")
    assert try_title("Prefer-Oncall", tags) == (Action.PREFER, "prefer oncall")
    assert try_title("nocturne", tags) is None
