"""Spreadsheets as teams keep them: every dialect ends as the same shifts, and what can't be read is named."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall_ui.domain.schedules.rota_import.rota import NotARota, Rota
from oncall_ui.domain.schedules.rota_import.spreadsheet import Place, read_csv

BERLIN = ZoneInfo("Europe/Berlin")
PLACE = Place(BERLIN, time(10), ("primary", "secondary"), date(2026, 11, 29))


def rota(text: str, place: Place = PLACE) -> Rota:
    return read_csv(text.encode(), place)


def spans(found: Rota) -> list[tuple[str, str, str, str]]:
    """Start, end, name and role, on the wall clock of Berlin."""

    def wall(moment: datetime) -> str:
        return f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M}"

    return [(wall(each.start), wall(each.end), each.who.shown, each.role) for each in found.entries]


WEEKS = [
    ("2026-08-03 10:00", "2026-08-10 10:00", "Alice M.", ""),
    ("2026-08-10 10:00", "2026-08-17 10:00", "Bob", ""),
]
DIALECTS = {
    "days, last one included": "Start,End,Name\n2026-08-03,2026-08-09,Alice M.\n2026-08-10,2026-08-16,Bob\n",
    "days, ends shared": "Start,End,Name\n2026-08-03,2026-08-10,Alice M.\n2026-08-10,2026-08-17,Bob\n",
    "times": "start;end;person\n2026-08-03 10:00;2026-08-10 10:00;Alice M.\n2026-08-10 10:00;2026-08-17 10:00;Bob\n",
    "one cell, no year": "Week\tWho\n03.08.–09.08.\tAlice M.\n10.08.–16.08.\tBob\n",
    "hyphens": "Woche;Wer\n03.08.-09.08.2026;Alice M.\n10.08.-16.08.2026;Bob\n",
    "only starts": "Date,On call\n3 Aug 2026,Alice M.\n10 Aug 2026,Bob\n",
    "month first": "From,To,User\n8/3/2026,8/9/2026,Alice M.\n8/10/2026,8/16/2026,Bob\n",
    "day first": "From|To|User\n03/08/26|09/08/26|Alice M.\n10/08/26|16/08/26|Bob\n",
    "no headings": "2026-08-03,2026-08-09,Alice M.\n2026-08-10,2026-08-16,Bob\n",
    "a title above": "Rota of 2026,,\n\nStart,End,Name\n2026-08-03,2026-08-09,Alice M.\n2026-08-10,2026-08-16,Bob\n",
    "sep=": "sep=|\nStart|End|Name\n2026-08-03|2026-08-09|Alice M.\n2026-08-10|2026-08-16|Bob\n",
    "calendar weeks": "Week,Name\n2026-W32,Alice M.\n2026-W33,Bob\n",
    "weekdays": "Start,End,Name\nMon 3 Aug 2026,Sun 9 Aug 2026,Alice M.\nMon 10 Aug 2026,Sun 16 Aug 2026,Bob\n",
    "american words": 'Start,End,Name\n"Aug 3, 2026 10:00 AM","Aug 10, 2026 10:00 AM",Alice M.\n'
    '"Aug 10, 2026 10:00 AM","Aug 17, 2026 10:00 AM",Bob\n',
    "offsets": "start,end,name\n2026-08-03T10:00:00+02:00,2026-08-10T08:00:00Z,Alice M.\n"
    "2026-08-10T08:00:00Z,2026-08-17T10:00:00+0200,Bob\n",
    "separate times": "Date,Start time,End date,End time,Name\n2026-08-03,10:00,2026-08-10,10:00,Alice M.\n"
    "2026-08-10,10:00,2026-08-17,10:00,Bob\n",
}


@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_every_dialect_is_the_same_two_weeks(dialect: str) -> None:
    found = rota(DIALECTS[dialect])
    assert spans(found) == WEEKS
    assert not found.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_and_line_ends(encoding: str) -> None:
    text = "Start;End;Name\r\n2026-08-03;2026-08-09;Jürgen Groß\r\n2026-08-10;2026-08-16;Zoë\r\n"
    found = read_csv(text.encode(encoding), PLACE)
    assert [each.who.name for each in found.entries] == ["Jürgen Groß", "Zoë"]


def test_a_column_per_role_and_two_names_in_a_cell() -> None:
    wide = rota("Date,Primary,Secondary\n2026-08-03,Alice,Bob\n2026-08-10,Bob,\n")
    assert spans(wide) == [
        ("2026-08-03 10:00", "2026-08-10 10:00", "Alice", "primary"),
        ("2026-08-03 10:00", "2026-08-10 10:00", "Bob", "secondary"),
        ("2026-08-10 10:00", "2026-08-17 10:00", "Bob", "primary"),
    ]
    together = rota("Week,Who\n24.08.–30.08.,D. Weiss / Bob\n31.08.–06.09.,Sam\n")
    assert [each[2:] for each in spans(together)] == [("D. Weiss", "primary"), ("Bob", "secondary"), ("Sam", "")]
    lower = Place(BERLIN, time(10), ("on duty",), date(2026, 11, 29))
    assert [each[2:] for each in spans(rota("Date,On duty\n2026-08-03,Ana\n", lower))] == [("Ana", "on duty")]


def test_roles_by_name_and_by_number() -> None:
    found = rota(
        "start,end,name,level\n2026-08-03,2026-08-09,Ana,1\n2026-08-03,2026-08-09,Bo,2\n2026-08-03,2026-08-09,Cy,7\n"
    )
    assert {(each.who.name, each.role) for each in found.entries} == {
        ("Ana", "primary"),
        ("Bo", "secondary"),
        ("Cy", ""),
    }


def test_our_own_export_is_read_back() -> None:
    text = (
        "start,end,hours,role,type,points,person,shift_start,shift_end\n"
        "2026-08-03T08:00:00Z,2026-08-04T08:00:00Z,24,primary,weekday,1,Alice,2026-08-03T08:00:00Z,2026-08-04T08:00:00Z\n"
        "2026-08-04T08:00:00Z,2026-08-05T08:00:00Z,24,primary,weekday,1,,2026-08-04T08:00:00Z,2026-08-05T08:00:00Z\n"
    )
    assert spans(rota(text)) == [("2026-08-03 10:00", "2026-08-04 10:00", "Alice", "primary")]


def test_clock_changes_are_those_of_the_zone() -> None:
    for days, hours in (("2026-03-28 2026-03-29", [23, 24]), ("2026-10-24 2026-10-25", [25, 24])):
        one, two = days.split()
        found = rota(f"Date,Name\n{one},Ana\n{two},Bo\n")
        assert [(each.end - each.start) / timedelta(hours=1) for each in found.entries] == hours


def test_nights_end_on_the_next_day_and_turns_of_the_year_are_seen() -> None:
    nights = rota("Date,Start time,End time,Name\n2026-08-03,22:00,06:00,Ana\n2026-08-04,08:00,20:00,Bo\n")
    assert spans(nights) == [
        ("2026-08-03 22:00", "2026-08-04 06:00", "Ana", ""),
        ("2026-08-04 08:00", "2026-08-04 20:00", "Bo", ""),
    ]
    year = rota("Week,Who\n28.12.–03.01.,Ana\n04.01.–10.01.,Bo\n")
    assert [each[:2] for each in spans(year)] == [
        ("2025-12-28 10:00", "2026-01-04 10:00"),
        ("2026-01-04 10:00", "2026-01-11 10:00"),
    ]


def test_rows_for_nobody_are_left_out_and_bad_ones_named() -> None:
    found = rota("Date,Name\n2026-08-03,Ana\n2026-08-04,\n2026-08-05,n/a\nsoon,Bo\n2026-02-30,Cy\n2026-08-06,Ana\n")
    assert [each.who.name for each in found.entries] == ["Ana", "Ana"]
    assert found.problems == ("Line 5: “soon” isn’t a day.", "Line 6: there is no such day.")
    assert found.rows == 6


def test_guessed_orders_are_said() -> None:
    assert rota("Date,Name\n03/08/2026,Ana\n04/08/2026,Bo\n").notes == ("Days are read as day.month.",)
    assert rota("Date,Name\n03.08.2026,Ana\n").notes == ()


def test_people_with_addresses() -> None:
    found = rota(
        "start,end,user,email\n2026-08-03,2026-08-09,Ana,ANA@example.org\n2026-08-10,2026-08-16,bo@example.org,\n"
    )
    assert [(each.who.name, each.who.email, each.who.key) for each in found.entries] == [
        ("Ana", "ana@example.org", "ana@example.org"),
        ("", "bo@example.org", "bo@example.org"),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b"hello", "No column holds days"),
        (b"2026-08-03\n2026-08-04\n", "No column holds names"),
        (b"Start,End,Name\n", "No shifts found"),
        (b"Start,Name\nfoo,Ana\n", "isn’t a day"),
        (b"PK\x03\x04 zip", "Save it as CSV"),
        (b"\x7fELF\0\0\0", "isn’t a text file"),
        (b'Start,Name\n2026-08-03,"' + b"x" * 200_000, "can’t be read as CSV"),
        (b"Start,Name\n" + b"2026-08-03,Ana\n" * 20_002, "too many"),
        (b"Start,Name\n" + b"".join(b"2026-08-03,p%d\n" % each for each in range(400)), "names are too many"),
        (b"x" * (8 * 1024 * 1024 + 1), "larger than 8 MB"),
    ],
)  # fmt: skip
def test_what_is_no_rota_is_refused_with_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(NotARota, match=says):
        read_csv(data, PLACE)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400) | st.text(alphabet="0123456789-/.:;,\n\"' aApPmMTZ+–", max_size=400).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for head in (b"", b"Start,End,Name\n"):
        try:
            found = read_csv(head + data, PLACE)
        except NotARota:
            continue
        assert all(entry.start < entry.end and entry.start.tzinfo is UTC for entry in found.entries)
