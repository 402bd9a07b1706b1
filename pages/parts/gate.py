"""The page in front of the app, for whoever isn't logged in. Few elements: each visit holds memory for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import html


@contextmanager
def gate(*, wide: bool = False) -> Iterator[None]:
    """What is drawn inside stands in the middle of an empty page, under the app's name."""
    with html.div().classes("oc-gate"), html.div().classes("oc-door wide" if wide else "oc-door"):
        with html.span().classes("oc-brand"):
            html.span().classes("oc-mark")
            html.span("On-Call Optimizer")
        yield
