"""What a program that keeps a copy of our shifts holds, and what should be there: values, and the difference."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Held:
    """A shift of one user there."""

    start: datetime
    end: datetime
    user: str

    def overlaps(self, other: "Held | Span") -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Span:
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Override:
    """As Held, with the id it has there."""

    id: str
    held: Held


class Intent(StrEnum):
    """What we were about to do with something there, in case we never learn whether it happened."""

    NONE = ""
    CREATING = "creating"
    DELETING = "deleting"


@dataclass(frozen=True, slots=True)
class Item:
    """What we wrote there, by our own number. Without an id we don't know it yet, or it was never created."""

    number: int
    remote_id: str
    held: Held
    intent: Intent = Intent.NONE


@dataclass(frozen=True, slots=True)
class Edit:
    """Something that was changed there by somebody else. `remote_id` is empty where ours was removed."""

    start: datetime
    end: datetime
    remote_id: str
    user: str
    """Who has it there; empty where ours was removed."""
    number: int = 0
    """Our item that was removed or changed; 0 for an override of theirs."""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Difference:
    """What to do, creating before deleting, so that nobody is off call in between."""

    learned: tuple[tuple[int, Override], ...]
    """Items of ours whose id we know now."""
    gone: tuple[int, ...]
    """Items that are over, or that we deleted, or that were never created."""
    create: tuple[Held, ...]
    delete: tuple[Item, ...]
    theirs: tuple[str, ...]
    """Overrides of others that may be deleted."""
    edits: tuple[Edit, ...]

    @property
    def is_settled(self) -> bool:
        return not (self.create or self.delete or self.theirs)


@dataclass(frozen=True, slots=True)
class Decided:
    """What managers decided about edits: where the other program is right, and which overrides there may go."""

    kept: tuple[Span, ...] = ()
    overwritten: frozenset[str] = frozenset()


def difference(
    wanted: Iterable[Held], found: Sequence[Override], items: Sequence[Item], decided: Decided, now: datetime
) -> Difference:
    """From what is there to what is wanted. Overrides are matched as they run from `now` on: the past can't be changed.

    What isn't ours and gives somebody else a shift that we want is an edit; nothing that overlaps one is touched.
    """
    ahead = {each.id: each for each in found if each.held.end > now}
    learned = list(_recognised(items, ahead, now))
    ids = {number: override.id for number, override in learned}
    ours = [replace(item, remote_id=ids.get(item.number, item.remote_id)) for item in items]
    known = {item.remote_id: item for item in ours if item.remote_id}
    gone = [item.number for item in ours if item.remote_id not in ahead and (item.held.end <= now or item.intent)]
    left = [each for each in wanted if each.end > now and not any(each.overlaps(span) for span in decided.kept)]
    edits = [*_removed(ours, ahead, gone, decided), *_added(left, ahead, known, decided)]
    live = [replace(item, held=ahead[item.remote_id].held) for item in ours if item.remote_id in ahead]
    theirs = tuple(sorted(key for key in decided.overwritten if key in ahead and key not in known))
    untouched = [each for each in left if not any(each.overlaps(edit.span) for edit in edits)]
    matched = _matched(untouched, live, now)
    return Difference(
        learned=tuple(learned),
        gone=tuple(gone),
        create=tuple(_from(each, now) for each in untouched if each not in matched),
        delete=tuple(
            item
            for item in live
            if item.number not in matched.values()
            and not any(item.held.overlaps(edit.span) for edit in edits)
            and not any(item.held.overlaps(span) for span in decided.kept)
        ),
        theirs=theirs,
        edits=tuple(sorted(edits, key=lambda each: (each.start, each.remote_id))),
    )


def merged(shifts: Iterable[Held]) -> list[Held]:
    """Shifts of one user that follow each other as one, by start and user."""
    found: list[Held] = []
    for each in sorted(shifts, key=lambda one: (one.user, one.start)):
        if found and found[-1].user == each.user and each.start <= found[-1].end:
            found[-1] = replace(found[-1], end=max(found[-1].end, each.end))
        else:
            found.append(each)
    return sorted(found, key=lambda one: (one.start, one.user))


def _recognised(items: Sequence[Item], ahead: dict[str, Override], now: datetime) -> Iterable[tuple[int, Override]]:
    """Overrides that we were creating and whose id never reached us: exactly what we asked for."""
    free = {key: each for key, each in ahead.items() if key not in {item.remote_id for item in items}}
    for item in items:
        if item.remote_id or item.intent is not Intent.CREATING:
            continue
        match = next((each for each in free.values() if _is_same(item.held, each.held, now)), None)
        if match is not None:
            del free[match.id]
            yield item.number, match


def _removed(
    ours: Sequence[Item],
    ahead: dict[str, Override],
    gone: Collection[int],
    decided: Decided,
) -> Iterable[Edit]:
    for item in ours:
        if item.number in gone or not item.remote_id or any(item.held.overlaps(span) for span in decided.kept):
            continue
        if item.remote_id not in ahead:
            yield Edit(item.held.start, item.held.end, "", "", item.number)


def _added(
    wanted: Sequence[Held], ahead: dict[str, Override], known: dict[str, Item], decided: Decided
) -> Iterable[Edit]:
    for key, each in ahead.items():
        if key in known or key in decided.overwritten:
            continue
        if any(each.held.overlaps(want) and each.held.user != want.user for want in wanted):
            yield Edit(each.held.start, each.held.end, key, each.held.user)


def _matched(wanted: Sequence[Held], live: Sequence[Item], now: datetime) -> dict[Held, int]:
    found: dict[Held, int] = {}
    for item in live:
        for want in wanted:
            if want not in found and _is_same(want, item.held, now):
                found[want] = item.number
                break
    return found


def _is_same(one: Held, other: Held, now: datetime) -> bool:
    return (max(one.start, now), one.end, one.user) == (max(other.start, now), other.end, other.user)


def _from(held: Held, now: datetime) -> Held:
    return replace(held, start=max(held.start, now))
