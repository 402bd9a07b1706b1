"""Calendar servers that want to hurt their readers."""

from pathlib import Path

from bench.attacks.calendars import eight_addresses
from bench.attacks.row import Scale


def test_eight_hostile_calendars_at_once_cost_only_themselves(tmp_path: Path) -> None:
    """How much slower pages get is measured by bench.attacks alone: here other tests run beside it."""
    row = eight_addresses(tmp_path, Scale(short=True))
    assert not [promise for promise in row.broken if not promise.startswith("pages stay fast")]
    assert not row.through
