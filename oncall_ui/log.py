"""The log: one line an event, keys and values, nothing secret. Libraries that would print addresses are kept quiet."""

import logging
import sys

import structlog

QUIET = ("httpx", "httpcore", "alembic")
"""These write full addresses, headers or a line a second; whatever level is asked for."""


def configure(level: str = "info") -> None:
    """Sends the app's and the libraries' lines of `level`, a name of logging, and above to standard error."""
    least = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger().setLevel(least)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A look for due calendars that is skipped because the last one still runs is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def say_setup_link(link: str) -> None:
    """Scripts look for this line, so it stays as it is."""
    sys.stdout.write(f"Set up the first account: {link}\n")
    sys.stdout.flush()
