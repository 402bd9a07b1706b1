"""The imports of the last 24 hours: a bar for each, the same in a sentence, and in a table for who wants it exactly."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.services.imports.hours import Hour
from pages.widgets.dates import NBSP, clock, count

MANY = 0.05
"""An hour of which this share failed is marked."""
ONE = timedelta(hours=1)
LABELLED = (0, 6, 12, 18)


class HoursCard:
    """Built once; the picture and the table are an element each."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        with html.section().classes("oc-card").props("aria-labelledby=hours"):
            with html.div().classes("oc-card-head"):
                with html.div().classes("grow"):
                    html.h2("Imports, last 24 hours").props("id=hours")
                self._sum = TextElement(tag="span", text="").classes("oc-sub")
            self._picture = ui.html("", sanitize=False).classes("oc-hours24")
            with html.details().classes("oc-hours-table"):
                TextElement(tag="summary", text="As a table")
                self._table = ui.html("", sanitize=False)

    def show(self, hours: Sequence[Hour]) -> None:
        self._sum.set_text(summary(hours))
        self._picture.set_content(picture(hours, self._zone))
        self._table.set_content(table(hours, self._zone))


def summary(hours: Sequence[Hour]) -> str:
    """`13,420, 0.8 % failed`."""
    ended, failed = sum(hour.ended for hour in hours), sum(hour.failed for hour in hours)
    return f"{ended:,}, {_percent(failed, ended)} failed" if ended else "none yet"


def picture(hours: Sequence[Hour], zone: ZoneInfo) -> str:
    most = max((hour.ended for hour in hours), default=0)
    bars = "".join(_bar(hour, most) for hour in hours)
    axis = "".join(f"<span>{clock(hours[at].begins, zone)}</span>" for at in LABELLED if at < len(hours))
    return (
        f'<div class="oc-days" role="img" aria-label="{sentence(hours, zone)}">{bars}</div>'
        f'<div class="ax" aria-hidden="true">{axis}<span>now</span></div>'
    )


def table(hours: Sequence[Hour], zone: ZoneInfo) -> str:
    rows = "".join(
        f"<tr><th scope=row>{clock(hour.begins, zone)}</th><td>{hour.ended:,}</td><td>{hour.failed:,}</td></tr>"
        for hour in reversed(hours)
    )
    heads = "".join(f"<th scope=col>{word}</th>" for word in ("From", "Imports", "Failed"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def sentence(hours: Sequence[Hour], zone: ZoneInfo) -> str:
    """`About 570 imports an hour; 12 % failed from 23:00 to 01:00`."""
    whole = [hour.ended for hour in hours[:-1] if hour.ended]
    if not whole:
        ended = sum(hour.ended for hour in hours)
        return f"{count(ended, 'import')} in this hour, none before" if ended else "No imports in the last 24 hours"
    said = [f"About {count(round(sum(whole) / len(whole)), 'import')} an hour"]
    for is_bad, group in groupby(hours, key=_is_bad):
        if is_bad:
            bad = list(group)
            share = _percent(sum(hour.failed for hour in bad), sum(hour.ended for hour in bad))
            begins, ends = clock(bad[0].begins, zone), clock(bad[-1].begins + ONE, zone)
            said.append(f"{share} failed from {begins} to {'now' if bad[-1] is hours[-1] else ends}")
    return "; ".join(said)


def _bar(hour: Hour, most: int) -> str:
    if not hour.ended:
        return '<i class="none" style="--v:100"></i>'
    height = max(round(100 * hour.ended / most), 4)
    if not _is_bad(hour):
        return f'<i style="--v:{height}"></i>'
    return f'<i class="bad" style="--v:{height};--f:{max(round(100 * hour.failed / hour.ended), 8)}"></i>'


def _is_bad(hour: Hour) -> bool:
    return hour.failed > 0 and hour.failed >= MANY * hour.ended


def _percent(part: int, whole: int) -> str:
    percent = 100 * part / whole
    return f"{percent:.0f}{NBSP}%" if percent >= 10 or not part else f"{percent:.1f}{NBSP}%"
