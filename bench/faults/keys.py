"""The key file is gone, or is another one, while the database holds what was sealed with it."""

import time
from pathlib import Path

from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.running import Ended
from bench.faults.stage.watch import Watch
from bench.faults.stage.world import World
from oncall_ui.security.vault import KEY_FILE, generate_key

AT_ONCE = 20


def missing(folder: Path, _scale: Scale) -> Outcome:
    return _play(folder, "key file missing at start, then back", None)


def another(folder: Path, _scale: Scale) -> Outcome:
    return _play(folder, "another key at start, then the right one", generate_key())


def _play(folder: Path, name: str, other: str | None) -> Outcome:
    with World(folder) as world:
        world.app.stop()
        path = world.app.data / KEY_FILE
        right = path.read_text(encoding="ascii")
        path.unlink()
        if other:
            _write(path, other)
        world.say_more()
        ended, told = _started(world)
        made_one = other is None and path.exists()
        _write(path, right)
        return world.start_again(
            name,
            AT_ONCE,
            ended.sentence if ended.status is not None else told,
            broken(
                it_refuses_or_is_red="" if ended.is_refusal or "503" in told else ended.sentence,
                no_key_is_made_silently="a new key file was made" if made_one else "",
            ),
        )


def _started(world: World) -> tuple[Ended, str]:
    """Starts it for some seconds: refused, or what /readyz said meanwhile."""
    began = time.monotonic()
    with Watch(world.app.base_url) as watch:
        ended = world.app.start_refused(within=12)
        return ended, "; ".join(sorted({f"{told.status} {told.text}" for told in watch.since(began) if told.status}))


def _write(path: Path, key: str) -> None:
    path.touch(mode=0o600)
    path.write_text(key, encoding="ascii")
