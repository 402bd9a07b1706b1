"""The words of an import."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.wording import WEEKDAYS
from oncall_ui.domain.schedules.rota_import.people import FORMER, NOBODY
from oncall_ui.domain.schedules.rota_import.rota import Rota, RotaSource
from oncall_ui.services.schedules.rota_import.preview import ImportPreview, PastImport
from pages.schedules.fairness.words import plain, signed
from pages.widgets.dates import ago, count, day_words

Row = dict[str, Any]
SOURCES = {
    RotaSource.CSV: "CSV",
    RotaSource.ICS: "ICS",
    RotaSource.OPSGENIE: "Opsgenie",
    RotaSource.PAGERDUTY: "PagerDuty",
    RotaSource.GOALERT: "GoAlert",
    RotaSource.GRAFANA: "Grafana OnCall",
}
AHEAD = "not imported: plan them in a draft"
ALREADY = "The ledger says this already."
GUESSED = "everyone with shifts then owes a part, from about their first to their last"
NONE_COUNTS = "No past shift of a member counts."


def summary_words(rota: Rota, zone: ZoneInfo, today: datetime) -> str:
    """`52 shifts, 5 Jan to 27 Dec. Days are read as day.month.`"""
    first, last = rota.entries[0].start.astimezone(zone).date(), max(each.end for each in rota.entries)
    days = f"{day_words(first, today.date())} to {day_words(last.astimezone(zone).date(), today.date())}"
    return " ".join([f"{count(len(rota.entries), 'shift')}, {days}.", *rota.notes])


def needs_words(rota: Rota, answers: Mapping[str, int | None]) -> tuple[str, str, int]:
    """The state in bold and after it, and how many names nobody has said whose they are."""
    needs = sum(answers.get(key) is None for key in rota.people)
    known = sum(answers.get(entry.who.key) is not None for entry in rota.entries)
    if not needs:
        return "Every name is known", f", {count(len(rota.entries), 'shift')} read", 0
    verb = "needs" if needs == 1 else "need"
    return (
        f"{count(needs, 'name')} {verb} you",
        f", {known} of {count(len(rota.entries), 'shift')} have a member",
        needs,
    )


def name_rows(
    rota: Rota, answers: Mapping[str, int | None], people: Mapping[int, str], zone: ZoneInfo, today: datetime
) -> list[Row]:
    """One row: the whole table, with the names that need somebody first. `people`: id → name."""
    found = []
    for key, who in rota.people.items():
        theirs = [entry for entry in rota.entries if entry.who.key == key]
        first, last = theirs[0].start.astimezone(zone).date(), theirs[-1].end.astimezone(zone).date()
        answer = answers.get(key)
        found.append(
            {
                "key": key,
                "name": who.shown,
                "email": who.email if who.name else "",
                "said": f"Who is {who.shown}?",
                "value": "" if answer is None else str(answer),
                "shifts": str(len(theirs)),
                "span": _span(first, last, today.date()),
            }
        )
    found.sort(key=lambda row: row["value"] != "")
    return [{"key": "names", "names": found, "options": _options(people)}]


def brings_rows(preview: ImportPreview, ahead: str) -> list[Row]:
    """`ahead`: what becomes of shifts that are still to come."""
    held = sum(each.slots > 0 for each in preview.openings)
    lines = [
        ("oc-i-scale", count(preview.slots, "past shift"), f"into the ledgers of {count(held, 'person', 'people')}"),
    ]
    if preview.ahead:
        title = f"{count(preview.ahead, 'shift')} {'is' if preview.ahead == 1 else 'are'} still ahead"
        lines.append(("oc-i-clock", title, ahead))
    if preview.left_out:
        title = f"{count(preview.left_out, 'shift')} left out"
        lines.append(("oc-i-off", title, "of nobody, or of a name without a member"))
    if preview.overlaps:
        lines.append(("oc-i-swap", "Some shifts overlap", "the one that starts later counts, like an override"))
    if preview.is_guessed:
        lines.append(("oc-i-team", "Fair shares follow from who was on call", GUESSED))
    return [{"key": "brings", "lines": [{"icon": icon, "t": title, "s": words} for icon, title, words in lines]}]


def problem_rows(rota: Rota) -> list[Row]:
    if not rota.problems:
        return []
    return [{"key": "problems", "t": f"Not read: {count(len(rota.problems), 'row')}", "lines": list(rota.problems)}]


def opening_rows(preview: ImportPreview) -> list[Row]:
    if not preview.openings:
        return []
    people = [
        {
            "name": each.name,
            "slots": str(each.slots),
            "done": plain(float(each.done)),
            "due": plain(float(each.due)),
            "balance": signed(float(each.balance)),
        }
        for each in preview.openings
    ]
    return [{"key": "opening", "people": people}]


def past_rows(imports: Sequence[PastImport], zone: ZoneInfo, now: datetime) -> list[Row]:
    rows: list[Row] = []
    for number, each in enumerate(imports):
        first, last = each.start.astimezone(zone).date(), each.end.astimezone(zone).date()
        days = f"{day_words(first, now.date())} to {day_words(last, now.date())}"
        by = f" by {each.by}" if each.by else ""
        rows.append(
            {
                "key": str(each.id),
                "t": f"{SOURCES[each.source]}, {days}",
                "s": f"{count(each.slots, 'shift')}, imported {ago(each.at, zone, now)}{by}",
                "last": number == 0,
            }
        )
    return rows


def _options(people: Mapping[int, str]) -> list[Row]:
    named = [{"v": str(each), "t": name} for each, name in people.items()]
    return [*named, {"v": str(FORMER), "t": "Someone who left"}, {"v": str(NOBODY), "t": "Nobody, leave out"}]


def _span(first: date, last: date, today: date) -> str:
    """`Mon 3 to Mon 10 Aug`, `Mon 28 Dec to Mon 4 Jan`; with years where they are far off."""
    until = day_words(last, today)
    if (first.year, first.month) == (last.year, last.month):
        return f"{WEEKDAYS[first.weekday()]} {first.day} to {until}"
    return f"{day_words(first, today)} to {until}"
