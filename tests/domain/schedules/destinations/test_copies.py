"""What is written into another program is the difference; nothing that was changed there is touched unasked."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from oncall_ui.domain.schedules.destinations.copies import (
    Decided,
    Difference,
    Edit,
    Held,
    Intent,
    Item,
    Override,
    Span,
    difference,
    merged,
)
from oncall_ui.domain.schedules.destinations.copy_words import Troubles, trouble_words
from oncall_ui.domain.schedules.destinations.spans import FixedSpan, is_as_wanted, spans_of

NOW = datetime(2026, 12, 7, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def held(day: float, user: str = "A", days: float = 1) -> Held:
    return Held(NOW + day * DAY, NOW + (day + days) * DAY, user)


def item(number: int, shift: Held, remote: str = "", intent: Intent = Intent.NONE) -> Item:
    return Item(number, remote, shift, intent)


def compare(
    wanted: list[Held],
    found: list[Override],
    items: list[Item],
    decided: Decided = Decided(),  # noqa: B008 - frozen
) -> Difference:
    return difference(wanted, found, items, decided, NOW)


def test_only_the_difference_is_written() -> None:
    stays, goes, comes = held(1), held(2), held(2, "B")
    found = [Override("P1", stays), Override("P2", goes)]
    items = [item(1, stays, "P1"), item(2, goes, "P2")]
    got = compare([stays, comes], found, items)
    assert (got.create, [each.remote_id for each in got.delete], got.edits) == ((comes,), ["P2"], ())
    assert compare([stays, goes], found, items).is_settled


def test_a_shift_that_runs_is_the_same_from_now_on_and_the_past_is_left_alone() -> None:
    running, over = held(-0.5), held(-3)
    found = [Override("P1", held(-0.2, days=0.7))]
    items = [item(1, held(-0.2, days=0.7), "P1"), item(2, over, "P2")]
    got = compare([running, over], found, items)
    assert (got.is_settled, got.gone, got.edits) == (True, (2,), ())
    assert compare([running], [], []).create == (Held(NOW, running.end, "A"),)


def test_what_was_created_without_an_answer_is_recognised_and_what_never_was_is_forgotten() -> None:
    one, other = held(1), held(2)
    items = [item(1, one, intent=Intent.CREATING), item(2, other, intent=Intent.CREATING)]
    got = compare([other], [Override("P1", one)], items)
    assert (got.learned, got.gone) == (((1, Override("P1", one)),), (2,))
    assert ([each.number for each in got.delete], got.create, got.edits) == ([1], (other,), ())


def test_what_we_deleted_ourselves_is_no_edit() -> None:
    assert compare([], [], [item(1, held(1), "P1", Intent.DELETING)]).gone == (1,)


def test_edits_stop_what_they_overlap_and_nothing_else() -> None:
    one, two, three = held(1), held(2), held(3)
    found = [Override("P2", two), Override("X1", held(2.5, "Z", 0.2))]
    items = [item(1, one, "P1"), item(2, held(2, "B"), "P2")]
    got = compare([one, two, three], found, items)
    assert got.edits == (
        Edit(one.start, one.end, "", "", 1),
        Edit(NOW + 2.5 * DAY, NOW + 2.7 * DAY, "X1", "Z"),
    )
    assert (got.create, got.delete, got.theirs) == ((three,), (), ())


def test_an_override_of_the_same_person_or_where_nothing_is_wanted_is_no_edit() -> None:
    one = held(1)
    found = [Override("P1", one), Override("X1", held(1.2, "A", 0.1)), Override("X2", held(5, "Z"))]
    assert compare([one], found, [item(1, one, "P1")]).edits == ()


def test_what_a_manager_decided_about_edits_holds() -> None:
    one = held(1)
    found = [Override("X1", held(1, "Z"))]
    kept = compare([one], found, [], Decided(kept=(Span(one.start, one.end),)))
    assert (kept.is_settled, kept.edits) == (True, ())
    overwritten = compare([one], found, [], Decided(overwritten=frozenset({"X1", "X9"})))
    assert (overwritten.create, overwritten.theirs, overwritten.edits) == ((one,), ("X1",), ())


@pytest.mark.parametrize("seed", range(30))
def test_a_few_rounds_end_in_step_whatever_is_lost(seed: int) -> None:
    """Against a model of PagerDuty: the last created wins. Answers and requests are lost at random."""
    chance = random.Random(seed)
    there: list[Override] = []
    items: list[Item] = []
    numbers = iter(range(1, 10_000))

    def plan() -> list[Held]:
        return [held(day, chance.choice("ABC")) for day in range(6) if chance.random() < 0.8]

    wanted = plan()
    for turn in range(40):
        is_sure = turn >= 36
        if turn % 6 == 5 and turn < 30:
            wanted = plan()
        got = compare(wanted, there, items)
        assert got.edits == (), "nobody else changes anything"
        known = {number: override.id for number, override in got.learned}
        items = [
            Item(each.number, known.get(each.number, each.remote_id), each.held, Intent.NONE)
            if each.number in known
            else each
            for each in items
            if each.number not in got.gone
        ]
        if got.create:
            items += [item(next(numbers), each, intent=Intent.CREATING) for each in got.create]
            if is_sure or chance.random() < 0.7:
                there += [Override(f"P{next(numbers)}", each) for each in got.create]
            if not is_sure and chance.random() < 0.5:
                continue  # killed before it could delete
        doing = {each.number for each in got.delete}
        items = [
            Item(each.number, each.remote_id, each.held, Intent.DELETING if each.number in doing else each.intent)
            for each in items
        ]
        for each in got.delete:
            if is_sure or chance.random() < 0.7:
                there = [override for override in there if override.id != each.remote_id]
    assert sorted(merged(override.held for override in there), key=str) == sorted(merged(wanted), key=str)


def test_spans_are_whole_but_for_people_the_program_doesnt_know() -> None:
    shifts = [held(0, "A"), held(1, "B"), held(3, "A")]
    spans = spans_of(shifts, [Span(NOW + 2 * DAY, NOW + 3 * DAY)], NOW)
    assert [(each.start, each.end) for each in spans] == [(NOW, NOW + 2 * DAY), (NOW + 3 * DAY, NOW + 4 * DAY)]
    assert spans_of([], [], NOW) == []
    assert spans_of([held(-2), held(-1, days=1)], [], NOW) == [], "all is over"
    (gap,) = spans_of([held(2)], [], NOW)
    assert (gap.start, gap.end) == (NOW, NOW + 3 * DAY), "a gap here is a gap there"


def test_long_spans_are_cut_where_a_shift_begins() -> None:
    spans = spans_of([held(number / 4, "AB"[number % 2], 1 / 4) for number in range(320)], [], NOW)
    assert [len(each.shifts) for each in spans] == [150, 150, 20]
    assert [each.end for each in spans[:-1]] == [each.start for each in spans[1:]]


def test_spans_are_compared_as_the_program_merges_them() -> None:
    ours = Span(NOW, NOW + 2 * DAY)
    wanted = spans_of([held(-1, "A", 1.5), held(0.5, "A", 1.5)], [], NOW)
    there = [FixedSpan(NOW - DAY, NOW + 2 * DAY, (held(-1, "A", 3),))]
    assert is_as_wanted(wanted, there, ours, NOW)
    assert not is_as_wanted(wanted, [FixedSpan(NOW, NOW + 2 * DAY, (held(0, "B", 2),))], ours, NOW)
    assert not is_as_wanted(wanted, [], ours, NOW)


def test_troubles_say_who_can_do_what() -> None:
    assert trouble_words(Troubles("PagerDuty", 24, 0, 0, ())) == ""
    assert trouble_words(Troubles("PagerDuty", 22, 0, 0, ("Farid Haddad",))) == (
        "No PagerDuty user has the email of Farid Haddad. Choose who it is. The other 22 were sent."
    )
    assert trouble_words(Troubles("PagerDuty", 0, 2, 1, ())) == (
        "1 shift was changed in PagerDuty. Choose which is right. PagerDuty rejected 2 of 2 shifts."
    )
