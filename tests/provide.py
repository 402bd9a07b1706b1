"""The programs that the tests need: Chromium, PostgreSQL's server programs, nginx, Caddy and systemd's tools.

`python -m tests.provide` is silent and quick when all are there, and otherwise installs them, one line each. What it
may not install it names, with the command that does, and exits with 1. Nothing is skipped for want of a program.
"""

import contextlib
import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 900  # seconds for one installation
# Debian, Red Hat and Homebrew keep PostgreSQL's server programs off the PATH, one folder for each version.
POSTGRES_PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")
PACKAGES = ("chromium-headless-shell", "chromium")
PROGRAMS = {"nginx": "nginx", "caddy": "caddy"}  # and the packages that have them
if sys.platform == "linux":
    PROGRAMS["systemd-analyze"] = "systemd"
OFF_THE_PATH = "/usr/sbin"  # of those who aren't root
CREATECLUSTER = Path("/etc/postgresql-common/createcluster.d")


class Missing(Exception):
    """A program the tests need is not there; the message ends in the command that gets it."""


def main() -> int:
    try:
        provide()
    except Missing as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    return 0


def provide() -> None:
    """Afterwards all below are there; raises Missing when that can't be brought about."""
    try:
        chromium()
    except Missing:
        _say("Installing Chromium (once)")
        _install_chromium()
    try:
        postgres_bin()
    except Missing:
        if not _may_use_apt():
            raise
        _say("Installing PostgreSQL (once)")
        _install_postgres()
        postgres_bin()
    for name, package in PROGRAMS.items():
        try:
            program(name)
        except Missing:
            if not _may_use_apt():
                raise
            _say(f"Installing {package} (once)")
            _apt_install(package)
            program(name)


def chromium() -> str | None:
    """Path of the system's Chromium, or None when Playwright is to take the one it brought itself."""
    for name in (*PACKAGES, "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path and _runs(path):
            return path
    if _playwright_brought_one():
        return None
    raise Missing("The tests need Chromium. Run: python -m playwright install --with-deps chromium")


def postgres_bin() -> Path:
    """The folder of PostgreSQL's server programs, the newest one where there are several."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for pattern in POSTGRES_PLACES:
        folders += sorted(Path("/").glob(pattern), key=_version, reverse=True)
    for folder in folders:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    command = "brew install postgresql" if sys.platform == "darwin" else "sudo apt-get install postgresql"
    raise Missing(f"The tests need PostgreSQL's server programs. Run: {command}")


def program(name: str) -> str:
    """Path of one of `PROGRAMS`."""
    if path := shutil.which(name) or shutil.which(name, path=OFF_THE_PATH):
        return path
    package = PROGRAMS[name]
    command = f"brew install {package}" if sys.platform == "darwin" else f"sudo apt-get install {package}"
    raise Missing(f"The tests need {name}. Run: {command}")


def _version(folder: Path) -> int:
    return int("".join(filter(str.isdigit, folder.parent.name)) or 0)


def _runs(program: str) -> bool:
    # Ubuntu's chromium-browser may be a stub that only asks for its snap.
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _playwright_brought_one() -> bool:
    # Asking Playwright itself starts its Node process, and that takes longer than everything else here.
    package = importlib.util.find_spec("playwright")
    if package is None or package.origin is None:
        return False
    driver = Path(package.origin).parent / "driver" / "package"
    browsers = json.loads((driver / "browsers.json").read_text(encoding="utf-8"))["browsers"]
    revision = next(browser["revision"] for browser in browsers if browser["name"] == "chromium")
    shell = _browsers_folder(driver) / f"chromium_headless_shell-{revision}"
    return (shell / "INSTALLATION_COMPLETE").is_file()


def _browsers_folder(driver: Path) -> Path:
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen:
        return driver / ".local-browsers" if chosen == "0" else Path(chosen)
    caches = "Library/Caches" if sys.platform == "darwin" else os.environ.get("XDG_CACHE_HOME", ".cache")
    return Path.home() / caches / "ms-playwright"


def _install_chromium() -> None:
    if _may_use_apt():
        # Debian's shell without windows, which starts fastest; where there is none, the whole browser. Where the
        # distribution has none, or only a stub, Playwright's own follows.
        for package in PACKAGES:
            with contextlib.suppress(Missing):
                _apt_install(package)
                chromium()
                return
    with_libraries = ["--with-deps"] if _may_use_apt() else []
    _run([sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"])


def _install_postgres() -> None:
    with _without_a_main_cluster():
        _apt_install("postgresql")


@contextlib.contextmanager
def _without_a_main_cluster() -> Iterator[None]:
    # Debian's package makes and starts a server of its own, which no test needs, unless told so before.
    CREATECLUSTER.mkdir(parents=True, exist_ok=True)
    note = CREATECLUSTER / "oncall-tests.conf"
    note.write_text("create_main_cluster = false\n", encoding="utf-8")
    try:
        yield
    finally:
        note.unlink()


def _may_use_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt_install(package: str) -> None:
    _apt_update()
    _run(["apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", package])


@functools.cache
def _apt_update() -> None:
    # One source of several may be out of reach; the installation that follows tells whether it mattered.
    with contextlib.suppress(Missing):
        _run(["apt-get", "update", "-o", "Acquire::Retries=3"])


def _run(command: list[str]) -> None:
    line = " ".join(command)
    try:
        done = subprocess.run(
            command,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        raise Missing(f"It took longer than {PATIENCE} seconds, and was given up: {line}") from expired
    if done.returncode:
        raise Missing(f"{done.stdout[-2000:].strip()}\nThe above was said, and nothing installed, by: {line}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
