"""Which interpreter CI takes: the one it was given, unless another of the same version is clearly quicker."""

import sys
from pathlib import Path

from tests.quickest import quickest


def interpreter(folder: Path, name: str, says: str, status: int = 0) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_one_that_is_clearly_quicker_is_taken_and_the_quickest_of_several(tmp_path: Path) -> None:
    own = interpreter(tmp_path, "own", "3 11 1.0")
    quick, quicker = interpreter(tmp_path, "quick", "3 11 0.8"), interpreter(tmp_path, "quicker", "3 11 0.5")
    assert quickest(own, [quick]) == quick
    assert quickest(own, [quick, quicker]) == quicker
    assert quickest(own, [quicker, quick]) == quicker


def test_about_as_quick_is_no_reason(tmp_path: Path) -> None:
    own = interpreter(tmp_path, "own", "3 11 1.0")
    assert quickest(own, [interpreter(tmp_path, "other", "3 11 0.95")]) == own


def test_another_version_or_one_that_is_broken_or_absent_is_never_taken(tmp_path: Path) -> None:
    own = interpreter(tmp_path, "own", "3 11 1.0")
    newer = interpreter(tmp_path, "newer", "3 13 0.1")
    broken = interpreter(tmp_path, "broken", "3 11 0.1", status=1)  # it has no ensurepip, say
    assert quickest(own, [newer, broken, str(tmp_path / "absent")]) == own


def test_a_real_one_can_be_asked() -> None:
    assert quickest(sys.executable, [sys.executable, "/bin/false"]) == sys.executable
