"""Imports are counted by the hour, in every process, and kept for a day."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.models import ImportHour, now
from oncall_ui.services.imports.hours import HOURS, Tally, read_hours, store_hours


def test_what_several_processes_counted_adds_up(app: App) -> None:
    for waited, ends in ((9, (False, False, True)), (4, (False,))):
        tally = Tally(since=now() - timedelta(minutes=1))
        tally.began(now() - timedelta(seconds=waited))
        for failed in ends:
            tally.ended(failed=failed)
        store_hours(app, tally)
        store_hours(app, tally)  # nothing is counted twice
    hours = read_hours(app, now())
    assert len(hours) == HOURS
    assert sum(hour.ended for hour in hours) == 4
    assert sum(hour.failed for hour in hours) == 1
    assert max(hour.longest_wait for hour in hours) in {9, 10}
    assert [hour.begins for hour in hours] == sorted({hour.begins for hour in hours})


def test_nothing_waits_while_no_process_is_there() -> None:
    tally = Tally()
    tally.began(now() - timedelta(days=3))
    assert [hour.longest_wait for hour in tally.take()] == [0]


def test_a_day_is_kept(app: App) -> None:
    with app.db.write() as session:
        for hours in (2, 23, 26, 500):
            session.add(ImportHour(hour=_hours_ago(hours), ended=hours))
    store_hours(app, Tally())
    with app.db.read() as session:
        assert sorted(session.exec(select(ImportHour.ended))) == [2, 23]
    assert {hour.ended for hour in read_hours(app, now())} == {0, 2, 23}


def test_what_cant_be_stored_is_stored_later(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    tally = Tally()
    tally.ended(failed=True)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="gone"):
        patch.setattr("oncall_ui.services.imports.hours.delete", _gone)
        store_hours(app, tally)
    store_hours(app, tally)
    assert sum(hour.failed for hour in read_hours(app, now())) == 1


def _hours_ago(hours: int) -> datetime:
    return now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)


def _gone(_table: object) -> None:
    raise OSError("gone")
