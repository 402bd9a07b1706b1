"""Shifts that somebody has one after another are one turn."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from oncall_ui.domain.schedules.messages.turns import Part, turns_of

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=30)


def parts(holders: str, role: str = "primary", recorded_at: datetime = LONG_AGO) -> list[Part]:
    """Days in a row; `-` is a gap, a space is time that nobody wants covered."""
    found = []
    for day, holder in enumerate(holders):
        start, participant = NOON + timedelta(days=day), None if holder == "-" else ord(holder)
        if holder != " ":
            found.append(Part(role, participant, start, start + timedelta(days=1), recorded_at))
    return found


def drawn(holders: str) -> list[tuple[str, int, int, str]]:
    """Who, from which day, to which, after whom."""
    return [
        (
            chr(turn.participant) if turn.participant else "-",
            (turn.start - NOON).days,
            (turn.end - NOON).days,
            "" if turn.follows is None else chr(turn.follows.participant) if turn.follows.participant else "-",
        )
        for turn in turns_of(reversed(parts(holders)))
    ]


def test_turns_end_where_the_holder_changes_or_time_is_left_out() -> None:
    assert drawn("aab") == [("a", 0, 2, ""), ("b", 2, 3, "a")]
    assert drawn("aa a") == [("a", 0, 2, ""), ("a", 3, 4, "")]
    assert drawn("a--b") == [("a", 0, 1, ""), ("-", 1, 3, "a"), ("b", 3, 4, "-")]
    assert drawn("aba") == [("a", 0, 1, ""), ("b", 1, 2, "a"), ("a", 2, 3, "b")]
    assert drawn("") == []


def test_roles_have_turns_of_their_own() -> None:
    found = turns_of([*parts("ab"), *parts("aa", "secondary")])
    assert [(turn.role, (turn.end - turn.start).days) for turn in found] == [
        ("primary", 1), ("secondary", 2), ("primary", 1),
    ]  # fmt: skip


@given(some.text("ab- ", max_size=20))
def test_turns_tile_what_the_parts_do(holders: str) -> None:
    found = turns_of(parts(holders))
    days = [
        chr(turn.participant) if turn.participant else "-"
        for turn in found
        for _ in range((turn.end - turn.start).days)
    ]
    assert "".join(days) == holders.replace(" ", "")
    for turn in found:
        assert turn.follows is None or turn.follows.end == turn.start
        assert turn.follows is None or turn.follows.participant != turn.participant
