"""Whatever bytes an address answers with: a calendar is read, and anything else is refused in words."""

import codecs
import random

import pytest

from oncall_ui.domain.ical import Limits, read
from oncall_ui.domain.imports.failures import Cause, Unreadable
from tests.domain.ical.sources import WEEK, calendar, event, messages, only, spans

PLAIN = calendar(event("SUMMARY:Café au lait"))
USUAL = ["02 09:00 02 10:00"]


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.replace(b"\r\n", b"\n"),
        PLAIN.replace(b"\r\n", b"\r"),
        PLAIN.replace(b"\r\n", b"\r\r\n"),
        PLAIN.replace(b"\r\n", b"\n\n"),
        PLAIN.replace(b"\r\n", b"  \r\n"),
        codecs.BOM_UTF8 + PLAIN,
        PLAIN.decode().encode("utf-16"),
        PLAIN.decode().encode("utf-16-le"),
        PLAIN.decode().encode("utf-16-be"),
        PLAIN.decode().encode("utf-32"),
        PLAIN.decode().encode("cp1252"),
        PLAIN.replace(b"\xc3\xa9", b"\xc3\r\n \xa9"),
        PLAIN.replace(b"\xc3\xa9", b"\xc3\r\n\t\xa9"),
        PLAIN.replace(b"Caf", b"Ca\0f"),
        b"\r\n\r\n" + PLAIN,
        PLAIN.rstrip(),
        PLAIN.replace(b"DTSTART", b"DtStart").replace(b"SUMMARY", b"Summary").replace(b"EVENT", b"event"),
    ],
    ids=range(17),
)
def test_a_calendar_is_read_in_any_encoding_and_with_any_line_ends(data: bytes) -> None:
    assert spans(read(data, WEEK)) == USUAL
    assert only(data).title.strip() == "Café au lait"


def test_a_calendar_folded_anywhere_reads_the_same() -> None:
    source = calendar(event("RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261203T090000Z"), event(uid="b"))
    for seed in range(50):
        places = random.Random(seed)
        folded = b"\r\n".join(
            b"\r\n ".join(line[at : at + width] for at in range(0, len(line), width))
            for line in source.split(b"\r\n")
            for width in [places.choice((3, 5, 11, 75))]
        )
        assert read(folded, WEEK).occurrences == read(source, WEEK).occurrences


def test_names_in_any_case_read_the_same() -> None:
    source = calendar(event("RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261203T090000Z"), event(uid="b"))
    for seed in range(50):
        pick = random.Random(seed)
        lines = []
        for line in source.decode().split("\r\n"):
            name, colon, value = line.partition(":")
            mixed = "".join(pick.choice((char.lower(), char)) for char in name)
            lines.append(mixed + colon + value)
        assert read("\r\n".join(lines).encode(), WEEK).occurrences == read(source, WEEK).occurrences


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", Cause.UNREADABLE),
        (b" \r\n ", Cause.UNREADABLE),
        (b"<!DOCTYPE html><title>Sign in</title>", Cause.WEB_PAGE),
        (b"\n<html><body>BEGIN:VCALENDAR</body></html>", Cause.WEB_PAGE),
        (b'{"error": "not found"}', Cause.UNREADABLE),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", Cause.UNREADABLE),
        (bytes(range(256)) * 10, Cause.UNREADABLE),
        (PLAIN[:-20], Cause.TRUNCATED),
        (PLAIN[: PLAIN.index(b"END:VEVENT")], Cause.TRUNCATED),
        (PLAIN[: PLAIN.index(b"SUMMARY")], Cause.TRUNCATED),
        (PLAIN.replace(b"END:VCALENDAR\r\n", b""), Cause.TRUNCATED),
        (b"BEGIN:VCALENDAR", Cause.TRUNCATED),
    ],
)
def test_what_is_no_whole_calendar_is_refused_with_its_cause(data: bytes, cause: Cause) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(data, WEEK)
    assert refusal.value.cause == cause
    assert refusal.value.sentence.endswith(".")


