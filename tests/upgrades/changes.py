"""What migrations mean to change in the rows there are. Everything else comes through an upgrade as it was."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.upgrades.released import SCRIPTS, VERSION, Rows, revision_of

Value = Callable[[Any], Any]
STATE, COUNTED = (SCRIPTS.get_revision(number).module for number in ("0004", "0005"))


@dataclass(frozen=True, slots=True)
class Change:
    """Of one migration, by table and column."""

    renamed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    values: Mapping[tuple[str, str], Value] = field(default_factory=dict)
    gone: frozenset[tuple[str, str]] = frozenset()
    into: Mapping[str, str] = field(default_factory=dict)
    """Tables whose rows, as many as there are, become those of another one."""


CHANGES: Mapping[str, Change] = {
    "0004": Change(
        renamed={("calendar", old): new for old, new in STATE.RENAMED.items()},
        values={
            ("calendar", "cause"): lambda value: STATE.CAUSES.get(value, value),
            ("calendar", "suspected_loss"): lambda value: {STATE.LOSS[key]: each for key, each in value.items()},
        },
    ),
    "0005": Change(
        values={("calendar", "cursor"): lambda _: {}, ("calendar", "hint"): lambda value: COUNTED.HINTS.get(value, "")}
    ),
    "0006": Change(gone=frozenset({("login_session", "expires_at")})),
    "0013": Change(into={"shift_email": "message", "muted_email": "email_choice"}),
}
"""By revision. A column that a migration drops without a line here makes the upgrade's test red."""


def differences(before: Rows, after: Rows) -> Iterator[str]:
    """What an upgrade lost, added or changed without meaning to."""
    changes = [change for number, change in CHANGES.items() if number > revision_of(before)]
    into = {table: target for change in changes for table, target in change.into.items()}
    for table in before.keys() - {VERSION}:
        if table in into:
            if len(after[into[table]]) != len(before[table]):
                yield f"{table}: {len(before[table])} rows are {len(after[into[table]])} of {into[table]}"
        elif table not in after:
            yield f"{table} is gone"
        else:
            wanted = [_changed(table, row, changes) for row in before[table]]
            yield from _compared(table, wanted, after[table])
    added = after.keys() - before.keys() - set(into.values())
    yield from (f"{table} has rows" for table in sorted(added) if after[table])


def _changed(table: str, row: Mapping[str, Any], changes: list[Change]) -> dict[str, Any]:
    found = dict(row)
    for change in changes:
        for of_table, name in change.gone | change.renamed.keys():
            if of_table == table and name in found:  # not in databases from before there was one
                value = found.pop(name)
                if new := change.renamed.get((table, name)):
                    found[new] = value
        for (of_table, name), value_of in change.values.items():
            if of_table == table and name in found:
                found[name] = value_of(found[name])
    return found


def _compared(table: str, wanted: list[dict[str, Any]], found: list[dict[str, Any]]) -> Iterator[str]:
    if len(wanted) != len(found):
        yield f"{table}: {len(wanted)} rows are {len(found)}"
        return
    names = sorted(wanted[0])
    if gone := set(names) - found[0].keys():
        yield f"{table}: {', '.join(sorted(gone))} is gone"
        return
    for one, other in zip(_sorted(names, wanted), _sorted(names, found), strict=True):
        if one != other:
            yield f"{table}: {one} is {other}"


def _sorted(names: list[str], rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr([row[name] for name in names]) for row in rows)
