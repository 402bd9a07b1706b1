"""What was wrong with a calendar, collected while it is read and turned into problems with line numbers at the end."""

from oncall_ui.domain.ical.components.vevent import VEvent
from oncall_ui.domain.ical.parsing.source import Source
from oncall_ui.domain.ical.parsing.values import InvalidValue
from oncall_ui.domain.imports.events import Problem


class Problems:
    """Notes about places in the source. At most `limit` become problems of their own."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._notes: list[tuple[int, str, str, bool]] = []
        self._lines: list[Problem] = []
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

    def leave_out(self, component: VEvent, error: InvalidValue) -> None:
        """About an event of the group that is being read, which can't be read."""
        self.skip(component.offset, self.uid, error, is_change=component.recurrence_id is not None)

    def skip(self, offset: int, uid: str, error: InvalidValue, *, is_change: bool) -> None:
        outcome = "This changed instance was left out; its series is read." if is_change else "The event was left out."
        self.note(offset, uid, f"{error} {outcome}", skipped=True)

    def flag(self, offset: int, message: str) -> None:
        """About the calendar."""
        self.note(offset, "", message)

    def flag_line(self, line: int, message: str) -> None:
        """About a line of the source that no component was made of."""
        self.uids.add("")
        if len(self._lines) < self._limit:
            self._lines.append(Problem(line, "", message, True))
        else:
            self._more += 1

    def problems(self, source: Source) -> list[Problem]:
        """In the order of their lines."""
        notes = sorted(self._notes)
        lines = source.lines_of([note[0] for note in notes])
        problems = [
            Problem(line, uid, message, skipped) for line, (_, uid, message, skipped) in zip(lines, notes, strict=True)
        ]
        problems = sorted(problems + self._lines, key=lambda problem: problem.line) if self._lines else problems
        if self._more:
            problems.append(Problem(0, "", f"{self._more:,} more problems of this kind are not listed."))
        return problems
