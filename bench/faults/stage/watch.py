"""Asks /readyz again and again, as a monitor does, and remembers each answer and how long it took."""

import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

PAUSE = 0.2
PATIENCE = 4.0
LIMIT = 2.0
"""Seconds an answer of /readyz may take, whatever is wrong."""


@dataclass(frozen=True, slots=True)
class Told:
    """One answer. `asked` is by time.monotonic; `status` 0: there was no answer in time, or no connection."""

    asked: float
    took: float
    status: int
    text: str

    @property
    def is_red(self) -> bool:
        return self.status != 200


class Watch:
    """From `with` to the end of it."""

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/readyz"
        self.told_so_far: list[Told] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._ask, name="readyz", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join(PATIENCE + 1)

    def since(self, moment: float) -> list[Told]:
        return [told for told in list(self.told_so_far) if told.asked >= moment]

    def wait(self, *, red: bool, since: float, within: float) -> Told | None:
        """The first answer of that colour to a request after `since`."""
        deadline = time.monotonic() + within
        while True:
            found = next((told for told in self.since(since) if told.is_red is red), None)
            if found or time.monotonic() > deadline:
                return found
            time.sleep(0.05)

    def complaints(self, began: float, *, within: float = LIMIT, wait: float = 10) -> dict[str, str]:
        """What is wrong with how readiness told of a fault that began then and still lasts; for `broken`."""
        red = self.wait(red=True, since=began, within=within + wait)
        if red is None:
            return {"readyz_turns_red": f"still green {within + wait:.0f} s after it began"}
        late = red.asked - began
        slow = max(told.took for told in self.since(began))
        return {
            "readyz_turns_red": f"green until {late:.1f} s after it began" if late > within else "",
            "readyz_answers_within_2_s": f"{slow:.1f} s" if slow > LIMIT + 0.5 or red.status != 503 else "",
            "readyz_gives_the_reason": f"it said {red.text}" if red.status == 503 and not _reasons(red) else "",
        }

    def told(self, began: float) -> str:
        """In words, for the operator's column."""
        red = next((told for told in self.since(began) if told.is_red), None)
        if red is None:
            return "/readyz green"
        what = f"{red.status}" if red.status else "without an answer"
        return (
            f"/readyz {what} after {red.asked + red.took - began:.1f} s ({', '.join(_reasons(red)) or red.text[:80]})"
        )

    def _ask(self) -> None:
        single = httpx.Limits(max_keepalive_connections=0)
        with httpx.Client(trust_env=False, verify=False, timeout=PATIENCE, limits=single) as client:  # noqa: S501 - HTTP
            while not self._is_over.wait(PAUSE):
                asked = time.monotonic()
                try:
                    answer = client.get(self._url)
                    status, text = answer.status_code, answer.text.strip()
                except httpx.TransportError as error:
                    status, text = 0, type(error).__name__
                self.told_so_far.append(Told(asked, time.monotonic() - asked, status, text))


def _reasons(told: Told) -> list[str]:
    try:
        found = httpx.Response(200, text=told.text).json()
    except ValueError:
        return []
    return list(map(str, found.get("reasons", ()))) if isinstance(found, dict) else []
