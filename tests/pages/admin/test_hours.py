"""The imports of a day as bars, and the same in a sentence and in a table."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.services.imports.hours import Hour
from pages.admin.status.hours import picture, sentence, summary, table

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 11, 28, 14, tzinfo=UTC)


def day(**failed: int) -> list[Hour]:
    """570 imports an hour; `at22=68`: that many failed in the hour that begins at 22:00 UTC."""
    hours = (FIRST + timedelta(hours=number) for number in range(24))
    return [Hour(begins, 570, failed.get(f"at{begins.hour}", 0)) for begins in hours]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_good_day_is_one_clause() -> None:
    assert plain(sentence(day(at3=2), BERLIN)) == "About 570 imports an hour"
    assert summary(day()) == "13,680, 0\u00a0% failed"


def test_what_failed_says_when_by_the_clock_of_who_reads_it() -> None:
    bad = day(at22=68, at23=70, at13=300)
    said = "About 570 imports an hour; 12 % failed from 23:00 to 01:00; 53 % failed from 14:00 to now"
    assert plain(sentence(bad, BERLIN)) == said
    assert plain(summary(bad)) == "13,680, 3.2 % failed"


def test_before_the_first_hour_is_over_there_is_no_rate() -> None:
    none = [Hour(hour.begins) for hour in day()]
    assert plain(sentence(none, BERLIN)) == "No imports in the last 24 hours"
    assert plain(sentence([*none[:-1], Hour(none[-1].begins, 1)], BERLIN)) == "1 import in this hour, none before"
    assert summary(none) == "none yet"


def test_each_hour_is_a_bar_and_a_row() -> None:
    hours = [Hour(FIRST), *day(at22=68)[1:]]
    drawn = picture(hours, BERLIN)
    assert drawn.count("<i ") == 24
    assert (drawn.count('class="none"'), drawn.count('class="bad"')) == (1, 1)
    rows = table(hours, BERLIN).split("<tr>")[2:]
    assert len(rows) == 24
    assert rows[-1].startswith("<th scope=row>15:00</th><td>0</td><td>0</td>")
    assert "<th scope=row>23:00</th><td>570</td><td>68</td></tr>" in rows
