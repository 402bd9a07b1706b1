"""What a User-Agent header (RFC 9110 section 10.1.5) says about a browser, in words for people."""

from dataclasses import dataclass
from functools import lru_cache

from ua_parser import parse

UNKNOWN = "Unknown browser"
LONGEST_NAME = 40
_SYSTEMS = {"Mac OS X": "macOS", "Chrome OS": "ChromeOS"}
_VARIANTS = ("Headless", "Mobile ", " Mobile", " iOS", " WebView")
"""What ua-parser adds to the name of the same browser on another kind of machine."""


@dataclass(frozen=True, slots=True)
class Browser:
    """`name` is what members read, such as `Firefox on macOS` or `Safari on iPhone`."""

    name: str
    is_phone: bool = False
    """Or a tablet."""


@lru_cache(maxsize=500)
def browser_of(user_agent: str) -> Browser:
    """The browser that sent `user_agent`. The first call takes a third of a second: call it from a thread."""
    found = parse(user_agent)
    if found.user_agent is None and found.os is None:
        return Browser(UNKNOWN)
    program = _plain(found.user_agent.family) if found.user_agent else UNKNOWN
    system = found.os.family if found.os else ""
    device = found.device.family if found.device else ""
    place = device if system == "iOS" and device in {"iPhone", "iPad"} else _SYSTEMS.get(system, system)
    words = f"{program} on {place}" if place else program
    return Browser(words[: 2 * LONGEST_NAME], is_phone=system in {"iOS", "Android"})


def _plain(family: str) -> str:
    for variant in _VARIANTS:
        family = family.replace(variant, "")
    return family.strip()[:LONGEST_NAME] or UNKNOWN
