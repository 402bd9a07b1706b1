"""Pages in simulated browsers, on SQLite; the verbs have both databases of their own."""

from tests.pages.conftest import browser, readiness

__all__ = ["browser", "readiness"]
