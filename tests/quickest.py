"""`python -m tests.quickest` prints the quickest interpreter for the tests.

It is the one that runs this, or the system’s of the same version: pyenv builds Python without optimizations unless it
is asked to, and a distribution’s then takes a quarter less time for a plain loop. It must be able to make a virtual
environment.
"""

import subprocess
import sys
from collections.abc import Sequence

SYSTEMS = ("/usr/bin/python3", "/usr/local/bin/python3")
BY_A_TENTH = 0.9
"""A smaller gain isn’t worth another interpreter than the one that was named."""
ASK = """
import ensurepip, sys, time, venv

def spent():
    began, numbers = time.process_time(), {}
    for number in range(100_000):
        numbers[number % 1_000] = str(number)
    return time.process_time() - began

print(*sys.version_info[:2], min(spent() for _ in range(5)))
"""


def main() -> None:
    sys.stdout.write(f"{quickest(sys.executable, SYSTEMS)}\n")


def quickest(own: str, others: Sequence[str]) -> str:
    """`own`, unless one of the others is of the same version and clearly quicker."""
    version, seconds = _asked(own) or ((), 0.0)
    best = own
    for other in others:
        found = _asked(other)
        if found and found[0] == version and found[1] < seconds * BY_A_TENTH:
            best, seconds = other, found[1]
    return best


def _asked(path: str) -> tuple[tuple[str, ...], float] | None:
    """Its version, and the seconds it takes for a bit of work; None for one that can't be used."""
    try:
        answer = subprocess.run([path, "-c", ASK], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    *version, seconds = answer.stdout.split()
    return tuple(version), float(seconds)


if __name__ == "__main__":
    main()
