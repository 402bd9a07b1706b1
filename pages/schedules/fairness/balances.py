"""Everybody's numbers side by side, ready for the one element that draws them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from oncall_ui.domain.schedules.ledger.accounts import ALL, Measure, Sum, capped, sums
from oncall_ui.domain.schedules.membership import Period, terms_on
from oncall_ui.services.schedules.ledger.accounts import Accounts
from oncall_ui.services.schedules.people import ParticipantView
from pages.schedules.fairness.words import MINUS, bucket_words, plain, signed
from pages.widgets.dates import NBSP, short_day
from pages.widgets.people import first_name, initials, mark_classes

Row = dict[str, Any]


def buckets_of(accounts: Accounts) -> list[str]:
    """All, the types in the order of their points, and the roles if there is more than one."""
    types = {posting.type for posting in accounts.postings if posting.type}
    ordered = sorted(types, key=lambda each: (accounts.points.get(each, 1), each))
    roles = [role for role in accounts.role_percents if any(each.role == role for each in accounts.postings)]
    return [ALL, *(f"type:{each}" for each in ordered), *(f"role:{each}" for each in roles if len(roles) > 1)]


def balance_rows(accounts: Accounts, measure: Measure, me: int | None, today: date) -> list[Row]:
    """One row: the whole table. Empty before anything is published."""
    if not accounts.postings:
        return []
    found, points = sums(accounts.postings, measure), sums(accounts.postings, Measure.POINTS)
    columns = [*buckets_of(accounts)[1:], ALL]
    people = [each for each in accounts.people if (each.id, ALL) in found]
    widest = max([abs(points[each.id, ALL].balance) for each in people] or [0.0])
    return [
        {
            "key": "balances",
            "heads": [bucket_words(each) for each in columns],
            "people": [
                _person(each, columns, found, points, accounts, max(widest, 0.001))
                | {"you": each.id == me, "share": share_words(each.periods, today)}
                for each in people
            ],
            "sums": [plain(sum(found.get((each.id, bucket), Sum()).done for each in people)) for bucket in columns],
            "unit": measure.value,
        }
    ]


def share_words(periods: Sequence[Period], day: date) -> str:
    """`100 %` that day, else when somebody comes, or that they left."""
    terms = terms_on(periods, day)
    if terms is not None:
        return "paused" if terms.is_paused else f"{terms.share}{NBSP}%"
    coming = next((period for period in periods if period.from_day > day), None)
    return f"{coming.terms.share}{NBSP}% from {short_day(coming.from_day)}" if coming else "left"


def fact_rows(accounts: Accounts, participant: int) -> list[Row]:
    """One row with the facts of an account: done of due in all and in up to three types, with hours and a bar."""
    points, hours = sums(accounts.postings, Measure.POINTS), sums(accounts.postings, Measure.HOURS)
    types = [each for each in buckets_of(accounts) if each.startswith("type:")]
    shown = [ALL, *sorted(types, key=lambda each: -points.get((participant, each), Sum()).due)[:3]]
    if (participant, ALL) not in points:
        return []
    return [{"key": "facts", "facts": [_fact(each, points, hours, participant) for each in shown]}]


def _fact(
    bucket: str, points: Mapping[tuple[int, str], Sum], hours: Mapping[tuple[int, str], Sum], participant: int
) -> Row:
    found = points.get((participant, bucket), Sum())
    full = max(found.done, found.due, 1.0) * 1.15
    return {
        "name": "All points" if bucket == ALL else bucket_words(bucket),
        "done": plain(found.done),
        "due": f"of {plain(found.due)}",
        "hours": f"{plain(hours.get((participant, bucket), Sum()).done)} hours",
        "bar": {"--v": round(max(found.done, 0) / full * 100)},
        "mark": {"--t": round(found.due / full * 100)},
    }


def _person(
    who: ParticipantView,
    columns: Sequence[str],
    found: Mapping[tuple[int, str], Sum],
    points: Mapping[tuple[int, str], Sum],
    accounts: Accounts,
    widest: float,
) -> Row:
    balance = points[who.id, ALL].balance
    cap = accounts.caps.get(who.id, 0.0) if accounts.caps else abs(balance)
    after = found[who.id, ALL].balance
    return {
        "id": who.id,
        "name": who.name,
        "short": first_name(who.name),
        "mark": mark_classes(who.colour),
        "initials": initials(who.name),
        "cells": [
            {"done": plain(each.done), "due": f"of {plain(each.due)}"}
            for each in (found.get((who.id, bucket), Sum()) for bucket in columns)
        ],
        "after": signed(after),
        "bar": "oc-off minus" if signed(after).startswith(MINUS) else "oc-off",
        "size": {"--v": round(abs(balance) / widest, 2) if signed(after) != "0.0" else 0},
        "carried": signed(capped(balance, cap)),
    }
