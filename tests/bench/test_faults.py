"""Faults played on a running installation, in their shortest form, and what finds out whether they did harm."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, delete, select

from bench.faults import __main__ as script
from bench.faults import conflicts, destinations, keeping, kills, publishing, stopping, swaps, upgrading
from bench.faults.stage.content import DAYS, SLOTS, Content
from bench.faults.stage.forks import Forks
from bench.faults.stage.outcome import Outcome, Play, Scale, broken
from bench.faults.stage.steps import STEPS, take
from bench.faults.stage.swapped import Facts, Swapped
from bench.faults.stage.watch import Told, Watch
from bench.faults.stage.world import Damage, World
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.ical import read
from oncall_ui.models import Availability, now
from oncall_ui.security.vault import KEY_FILE
from oncall_ui.settings import Settings
from tests.upgrades.released import REVISIONS, keys_of, load

SHORT = Scale(short=True, kills=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "play",
    [
        stopping.sigterm, kills.sqlite, publishing.sqlite, destinations.sqlite, conflicts.sqlite, swaps.sqlite,
        upgrading.sqlite,
    ],
    ids=lambda play: play.__module__,
)  # fmt: skip
def test_a_running_installation_takes_no_harm(play: Play, tmp_path: Path) -> None:
    outcome = play(tmp_path, SHORT)
    assert not outcome.is_red, outcome


@pytest.mark.slow
def test_what_is_killed_while_it_keeps_or_moves_data_loses_nothing(tmp_path: Path) -> None:
    """Where no app works meanwhile: `python -m bench.faults keeping` has that, too."""
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'oncall.db'}")
    load(REVISIONS[-1], tmp_path / "oncall.db").close()
    (tmp_path / KEY_FILE).touch(mode=0o600)
    (tmp_path / KEY_FILE).write_text("\n".join(keys_of(REVISIONS[-1])))
    backups, count = tmp_path / "backups", keeping.Count()
    backups.mkdir()
    keeper = keeping.Keeper(settings, backups, keeping.files(tmp_path), count)
    with Forks(tmp_path, settings.database, seed=15) as forks:
        keeper.back_up(forks, iter(range(1)), lambda _: nullcontext())
        keeper.restore(forks, iter(range(1)))
        keeper.move(forks, iter(range(1)))
    keeper.count_leftovers()
    assert count == keeping.Count(kills=3, before=count.before)


def test_kills_end_with_the_minutes() -> None:
    assert list(Scale(minutes=1).each(3)) == [0, 1, 2]
    assert list(Scale(minutes=0).each(3)) == []


def test_what_a_step_stores_does_not_depend_on_where_the_shift_came_from(tmp_path: Path) -> None:
    world = Swapped(tmp_path, None)
    try:
        day = world.next_day()
        of_a_plan, of_a_hand_over = _stored(world, day), _stored(world, day)
    finally:
        world.app.close()
    assert of_a_plan["part because of", "cover"] == 1
    assert of_a_hand_over == of_a_plan


def _stored(world: Swapped, day: int) -> Facts:
    """By somebody who takes a part, after which the whole shift is handed to one again."""
    act = STEPS["take a part"](world, day)
    before = world.facts()
    assert take(world, act)
    stored = world.facts()
    stored.subtract(before)
    world.tidy(day)
    return stored


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("world"), members=1, calendars=1, is_running=False) as world:
        yield world


@pytest.fixture
def world(seeded: World) -> World:
    """One calendar that is stored as its feed has it, and no app."""
    feed = seeded.calendars[0].feed
    feed.version = 0
    with seeded.db.write() as session:
        session.exec(delete(Availability))
        session.add_all(_row(seeded, start, end) for start, end in feed.content.spans(0))
    return seeded


def test_what_is_stored_as_it_was_served_is_no_damage(world: World) -> None:
    assert world.damage() == Damage()
    world.calendars[0].feed.say_more()
    assert world.damage() == Damage()  # the version before is as good until the next one is read


def test_a_missing_entry_is_a_loss(world: World) -> None:
    with world.db.write() as session:
        first = session.exec(select(col(Availability.id)).limit(1)).one()
        session.exec(delete(Availability).where(col(Availability.id) == first))
    assert world.damage() == Damage(lost=1)


def test_an_entry_stored_twice_is_found(world: World) -> None:
    start, end = world.calendars[0].feed.content.spans(0)[0]
    with world.db.write() as session:
        session.add(_row(world, start, end))
    assert world.damage() == Damage(doubled=1)


def test_entries_of_two_versions_are_found(world: World) -> None:
    (fed,) = world.calendars
    fed.feed.say_more()
    with world.db.write() as session:
        row = session.exec(select(Availability).order_by(col(Availability.start))).first()
        assert row is not None
        row.start, row.end = fed.feed.content.spans(1)[0]
    assert world.damage() == Damage(doubled=1)


def test_versions_differ_and_are_read_as_they_are_meant() -> None:
    content = Content(1, events=DAYS * SLOTS, ballast=3)
    assert content.spans(0) != content.spans(1) != content.spans(2)
    window = days_from(now().date() - timedelta(days=1), ZoneInfo("UTC"))
    found = read(content.body(7), window).occurrences
    assert len(found) == DAYS * SLOTS + 3


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome("a", 1, lost=1),
        Outcome("a", 1, doubled=1),
        Outcome("a", 1, stuck=1),
        Outcome("a", 1, broken=broken(readyz_turns_red="still green")),
    ],
)
def test_any_loss_ends_the_script_with_1(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "GROUPS", {"a": {"good": lambda *_: Outcome("a", 1), "bad": lambda *_: outcome}})
    assert script.main(["good"]) == 0
    assert script.main(["bad"]) == script.main(["a"]) == 1


def test_a_play_that_breaks_off_is_a_loss(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def break_off(_folder: Path, _scale: Scale) -> Outcome:
        raise OSError("no such program")

    monkeypatch.setattr(script, "GROUPS", {"a": {"bad": break_off, "good": lambda *_: Outcome("fine", 2)}})
    assert script.main([]) == 1
    assert "no such program" in capsys.readouterr().out


def test_a_monitor_wants_red_soon_with_a_reason() -> None:
    def complaints(*told: Told) -> set[str]:
        watch = Watch("http://127.0.0.1:1")
        watch.told_so_far.extend(told)
        return {promise for promise, seen in watch.complaints(0, wait=0).items() if seen}

    reason = '{"status": "not ready", "reasons": ["disk"]}'
    assert complaints(Told(0.1, 0.1, 503, reason)) == set()
    assert complaints(Told(0.1, 0.1, 503, '{"status": "not ready"}')) == {"readyz_gives_the_reason"}
    assert complaints(Told(0.1, 0.1, 200, ""), Told(1, 3.5, 503, reason)) == {"readyz_answers_within_2_s"}
    assert complaints(Told(0.1, 0.1, 200, ""), Told(2.5, 0.1, 503, reason)) == {"readyz_turns_red"}
    assert complaints(Told(0.1, 0.1, 200, "")) == {"readyz_turns_red"}


def _row(world: World, start: datetime, end: datetime) -> Availability:
    (fed,) = world.calendars
    return Availability(member_id=fed.member_id, calendar_id=fed.id, start=start, end=end, action=Action.BLOCK)
