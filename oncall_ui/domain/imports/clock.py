"""Times that can’t be true: a calendar’s row was written while the server’s clock was ahead."""

from datetime import datetime, timedelta

from oncall_ui.domain.imports.retry import JITTER, LAST_RETRY
from oncall_ui.domain.imports.retry_after import LONGEST_WAIT

MARGIN = timedelta(minutes=5)
"""How far the clocks of processes that share a database may differ. A smaller step back is simply waited for."""
HAPPENED = ("state_since", "last_read_at", "last_changed_at", "broken_since", "suspected_since")


def latest_times(moment: datetime, interval: timedelta, lease: timedelta) -> dict[str, datetime]:
    """The latest time each column can hold if no clock was ever ahead of `moment`.

    What happened is not later than now. A calendar waits for the interval, the longest backoff or the longest
    Retry-After, whichever is longest.
    """
    past = moment + MARGIN
    longest_wait = max(interval * (1 + JITTER), LAST_RETRY * (1 + JITTER), LONGEST_WAIT)
    return dict.fromkeys(HAPPENED, past) | {"lease_until": past + lease, "next_import_at": past + longest_wait}
