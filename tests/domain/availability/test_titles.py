"""A title as one line."""

import json

import pytest

from oncall_ui.domain.availability.text import LONGEST, title_line
from oncall_ui.domain.imports.events import Event, Kind


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("Dentist, noc", "Dentist, noc"),
        ("  two\r\n\tlines\u2028three ", "two lines three"),
        ("pay\u202egnp.exe\u202c\u2067\u200f", "paygnp.exe"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("\ud83d broken", "broken"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("שלום עולם", "שלום עולם"),
        ("👩\u200d🚒 می\u200cخواهم", "👩\u200d🚒 می\u200cخواهم"),
        ("", "No title"),
        (" \u202e\n", "No title"),
    ],
)
def test_a_title_is_one_line_that_leaves_its_neighbours_alone(title: str, line: str) -> None:
    assert title_line(Event("1", title)) == line
    json.dumps(line).encode()


@pytest.mark.parametrize("title", ["x" * 10_000, "x " * 5_000, "\u202e" * 9_999 + "x", "ﷺ" * 10_000])
def test_a_title_has_an_end(title: str) -> None:
    assert 1 <= len(title_line(Event("1", title))) <= LONGEST


def test_time_published_as_busy_has_no_title_and_says_so() -> None:
    assert title_line(Event("1", kind=Kind.BUSY_TIME)) == "Busy"
    assert title_line(Event("1", "Dentist", kind=Kind.BUSY_TIME)) == "Dentist"
