"""What forms of accounts accept, and how they refuse."""

import pytest

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.members import add_member, find_zone
from tests.conftest import PASSWORD


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        (" Berlin ", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("New_York", "America/New_York"),
        ("Istanbul", "Asia/Istanbul"),
        ("utc", "UTC"),
        ("York", None),
        ("", None),
        ("Atlantis", None),
        ("Europe", None),
        ("Europe/Berlin\n\x00", None),
    ],
)
def test_a_time_zone_is_found_by_its_city(typed: str, zone: str | None) -> None:
    assert find_zone(typed) == zone


def test_every_invalid_field_is_named_at_once(app: App) -> None:
    with pytest.raises(InvalidInput) as raised:
        add_member(app, name=" ", email="alice", password="short", zone="Atlantis")
    assert list(raised.value.sentences) == ["Name", "Email", "Password", "Time zone"]
    assert raised.value.field == "Name"
    with pytest.raises(InvalidInput) as raised:
        add_member(app, name="Alice", email="alice", password=PASSWORD, zone="Atlantis")
    assert list(raised.value.sentences) == ["Email", "Time zone"]
