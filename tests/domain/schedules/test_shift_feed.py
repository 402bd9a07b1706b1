"""The UIDs of shifts: different where shifts are, and recognised however a calendar program keeps them."""

from datetime import UTC, datetime

import pytest

from oncall_ui.domain.schedules.shift_feed import DOMAIN, is_shift, uid_of

START = datetime(2026, 12, 4, 9, tzinfo=UTC)
UID = uid_of("5c1e", START, "primary")


@pytest.mark.parametrize(
    "uid",
    [UID, UID.upper(), "040000008200E00074C5B7101A82E008" + UID.encode().hex().upper()],
    ids=["as it is", "in capitals", "within an identifier of Exchange"],
)
def test_a_shift_is_recognised(uid: str) -> None:
    assert is_shift(uid)


@pytest.mark.parametrize("uid", ["", "5c1e@example.org", f"{DOMAIN}@example.org", f"x@not-{DOMAIN}"])
def test_other_events_are_not(uid: str) -> None:
    assert not is_shift(uid)


def test_roles_and_parts_have_uids_of_their_own() -> None:
    later = START.replace(hour=14)
    uids = {uid_of("5c1e", START, role, part) for role in ("a b", "a-b", "a_b", "ä") for part in (None, later)}
    assert len(uids) == 8
    assert all(uid.isascii() and " " not in uid for uid in uids)
