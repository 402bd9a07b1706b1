"""Logging: one line per event, as keys and values, with no secrets. Libraries that would log URLs are silenced."""

import logging
import sys

import structlog

SILENCED = ("httpx", "httpcore", "alembic")
"""Below WARNING these log full URLs, headers, or a line every second."""


def configure(level: str = "info") -> None:
    """Sends log lines of `level` (a name from `logging`) and above to standard error."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger().setLevel(threshold)
    silence_libraries()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is then: who redirects it has the lines
    )


def silence_libraries() -> None:
    """Keeps `SILENCED` at WARNING, whatever level is configured: a calendar's URL is its password."""
    for name in SILENCED:
        logging.getLogger(name).setLevel(logging.WARNING)


def print_setup_link(link: str) -> None:
    """Prints the link that creates the first account. Scripts look for this line, so its wording is fixed."""
    sys.stdout.write(f"Set up the first account: {link}\n")
    sys.stdout.flush()
