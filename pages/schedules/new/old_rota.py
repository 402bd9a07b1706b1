"""What was read of an old rota on /schedules/new, and the choices that follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.rota_import.people import FORMER, NOBODY
from oncall_ui.domain.schedules.rota_import.rota import Rota
from oncall_ui.domain.schedules.rota_import.rotations import RulesFound, with_roles
from oncall_ui.domain.schedules.rota_import.spreadsheet import Place
from oncall_ui.services.accounts.members import find_zone
from oncall_ui.services.schedules.rota_import.start import FirstDraft
from pages.schedules.new.choices import Agreed, Choices
from pages.schedules.rota_import.words import summary_words
from pages.schedules.rules.words import rule_words
from pages.widgets.dates import count

KEPT_FIRST = timedelta(days=14)
"""How long shifts of the old rota are kept unless somebody chooses another day."""


@dataclass(frozen=True, slots=True)
class OldRota:
    """`place` is what the file left open when it was read; `data` its bytes, to read them again for another zone."""

    rota: Rota
    title: str
    place: Place
    suggested: Mapping[str, int | None]
    """Key of a name → a member's id."""
    rules: RulesFound | None = None
    zone: str = ""
    data: bytes | None = field(default=None, repr=False)
    answers: Mapping[str, int | None] = field(default_factory=dict)
    """What somebody chose since."""
    role: str = ""
    months: int = 12
    keep_until: date | None = None

    @property
    def members(self) -> set[int]:
        """Those who are in it."""
        return {each for each in self.suggested.values() if each}

    def who(self, choices: Choices) -> dict[str, int | None]:
        """Key of a name → who it is, as far as they are on call; None: somebody has to say."""
        found = {key: self.answers.get(key, self.suggested.get(key)) for key in self.rota.people}
        return {key: who if who in (NOBODY, FORMER) or who in choices.people else None for key, who in found.items()}

    def draft(self, choices: Choices) -> FirstDraft:
        return FirstDraft(choices.start, choices.end, self.keep_until)

    def has_coming(self, choices: Choices) -> bool:
        """Whether it has shifts on days of the first draft."""
        first = datetime.combine(choices.start, datetime.min.time(), choices.zone)
        return any(entry.end > first for entry in self.rota.entries)


def choices_from(choices: Choices, old: OldRota) -> Choices:
    """Its people are on call, its roles and rotations are the shifts' here, in the zone it has."""
    named = [role for role in choices.roles if any(entry.role == role for entry in old.rota.entries)]
    kept = named or list(choices.roles)[:1]
    found = choices.with_roles({role: choices.roles[role] for role in kept}, {}, {})
    if len(old.members) > 1:
        found = found.with_people({each: choices.people.get(each, Agreed()) for each in sorted(old.members)})
    if old.rules is not None and old.rules.rules:
        found = replace(found, rules=with_roles(old.rules.rules, kept), ready_made="")
    zone = find_zone(old.zone) if old.zone else None
    return replace(found, zone=ZoneInfo(zone)) if zone else found


def read_rows(old: OldRota, choices: Choices, now: datetime) -> list[dict[str, Any]]:
    """What was read, and what became of it, for BRINGS: one row."""
    lines = [("oc-i-check", summary_words(old.rota, choices.zone, now), "")]
    people, known = len(old.rota.people), sum(1 for who in old.suggested.values() if who)
    unknown = people - known
    lines.append(
        (
            "oc-i-team",
            f"{known} of {count(people, 'name')} {'is' if known == 1 else 'are'} known here",
            "You say who the others are in step 4, History. To put them on call, invite them first." if unknown else "",
        )
    )
    if old.rules is not None and old.rules.rules:
        rules = [
            rule_words(rule, tuple(choices.roles), {}) for rule in with_roles(old.rules.rules, list(choices.roles))
        ]
        lines.append(("oc-i-swap", "Rotations are rules now, see step 2", " ".join(rules)))
    if old.rules is not None:
        lines += [("oc-i-alert", "Not as it was there", note) for note in old.rules.notes]
    lines += [("oc-i-alert", "Not read", problem) for problem in old.rota.problems[:5]]
    return [{"key": "read", "lines": [{"icon": icon, "t": title, "s": words} for icon, title, words in lines]}]
