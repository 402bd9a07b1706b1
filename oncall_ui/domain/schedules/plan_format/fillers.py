"""Who fills the roles of a shift, in the `plan` format."""

from collections.abc import Collection
from dataclasses import dataclass

from oncall_ui.domain.schedules.plan_format.fields import Fields, UnusableInput, known, text
from oncall_ui.domain.schedules.planning.problem import BEST, NOBODY, Filler, FillKind
from oncall_ui.domain.schedules.shifts.from_rules import filled

LAST = "last "


@dataclass(frozen=True, slots=True)
class FillerReader:
    """Reads `fill`: one filler for all roles, or one for each role that isn't filled by the best."""

    roles: tuple[str, ...]
    people: Collection[str]

    def read(self, value: object, path: str) -> dict[str, Filler]:
        if isinstance(value, dict) and not self._is_person(value):
            fields = Fields(value, path)
            fills = {role: fields.get(role, self._filler, BEST) for role in self.roles}
            fields.close()
            return fills
        filler = self._filler(value, path)
        return dict.fromkeys(self.roles, filler)

    def default(self) -> dict[str, Filler]:
        return filled({}, self.roles)

    def _is_person(self, value: dict[str, object]) -> bool:
        """A role may be called "person", too: then its filler is a word or an object, not somebody's id."""
        return set(value) == {"person"} and not ("person" in self.roles and self._is_filler(value["person"]))

    def _is_filler(self, value: object) -> bool:
        try:
            self._filler(value, "")
        except UnusableInput:
            return False
        return True

    def _filler(self, value: object, path: str) -> Filler:
        if isinstance(value, dict):
            fields = Fields(value, path)
            person = fields.take("person", known(self.people, "person"))
            fields.close()
            return Filler(FillKind.PERSON, person)
        words = text(value, path)
        if words.startswith(LAST):
            return Filler(FillKind.LAST, known(self.roles, "role")(words.removeprefix(LAST), path))
        if words not in {"best", "nobody"}:
            raise UnusableInput(path, f'{words!r} is none of best, nobody, last ROLE, {{"person": ID}}')
        return BEST if words == "best" else NOBODY
