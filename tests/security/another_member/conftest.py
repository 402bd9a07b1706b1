"""Pages in simulated browsers; whose tests import `settings` from tests/databases.py run on both databases."""

from tests.pages.conftest import browser, readiness

__all__ = ["browser", "readiness"]
