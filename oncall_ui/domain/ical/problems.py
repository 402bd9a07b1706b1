"""What was wrong with a calendar, collected while it is read and turned into problems with line numbers at the end."""

from oncall_ui.domain.events import Problem
from oncall_ui.domain.ical.components.vevent import VEvent
from oncall_ui.domain.ical.parsing.source import Source


class Problems:
    """Notes about places in the source. At most `limit` become problems of their own."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._notes: list[tuple[int, str, str, bool]] = []
        self._more = 0
        self.uid = ""
        """Of the group that is being read."""
        self.uids: set[str] = set()
        """Whom there is something to say about."""

    def note(self, offset: int, uid: str, message: str, *, skipped: bool = False) -> None:
        self.uids.add(uid)
        if len(self._notes) < self._limit:
            self._notes.append((offset, uid, message, skipped))
        else:
            self._more += 1

    def warn(self, component: VEvent, message: str) -> None:
        """About an event of the group that is being read; it is read all the same."""
        self.note(component.offset, self.uid, message)

    def flag(self, offset: int, message: str) -> None:
        """About the calendar."""
        self.note(offset, "", message)

    def problems(self, source: Source) -> list[Problem]:
        """In the order of their lines."""
        notes = sorted(self._notes)
        lines = source.lines_of([note[0] for note in notes])
        problems = [
            Problem(line, uid, message, skipped) for line, (_, uid, message, skipped) in zip(lines, notes, strict=True)
        ]
        if self._more:
            problems.append(Problem(0, "", f"{self._more:,} more problems of this kind are not listed."))
        return problems
