"""Who fills a role of a shift, as a choice in a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from oncall_ui.domain.schedules.problem import BEST, NOBODY, Filler, FillKind

WORDS = {"best": "Best person", "nobody": "Nobody (off)"}


@dataclass(frozen=True, slots=True)
class Fillers:
    """What the roles of a schedule can be filled with. `people` and `schedules`: id as text → name."""

    roles: tuple[str, ...]
    people: Mapping[str, str] = field(default_factory=dict)
    schedules: Mapping[str, str] = field(default_factory=dict)

    def options(self, role: str) -> dict[str, str]:
        """Code → words, for one role."""
        lasts = {f"{FillKind.LAST}:{other}": f"Last {other}" for other in self.roles if other != role}
        people = {f"{FillKind.PERSON}:{key}": name for key, name in self.people.items()}
        return {**WORDS, **lasts, **people}


def code_of(filler: Filler | None) -> str:
    """`best`, `nobody`, `last:primary`, `person:3`."""
    if filler is None:
        return FillKind.BEST.value
    return f"{filler.kind.value}:{filler.name}" if filler.name else filler.kind.value


def filler_of(code: str) -> Filler:
    """The other way round. What isn't known is filled by the best."""
    kind, _, name = code.partition(":")
    if kind == FillKind.NOBODY:
        return NOBODY
    if kind in {FillKind.PERSON, FillKind.LAST} and name:
        return Filler(FillKind(kind), name)
    return BEST


def fills_of(codes: Sequence[tuple[str, str]]) -> dict[str, Filler]:
    """Of (role, code): only what differs from the best, as rules keep it."""
    return {role: filler_of(code) for role, code in codes if filler_of(code).kind is not FillKind.BEST}
