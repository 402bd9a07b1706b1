"""Who fills a role of a shift, as a choice in a form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from oncall_ui.domain.schedules.planning.problem import BEST, NOBODY, Filler, FillKind
from oncall_ui.services.schedules.published.read import ScheduleCard

WORDS = {"best": "Best person", "nobody": "Nobody (off)"}


@dataclass(frozen=True, slots=True)
class Fillers:
    """What the roles of a schedule can be filled with. `people`: id as text → name."""

    roles: tuple[str, ...]
    people: Mapping[str, str] = field(default_factory=dict)
    schedules: Mapping[str, str] = field(default_factory=dict)
    """`3:primary` → `Database, primary`: the roles of other schedules, see `schedule_fillers`."""

    def options(self, role: str) -> dict[str, str]:
        """Code → words, for one role."""
        lasts = {f"{FillKind.LAST}:{other}": f"Last {other}" for other in self.roles if other != role}
        people = {f"{FillKind.PERSON}:{key}": name for key, name in self.people.items()}
        inner = {f"{FillKind.SCHEDULE}:{key}": name for key, name in self.schedules.items()}
        return {**WORDS, **lasts, **people, **inner}


def schedule_fillers(cards: Iterable[ScheduleCard], but: int = 0) -> dict[str, str]:
    """The roles of schedules that may fill one of another's, without those of the schedule `but`."""
    return {
        f"{card.id}:{each.role}": f"{card.name}, {each.role}"
        for card in cards
        if card.id != but
        for each in card.on_call
    }


def code_of(filler: Filler | None) -> str:
    """`best`, `nobody`, `last:primary`, `person:3`, `schedule:2:primary`."""
    if filler is None:
        return FillKind.BEST.value
    return f"{filler.kind.value}:{filler.name}" if filler.name else filler.kind.value


def filler_of(code: str) -> Filler:
    """The other way round. What isn't known is filled by the best."""
    kind, _, name = code.partition(":")
    if kind == FillKind.NOBODY:
        return NOBODY
    if kind in {FillKind.PERSON, FillKind.LAST, FillKind.SCHEDULE} and name:
        return Filler(FillKind(kind), name)
    return BEST


def fills_of(codes: Sequence[tuple[str, str]]) -> dict[str, Filler]:
    """Of (role, code): only what differs from the best, as rules keep it."""
    return {role: filler_of(code) for role, code in codes if filler_of(code).kind is not FillKind.BEST}