def test_every_cut_of_a_calendar_is_refused_or_whole() -> None:
    source = calendar(event(), event("BEGIN:VALARM\r\nEND:VALARM", uid="b"), event(uid="c"))
    whole = read(source, WEEK).occurrences
    for length in range(len(source)):
        try:
            assert read(source[:length], WEEK).occurrences == whole
        except Unreadable:
            continue


def test_a_web_page_is_called_one() -> None:
    with pytest.raises(Unreadable, match="answers with a web page, not a calendar"):
        read(b"<html></html>", WEEK)


def test_too_many_bytes_or_events_are_refused() -> None:
    with pytest.raises(Unreadable, match="larger than 0 MB") as size:
        read(PLAIN, WEEK, limits=Limits(bytes=100))
    with pytest.raises(Unreadable, match="more than 2 events") as count:
        read(calendar(*(event(uid=str(number)) for number in range(3))), WEEK, limits=Limits(events=2))
    assert size.value.cause == count.value.cause == Cause.TOO_LARGE


def test_an_empty_calendar_is_read_as_empty() -> None:
    reading = read(calendar(head="X-WR-CALNAME:Nothing\\, yet"), WEEK)
    assert (reading.name, reading.occurrences, reading.problems, reading.events_read) == ("Nothing, yet", [], [], 0)


def test_events_without_a_frame_are_read_and_told() -> None:
    reading = read(event().encode(), WEEK)
    assert spans(reading) == USUAL
    assert "BEGIN:VCALENDAR" in messages(reading)[0]


def test_events_that_do_not_end_are_read_up_to_the_next() -> None:
    reading = read(calendar(event().replace("END:VEVENT", ""), event(uid="b")), WEEK)
    assert [at.event.uid for at in reading.occurrences] == ["a", "b"]


def test_tasks_and_journals_are_no_events() -> None:
    task = "BEGIN:VTODO\r\nUID:t\r\nDTSTART:20261202T090000Z\r\nBEGIN:VALARM\r\nUID:u\r\nEND:VALARM\r\nEND:VTODO"
    reading = read(calendar(task, event(), task.replace("VTODO", "VJOURNAL")), WEEK)
    assert (spans(reading), reading.events_read) == (USUAL, 1)


def test_a_bad_event_costs_only_itself_and_is_named_with_its_line() -> None:
    bad = event("RRULE:FREQ=SOMETIMES", uid="bad")
    reading = read(calendar(event(), bad, event(uid="c")), WEEK)
    assert [at.event.uid for at in reading.occurrences] == ["a", "c"]
    assert [(problem.line, problem.uid, problem.skipped) for problem in reading.problems] == [(8, "bad", True)]
    assert reading.events_read == 3


@pytest.mark.parametrize("ends", [b"\r\n", b"\n", b"\r"])
def test_lines_are_those_of_the_original(ends: bytes) -> None:
    folded = calendar(event("SUMMARY:one\r\n two\r\n three"), "begin:vevent\r\nuid:bad\r\nend:vevent")
    assert [problem.line for problem in read(folded.replace(b"\r\n", ends), WEEK).problems] == [11]


def test_a_thousand_problems_are_listed_and_the_rest_counted() -> None:
    bad = [f"BEGIN:VEVENT\r\nUID:{number}\r\nEND:VEVENT" for number in range(1_500)]
    problems = read(calendar(*bad), WEEK).problems
    assert len(problems) == 1_001
    assert problems[-1].message == "500 more problems of this kind are not listed."


def test_progress_is_told_now_and_then() -> None:
    regular = calendar(*(event(uid=str(number)) for number in range(5_000)))
    irregular = regular.replace(b"END:VEVENT\r\nEND:VCALENDAR", b"END:VCALENDAR")
    for source in (regular, irregular):
        told: list[int] = []
        read(source, WEEK, on_progress=told.append)
        assert told == [1_000, 2_000, 3_000, 4_000, 5_000]
