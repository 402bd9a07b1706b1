"""Wall clock ↔ UTC in one time zone, by bisection over its changes of offset."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = 86_400
_STEP = 10 * DAY
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock has no zone


class Turn(NamedTuple):
    """A change of offset: the instant, and the seconds east of UTC from then on."""

    at: int
    offset: int


class Zone:
    """Seconds on the wall clock since 1970 → seconds since 1970 UTC.

    A wall time that occurs twice is the first of the two; one that is skipped is read with the offset before the gap
    (RFC 5545 section 3.3.5). The offsets between `since` and `until` (instants) lie ready; outside them `iana` is
    asked, and where there is none the nearest known offset holds.
    """

    __slots__ = ("_edges", "_gaps", "_iana", "_offsets", "_since", "_until", "floats", "name")

    def __init__(
        self, name: str, offset: int, turns: Sequence[Turn] = (), *, known: tuple[int, int] | None = None
    ) -> None:
        self.name = name
        self.floats = False
        """Whether it is only the default for times that name no zone."""
        self._offsets = [offset]
        self._edges: list[int] = []
        self._gaps: list[tuple[int, int]] = []
        self._iana: ZoneInfo | None = None
        self._since, self._until = known or (0, 0)
        for turn in turns:
            self._add(turn)

    def _add(self, turn: Turn) -> None:
        before = self._offsets[-1]
        if turn.offset == before:
            return
        edge = turn.at + max(before, turn.offset)
        if self._edges and edge <= self._edges[-1]:
            edge = self._edges[-1]
        elif turn.offset > before:
            self._gaps.append((turn.at + before, edge))
        self._edges.append(edge)
        self._offsets.append(turn.offset)

    @classmethod
    def fixed(cls, offset: int, name: str = "UTC") -> "Zone":
        return cls(name, offset)

    @classmethod
    def of(cls, iana: ZoneInfo, since: int, until: int) -> "Zone":
        """`iana` with its offsets between two instants laid ready."""
        zone = cls(str(iana), _offset(iana, since), _turns(iana, since, until), known=(since + DAY, until - DAY))
        zone._iana = iana
        return zone

    def utc(self, wall: int) -> int:
        """The instant at which the clock shows `wall`."""
        if self._iana is not None and not self._since <= wall <= self._until:
            return wall - _wall_offset(self._iana, wall)
        return wall - self._offsets[bisect_right(self._edges, wall)]

    def utc_of_all(self, walls: Sequence[int]) -> Sequence[int]:
        """`utc` of ascending wall times; a range stays a range where no change of offset lies inside it."""
        if not walls:
            return walls
        if self._iana is not None and not (self._since <= walls[0] and walls[-1] <= self._until):
            return [self.utc(wall) for wall in walls]
        edges, offsets = self._edges, self._offsets
        first, last = bisect_right(edges, walls[0]), bisect_right(edges, walls[-1])
        if first == last:
            return _shift(walls, offsets[first])
        instants: list[int] = []
        begin = 0
        for at in range(first, last + 1):
            end = bisect_left(walls, edges[at]) if at < last else len(walls)
            instants.extend(_shift(walls[begin:end], offsets[at]))
            begin = end
        return instants

    def wall(self, instant: int) -> int:
        """What the clock shows at `instant`."""
        if self._iana is not None and not self._since <= instant <= self._until:
            return instant + _offset(self._iana, instant)
        offsets = self._offsets
        for at, edge in enumerate(self._edges):
            if instant + max(offsets[at], offsets[at + 1]) < edge:
                return instant + offsets[at]
        return instant + offsets[-1]

    def skips(self, wall: int) -> bool:
        """Whether the clock never shows `wall`; known for the time between `since` and `until` only."""
        return any(begin <= wall < end for begin, end in self._gaps)

    @property
    def gaps(self) -> Sequence[tuple[int, int]]:
        """Spans of wall time the clock jumps over."""
        return self._gaps


def _shift(walls: Sequence[int], offset: int) -> Sequence[int]:
    if not offset:
        return walls
    if isinstance(walls, range):
        return range(walls.start - offset, walls.stop - offset, walls.step)
    return [wall - offset for wall in walls]


def _turns(iana: ZoneInfo, since: int, until: int) -> list[Turn]:
    """Changes of offset between two instants; two within ten days of each other that cancel out are not seen."""
    turns = []
    at, offset = since, _offset(iana, since)
    while at < until:
        after = min(at + _STEP, until)
        new = _offset(iana, after)
        if new != offset:
            low, high = at, after
            while high - low > 1:
                middle = (low + high) // 2
                if _offset(iana, middle) == offset:
                    low = middle
                else:
                    high = middle
            new = _offset(iana, high)
            turns.append(Turn(high, new))
            after = high
        at, offset = after, new
    return turns


def _offset(iana: ZoneInfo, instant: int) -> int:
    """Seconds east of UTC at `instant`; at the edge of the calendar the nearest one there is."""
    instant = min(max(instant, -62_135_500_000), 253_402_200_000)
    offset = datetime.fromtimestamp(instant, UTC).astimezone(iana).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _wall_offset(iana: ZoneInfo, wall: int) -> int:
    wall = min(max(wall, -62_135_500_000), 253_402_200_000)
    offset = (_EPOCH + timedelta(seconds=wall)).replace(tzinfo=iana).utcoffset()
    return int(offset.total_seconds()) if offset else 0


UTC_ZONE = Zone.fixed(0)
