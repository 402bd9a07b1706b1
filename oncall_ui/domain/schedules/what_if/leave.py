"""What a draft says about leave that it alone knows of."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from oncall_ui.domain.imports.wording import MONTHS
from oncall_ui.domain.schedules.planning.sentences import Sentence, Who, sentence
from oncall_ui.domain.schedules.what_if.changes import Away, Change

A_DAY = timedelta(days=1)


def leave_words(changes: Iterable[Change]) -> Iterator[Sentence]:
    """A sentence for each leave."""
    for each in changes:
        if isinstance(each, Away):
            yield sentence("Planned with ", Who(str(each.participant)), f" away {days_words(each)}.")


def days_words(away: Away) -> str:
    """`11 to 22 Jan`, `30 Jan to 2 Feb`, `on 4 Jan`."""
    first, last = away.from_day, away.to_day - A_DAY
    if first == last:
        return f"on {_day(first)}"
    same = (first.year, first.month) == (last.year, last.month)
    return f"{first.day if same else _day(first)} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"
