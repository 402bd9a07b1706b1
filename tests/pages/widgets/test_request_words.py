"""The words of requests for cover and swaps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.cover.states import Pace, RequestKind, RequestState
from oncall_ui.domain.schedules.ledger.repayment import Repayment
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.cover.views import RequestView, Who
from pages.widgets.requests.words import detail_words, head_words, repaid_words, what_words

BERLIN = ZoneInfo("Europe/Berlin")
START, END = datetime(2026, 12, 9, 9, tzinfo=UTC), datetime(2026, 12, 11, 9, tzinfo=UTC)
ALICE, ELIF = Who(1, "Alice Moreno", 1, is_me=True), Who(2, "Elif Kaya", 2, is_me=False)
OFFER = RequestView(
    id=1,
    schedule_id=1,
    schedule="Platform",
    zone="Europe/Berlin",
    kind=RequestKind.OFFER,
    state=RequestState.OPEN,
    part=Part(START, "secondary", START, END),
    shift_end=END,
    type="weekday",
    points=1.0,
    points_back=1.0,
    holder=ALICE,
    taker=ELIF,
    back=Part(START, "primary", START, END),
    by="",
    note="",
    takes_swaps=True,
    pace=Pace.ONE,
    asked=(),
    settled_at=None,
    undo_by=None,
    may_manage=False,
    may_undo=False,
)


def told(each: RequestView) -> str:
    return f"{head_words(each)} {what_words(each, BERLIN)}"


def test_a_swap_at_the_same_time_is_one_of_roles() -> None:
    assert told(OFFER) == "Elif offers to swap roles on Wed 9 to Fri 11 Dec: you primary, Elif secondary"


def test_a_whole_shift_is_told_by_its_days_and_a_part_by_its_hours() -> None:
    free = replace(OFFER, back=None)
    assert told(free) == "Elif offers to take Wed 9 to Fri 11 Dec, secondary"
    evening = Part(START, "secondary", START + timedelta(hours=8), START + timedelta(hours=13))
    assert told(replace(free, part=evening)) == "Elif offers to take Wed 9 Dec, 18:00 to 23:00, secondary"


def test_days_name_both_months_where_they_differ() -> None:
    over = Part(START, "primary", datetime(2026, 12, 30, 9, tzinfo=UTC), datetime(2027, 1, 1, 9, tzinfo=UTC))
    shift = Part(over.start, "primary", over.start, over.end)
    assert what_words(replace(OFFER, back=None, part=shift, shift_end=over.end), BERLIN) == (
        "Wed 30 Dec to Fri 1 Jan, primary"
    )


def test_who_is_asked_reads_when_the_points_are_repaid() -> None:
    asked = replace(OFFER, kind=RequestKind.COVER, holder=ELIF, taker=None, back=None, points=1.5, points_back=0.0)
    soon = replace(asked, repaid=Repayment(1.5, 6))
    assert repaid_words(soon) == "+1.5 points for you, repaid in about 6\u00a0weeks"
    assert repaid_words(replace(asked, repaid=Repayment(-2.0, 0))) == "+1.5 points for you, still below a fair share"
    assert repaid_words(asked) == ""
    assert detail_words(asked, BERLIN, START - timedelta(days=9)) == "1.5 points."
