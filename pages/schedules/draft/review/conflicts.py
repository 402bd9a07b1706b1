"""What a draft could not do: the fewest facts that are in the way, and the easiest fixes, a button each."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import Conflict, Fix, FixKind
from oncall_ui.domain.schedules.planning.sentences import Sentence
from oncall_ui.services.schedules.drafts.editing.choices import Choices
from oncall_ui.services.schedules.drafts.review import Review
from pages.schedules.draft.lists import Block
from pages.schedules.draft.slots import People, key_of
from pages.widgets.dates import count, day_words

SHOWN = 5
"""Of a team that is far too small there can be dozens: the others unfold."""

UseFix = Callable[[Fix], Awaitable[None]]


class Conflicts:
    """Drawn where it is created; `use` is called with the fix that is pressed."""

    def __init__(self, zone: ZoneInfo, open_slot: Callable[[str], object], use: UseFix) -> None:
        self._zone, self._use = zone, use
        self._conflicts: Sequence[Conflict] = ()
        self._list = Block("conflicts", slot=open_slot, fix=self._press)

    def show(self, review: Review, people: People) -> None:
        self._conflicts = review.draft.conflicts
        choices = review.draft.choices
        rows = [self._row(number, each, choices, people) for number, each in enumerate(self._conflicts)]
        self._list.show(items=rows, first=SHOWN, more=f"{len(rows) - SHOWN} more that can’t be planned as wanted")
        self._list.table.set_visibility(bool(rows))

    async def _press(self, args: Sequence[int]) -> None:
        conflict, number = (int(each) for each in args[:2])
        if 0 <= conflict < len(self._conflicts) and 0 <= number < len(self._conflicts[conflict].fixes):
            await self._use(self._conflicts[conflict].fixes[number])

    def _row(self, number: int, conflict: Conflict, choices: Choices, people: People) -> dict[str, Any]:
        facts = list(dict.fromkeys(conflict.facts))
        return {
            "key": number,
            "head": f"{self._slots(conflict.slots)} can’t be planned as wanted",
            "lead": _lead(len(facts)),
            "slot": key_of(conflict.slots[0]) if conflict.slots else "",
            "facts": [{"says": fact.read(people.names), "who": _mark(fact, people)} for fact in facts],
            "fixes": [self._fix(place, fix, choices, people) for place, fix in enumerate(conflict.fixes)],
        }

    def _fix(self, number: int, fix: Fix, choices: Choices, people: People) -> dict[str, Any]:
        who = int(fix.person) if fix.person else None
        is_asked = who is not None and {(slot, who) for slot in fix.slots} <= choices.asked
        css = "oc-icon oc-i-send" if fix.kind is FixKind.ASK else ""
        return {
            "n": number,
            "says": f"{fix.sentence.read(people.names)}.",
            "word": fix_word(fix, people),
            "css": css,
            "done": f"{people.short(who)} was asked by email." if fix.kind is FixKind.ASK and is_asked else "",
        }

    def _slots(self, slots: Sequence[Slot]) -> str:
        """`Fri 25 Dec, primary`; `Fri 25 Dec, primary and 2 more shifts`."""
        if not slots:
            return "This draft"
        day = slots[0].start.astimezone(self._zone).date()
        first = f"{day_words(day, day)}, {slots[0].role}"
        return first if len(slots) == 1 else f"{first} and {count(len(slots) - 1, 'more shift')}"


def _mark(fact: Sentence, people: People) -> dict[str, str] | None:
    """Of the one person that a fact is about."""
    return people.mark(int(fact.people[0])) if len(fact.people) == 1 else None


def _lead(facts: int) -> str:
    if facts == 1:
        return "One fact rules it out. Without it, it could be planned."
    return f"These {count(facts, 'fact')} together rule it out. Without any one of them, it could be planned."


def fix_word(fix: Fix, people: People) -> str:
    """The word of its button."""
    if fix.kind is FixKind.ASK:
        return f"Ask {people.short(int(fix.person or 0))}"
    return "Accept once" if fix.kind is FixKind.ACCEPT else "Leave empty"
