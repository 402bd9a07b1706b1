"""docs/deploy/Dockerfile and .dockerignore, read as a builder reads them."""

import json
import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from tests.test_repository import ROOT, tracked

DOCKERFILE = ROOT / "docs" / "deploy" / "Dockerfile"


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction: `RUN`, and what follows, on one line."""

    word: str
    rest: str


def steps() -> list[Step]:
    lines = [line for line in DOCKERFILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Step(*line.split(maxsplit=1)) for line in joined.splitlines() if line]


def last_stage() -> list[Step]:
    all_steps = steps()
    begins = max(place for place, step in enumerate(all_steps) if step.word == "FROM")
    return all_steps[begins:]


def only(word: str) -> str:
    """What follows `word` in the last stage, where it has to be once."""
    (found,) = [step.rest for step in last_stage() if step.word == word]
    return found


def environment() -> dict[str, str]:
    """ENV of the last stage, without PATH."""
    pairs = (pair.split("=", 1) for pair in only("ENV").split())
    return {name: value for name, value in pairs if name != "PATH"}


def command() -> list[str]:
    return _as_list(only("CMD"))


def health_command() -> list[str]:
    return _as_list(only("HEALTHCHECK").split("CMD", 1)[1])


def folders() -> set[str]:
    """VOLUME of the last stage."""
    return set(_as_list(only("VOLUME")))


def _as_list(text: str) -> list[str]:
    found = json.loads(text)
    assert isinstance(found, list)
    return found


def context() -> list[Path]:
    """The repository's files that .dockerignore lets through: the last line that matches decides."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    return [path for path in tracked() if _is_in(path.relative_to(ROOT), rules)]


def _is_in(path: Path, rules: list[str]) -> bool:
    is_in = True
    for rule in rules:
        pattern = rule.removeprefix("!").removeprefix("**/")
        names = [path, *path.parents]
        if any(fnmatch(name.name if "**/" in rule else name.as_posix(), pattern) for name in names[:-1]):
            is_in = rule.startswith("!")
    return is_in


def lay_out(folder: Path, *, linked: Collection[str]) -> None:
    """Fills `folder` with what the COPY instructions bring to /app. Folders that are `linked` are links to ours."""
    sources = [step.rest.split()[:-1] for step in steps() if step.word == "COPY" and not step.rest.startswith("--")]
    for name in (name for names in sources for name in names):
        if name in linked:
            folder.mkdir(exist_ok=True)
            (folder / name).symlink_to(ROOT / name)
            continue
        for path in context():
            inside = path.relative_to(ROOT)
            if inside == Path(name) or Path(name) in inside.parents:
                (folder / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, folder / inside)
