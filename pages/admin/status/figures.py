"""The four figures: how old the data is, what waits, what is retried, and the last backup."""

from dataclasses import dataclass
from datetime import timedelta

from nicegui import html
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.sizes import bytes_words
from oncall_ui.services.installation.status import Installation
from pages.admin.status.checks import Setup
from pages.needs.ages import age, age_words
from pages.widgets.dates import count

CAPTIONS = ("Oldest data", "Waiting", "Retrying", "Last backup")


@dataclass(frozen=True, slots=True)
class Figure:
    number: str
    unit: str
    note: str


class Figures:
    """Built once; a figure that changes is patched."""

    def __init__(self) -> None:
        with html.section().classes("oc-card oc-facts").props('aria-label="In figures"'):
            self._shown = [self._figure(caption) for caption in CAPTIONS]

    def show(self, seen: Installation, setup: Setup) -> None:
        for (number, unit, note), figure in zip(self._shown, figures(seen, setup), strict=True):
            number.set_text(figure.number)
            unit.set_text(f" {figure.unit}" if figure.unit else "")
            note.set_text(figure.note)

    def _figure(self, caption: str) -> tuple[TextElement, TextElement, TextElement]:
        with html.div().classes("oc-fact"):
            html.p(caption).classes("cap")
            with html.b():
                number = TextElement(tag="span", text="–")
                unit = TextElement(tag="small", text="")
            return number, unit, TextElement(tag="p", text="")


def figures(seen: Installation, setup: Setup) -> tuple[Figure, Figure, Figure, Figure]:
    """In the order of CAPTIONS."""
    return _oldest(seen, setup), _waiting(seen), _retrying(seen), _backup(seen)


def _oldest(seen: Installation, setup: Setup) -> Figure:
    calendars = seen.calendars
    note = f"{count(calendars.on, 'calendar')}, every {setup.interval} min" if calendars.on else "no calendar is on"
    if calendars.oldest is None:
        return Figure("–", "", note)
    number, unit = age(seen.at - calendars.oldest)
    return Figure(f"{number:,}", unit, note)


def _waiting(seen: Installation) -> Figure:
    waiting, due = seen.calendars.waiting, seen.calendars.due
    longest = max((hour.longest_wait for hour in seen.hours), default=0)
    note = f"longest of the day {age_words(timedelta(seconds=longest))}" if longest else "nothing is late"
    if due:
        note = f"the first for {age_words(seen.at - due)}"
    return Figure(f"{waiting:,}", "import" if waiting == 1 else "imports", note)


def _retrying(seen: Installation) -> Figure:
    calendars = seen.calendars
    needs = "needs its owner" if calendars.needing == 1 else "need their owners"
    note = f"{calendars.needing:,} {needs}" if calendars.needing else "none needs its owner"
    return Figure(f"{calendars.retrying:,}", f"of {calendars.on:,}" if calendars.on else "", note)


def _backup(seen: Installation) -> Figure:
    if seen.backups is None:
        return Figure("None", "", "not set up")
    if seen.backups.at is None:
        return Figure("None", "", "no backup yet")
    number, unit = age(seen.at - seen.backups.at)
    return Figure(f"{number:,}", unit, f"{bytes_words(seen.backups.size)}, {seen.backups.number} kept")
