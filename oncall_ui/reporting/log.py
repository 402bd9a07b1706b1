"""Logging: one line per event, as keys and values, with no secrets. Libraries that would log URLs are silenced.

What strangers typed or sent can't forge a line: control and direction characters in any value are escaped, ours
and libraries', and the lines of a traceback are marked.
"""

import json
import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any
from unicodedata import category

import structlog

from oncall_ui.reporting.ids import add_ids, carried

SILENCED = ("httpx", "httpcore", "alembic")
"""Below WARNING these log full URLs, headers, or a line every second."""
LONGEST_VALUE = 2_000
"""Characters of one value; the rest is cut."""
LONGEST_TRACEBACK = 20_000
_ESCAPED = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Control, format (which includes direction), surrogate and private characters, line and paragraph separators."""


def configure(level: str = "info", *, as_json: bool = False) -> None:
    """Sends log lines of `level` (a name from `logging`) and above to standard error, for people or `as_json`."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    logging.setLogRecordFactory(OneLine)
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s%(ids_in_words)s", stream=sys.stderr)
    if as_json:
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonFormatter())
    logging.getLogger().setLevel(threshold)
    silence_libraries()
    structlog.configure(
        processors=[
            add_ids,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            escape_values,
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if as_json
            else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is then: who redirects it has the lines
    )


def silence_libraries() -> None:
    """Keeps `SILENCED` at WARNING, whatever level is configured: a calendar's URL is its password."""
    for name in SILENCED:
        logger = logging.getLogger(name)
        if logger.level != logging.WARNING:  # setting it has every logger look again
            logger.setLevel(logging.WARNING)


def print_setup_link(link: str) -> None:
    """Prints the link that creates the first account. Scripts look for this line, so its wording is fixed."""
    sys.stdout.write(f"Set up the first account: {link}\n")
    sys.stdout.flush()


def one_line(text: str) -> str:
    """`text` on one line: what would break the line, move the cursor or turn the direction is escaped, as in Python."""
    cut = text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text):,} characters)"
    if cut.isascii() and cut.isprintable():
        return cut
    return "".join(_escaped(each) if category(each) in _ESCAPED else each for each in cut)


def marked(traceback: str) -> str:
    """A traceback whose lines can't be taken for lines of the log, whatever the exception says."""
    return "\n".join(f"  | {one_line(line)}" for line in traceback[-LONGEST_TRACEBACK:].split("\n"))


def escape_values(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog, the last before the event is written."""
    for key, value in event.items():
        if key == "exception":
            event[key] = marked(str(value))
        elif isinstance(value, str):
            event[key] = one_line(str(value))
        elif value is not None and not isinstance(value, (bool, int, float)):
            event[key] = one_line(repr(value))
    return event


class JsonFormatter(logging.Formatter):
    """A record of the standard library as an object with the keys of our own lines."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        line = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name, "timestamp": at}
        line |= getattr(record, "ids", {})
        if record.exc_text:
            line["exception"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)


class OneLine(logging.LogRecord):
    """A record of the standard library whose message is one line and whose traceback is marked.

    It carries the ids of what is being done where it is made.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ids = carried()
        self.ids_in_words = "".join(f" {name}={value}" for name, value in self.ids.items())

    def getMessage(self) -> str:  # noqa: N802 - of logging
        return one_line(super().getMessage())

    @property
    def exc_text(self) -> str | None:
        """What formatters use instead of formatting `exc_info`."""
        kept: str | None = self.__dict__.get("marked")
        if kept is None and self.exc_info and self.exc_info[0] is not None:
            kept = self.__dict__["marked"] = marked(logging.Formatter().formatException(self.exc_info))
        return kept

    @exc_text.setter
    def exc_text(self, text: str | None) -> None:
        if text is not None:
            self.__dict__["marked"] = marked(text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
