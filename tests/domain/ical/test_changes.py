"""A second reading of a changed calendar expands what changed, and ends in the same as a full one."""

import pickle
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bench.differential import Seeded
from bench.odd import calendar, window
from bench.subject import merged
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Changes, key_of, read, read_changes
from oncall_ui.domain.imports.events import Occurrence

WINDOW = Window(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.slow
def test_merging_a_change_equals_reading_everything() -> None:
    kept = 0
    for seed in range(600):
        choose = Seeded(seed)
        within = window(choose)
        before, after = calendar(choose), calendar(choose)
        mixed = _mixed(choose, before, after)
        first = read_changes(before, within, None)
        second = read_changes(mixed, within, first.digest)
        full = read(mixed, within)
        assert merged(second, first.reading.occurrences) == _sorted(full.occurrences), seed
        assert second.reading.problems == full.problems
        assert second.reading.events_read == full.events_read
        assert read_changes(mixed, within, None).digest == second.digest
        kept += bool(second.kept)
    assert kept > 200


def test_an_unchanged_calendar_is_not_expanded_again() -> None:
    source = _calendar(_event("a", 5), _event("b", 6))
    first = read_changes(source, WINDOW, None)
    again = read_changes(source, WINDOW, first.digest)
    assert again.reading.occurrences == []
    assert again.kept == {key_of("a"), key_of("b")}
    assert merged(again, first.reading.occurrences) == first.reading.occurrences


def test_only_the_changed_group_is_expanded() -> None:
    first = read_changes(_calendar(_event("a", 5), _event("b", 6)), WINDOW, None)
    second = read_changes(_calendar(_event("a", 7), _event("b", 6)), WINDOW, first.digest)
    assert _uids(second) == ["a"]
    assert second.kept == {key_of("b")}


def test_an_event_that_is_gone_is_kept_no_longer() -> None:
    first = read_changes(_calendar(_event("a", 5), _event("b", 6)), WINDOW, None)
    second = read_changes(_calendar(_event("b", 6)), WINDOW, first.digest)
    assert [at.event.uid for at in merged(second, first.reading.occurrences)] == ["b"]


def test_stamps_that_change_with_every_download_change_nothing() -> None:
    stamped = [_calendar(_event("a", 5, f"DTSTAMP:202611{day}T000000Z\r\n")) for day in (20, 21)]
    first = read_changes(stamped[0], WINDOW, None)
    assert read_changes(stamped[1], WINDOW, first.digest).kept == {key_of("a")}


def test_another_window_or_zone_reads_everything_again() -> None:
    source = _calendar(_event("a", 5))
    first = read_changes(source, WINDOW, None)
    later = Window(WINDOW.start, WINDOW.end + timedelta(days=1))
    assert _uids(read_changes(source, later, first.digest)) == ["a"]
    assert _uids(read_changes(source, WINDOW, first.digest, zone=BERLIN)) == ["a"]


def test_another_zone_of_the_calendar_reads_everything_again() -> None:
    source = _calendar(_event("a", 5))
    first = read_changes(source, WINDOW, None)
    moved = source.replace(b"VERSION:2.0", b"VERSION:2.0\r\nX-WR-TIMEZONE:Asia/Tokyo")
    assert _uids(read_changes(moved, WINDOW, first.digest)) == ["a"]


def test_a_group_with_a_problem_is_named_every_time() -> None:
    source = _calendar(_event("a", 5), "BEGIN:VEVENT\r\nUID:b\r\nEND:VEVENT\r\n")
    first = read_changes(source, WINDOW, None)
    second = read_changes(source, WINDOW, first.digest)
    assert [problem.uid for problem in second.reading.problems] == ["b"]
    assert second.reading.problems == first.reading.problems


def test_an_unknown_zone_is_named_every_time() -> None:
    source = _calendar(_event("a", 5).replace("DTSTART", "DTSTART;TZID=Mars/Olympus"), _event("b", 6))
    first = read_changes(source, WINDOW, None)
    second = read_changes(source, WINDOW, first.digest)
    assert second.reading.problems == first.reading.problems
    assert second.kept == {key_of("b")}


def test_free_busy_time_beside_an_event_of_its_uid_is_not_doubled() -> None:
    busy = "BEGIN:VFREEBUSY\r\nUID:a\r\nFREEBUSY:20261205T090000Z/PT1H\r\nEND:VFREEBUSY\r\n"
    source = _calendar(_event("a", 5), busy)
    first = read_changes(source, WINDOW, None)
    second = read_changes(source, WINDOW, first.digest)
    assert merged(second, first.reading.occurrences) == _sorted(read(source, WINDOW).occurrences)


def test_a_digest_can_be_stored() -> None:
    digest = read_changes(_calendar(_event("a", 5)), WINDOW, None).digest
    assert pickle.loads(pickle.dumps(digest)) == digest


def _mixed(choose: Seeded, before: bytes, after: bytes) -> bytes:
    """Every group as it was, as it is in the other calendar, or gone."""
    head, events = _events(before)
    _, others = _events(after)
    chosen = [choose.one((events, events, others, {})).get(uid, b"") for uid in sorted({*events, *others})]
    return head + b"".join(chosen) + b"END:VCALENDAR\r\n"


def _events(data: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    groups: dict[bytes, bytes] = {}
    for event in re.findall(rb"BEGIN:VEVENT.*?END:VEVENT\r\n", data, re.DOTALL):
        uid = re.findall(rb"UID:(.*)\r", event)[0]
        groups[uid] = groups.get(uid, b"") + event
    return data[: data.index(b"BEGIN:VEVENT")], groups


def _calendar(*components: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(components)}END:VCALENDAR\r\n".encode()


def _event(uid: str, day: int, extra: str = "") -> str:
    return f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:202612{day:02}T090000\r\nDURATION:PT1H\r\n{extra}END:VEVENT\r\n"


def _uids(changes: Changes) -> list[str]:
    return [at.event.uid for at in changes.reading.occurrences]


def _sorted(occurrences: list[Occurrence]) -> list[Occurrence]:
    return sorted(occurrences, key=lambda at: (at.start, at.end, at.event.uid))
