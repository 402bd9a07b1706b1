"""What this process counts and times, for Prometheus: no names, addresses or ids.

Used where it is done (`IMPORTS.labels("ics", "new").observe(0.8)`) and by /metrics, which reads it. It must never
fail, and cost nothing worth measuring.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import Engine, event

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

IMPORTS = Histogram(
    "oncall_import_seconds",
    "Imports that ended, by product and by what came of it.",
    ("product", "outcome"),
    buckets=(0.1, 0.3, 1, 3, 10, 30, 100, 300),
    registry=REGISTRY,
)
SHOWN = Histogram(
    "oncall_push_seconds",
    "From a change until an open page shows it.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
STATEMENTS = Histogram(
    "oncall_database_seconds",
    "Statements the database answered.",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
    registry=REGISTRY,
)
EMAILS = Counter("oncall_emails", "Emails for the mail server, by what came of it.", ("outcome",), registry=REGISTRY)


@dataclass(frozen=True, slots=True)
class Measured:
    """A number that is looked up when it is asked for."""

    name: str
    help: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


def as_text(measured: Iterable[Measured]) -> bytes:
    """Everything counted, and what was measured, in Prometheus' text format."""
    return generate_latest(REGISTRY) + generate_latest(_Now(list(measured)))


@contextmanager
def counted_email() -> Iterator[None]:
    """Counts the block as an email, by the name of what it raises."""
    try:
        yield
    except Exception as error:
        EMAILS.labels(type(error).__name__).inc()
        raise
    EMAILS.labels("sent").inc()


def time_statements(engine: Engine) -> None:
    """From now on."""

    def begin(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        context.oncall_began = perf_counter()

    def end(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        STATEMENTS.observe(perf_counter() - context.oncall_began)

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)


class _Now(CollectorRegistry):
    def __init__(self, measured: list[Measured]) -> None:
        super().__init__()
        self._measured = measured
        self.register(self)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for each in self._measured:
            family = families.setdefault(each.name, GaugeMetricFamily(each.name, each.help, labels=list(each.labels)))
            family.add_metric(list(each.labels.values()), each.value)
        yield from families.values()
