"""For what would change the machine, or isn't on it: `python -m tests.deploying.substitutes NAME ARGUMENTS`.

They refuse what they don't know, so that a guide can't say what nobody has tried. `docker` and `systemctl` start the
app from the very files a guide names: the image's CMD, ENV and HEALTHCHECK, compose.yaml with its .env, the unit.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from tests.deploying import image

SHELL = {
    "apt-get": "exit 0",
    "useradd": "exit 0",
    "sudo": '[ "$1" != -u ] || shift 2; exec "$@"',  # as oneself: the test has no user `oncall`
    "journalctl": '[ "$*" = "--unit oncall --output cat" ] && cat "$MACHINE/log"',
    "python": 'exec .venv/bin/python "$@"',  # as the guides for any installation have it
}
"""Those that are a line of shell."""
NAMES = ("docker", "git", "install", "python3", "run.py", "systemctl")
MACHINE = Path(os.environ.get("MACHINE", "."))
IS_THOROUGH = "THOROUGH" in os.environ
PIDS = "running"
LOG = MACHINE / "log"
LINKED = ("oncall_ui", "pages", "providers")
"""They stay where they are compiled. Nothing writes there; a test compares."""


def install(arguments: Sequence[str]) -> None:
    """Without owners."""
    kept, owners = list(arguments), {"-o", "-g"}
    while owner := next((each for each in kept if each in owners), None):
        del kept[kept.index(owner) : kept.index(owner) + 2]
    for folder in (Path(each) for each in kept if each.startswith(str(MACHINE))):
        folder.parent.mkdir(parents=True, exist_ok=True)
    os.execv("/usr/bin/install", ["install", *kept])


def git(arguments: Sequence[str]) -> None:
    match arguments:
        case ["clone", source, target]:
            _clone(Path(source), Path(target))
        case ["pull"]:
            pass
        case _:
            raise NotImplementedError


def _clone(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for name in ("run.py", "pyproject.toml", "requirements.lock", ".env.example"):
        shutil.copy(source / name, target)
    shutil.copytree(source / "docs" / "deploy", target / "docs" / "deploy")
    for name in (*LINKED, "docs/guides"):
        (target / name).symlink_to(source / name)


def python3(arguments: Sequence[str]) -> None:
    """A virtual environment that has what the test has."""
    if list(arguments) != ["-m", "venv", ".venv"]:
        raise NotImplementedError
    folder = Path(".venv", "bin")
    folder.mkdir(parents=True)
    real = f'exec "{sys.executable}" "$@"' if IS_THOROUGH else 'shift; exec run.py "$@"'
    for name, line in (("python", f'[ "$2" = compileall ] || {{ {real}; }}'), ("pip", PIP)):
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)


PIP = '[ "$*" = "install --require-hashes -r requirements.lock" ] && [ -f requirements.lock ]'


def run_py(arguments: Sequence[str]) -> None:
    """Exits with a message where the app knows no such command."""
    from oncall_ui.cli.main import _parser

    _parser().parse_args(arguments)


def systemctl(arguments: Sequence[str]) -> None:
    match arguments:
        case ["daemon-reload"]:
            pass
        case ["enable", "--now", "oncall"]:
            _start_unit()
        case ["restart", "oncall"]:
            if IS_THOROUGH:
                _stop()
                _start_unit()
        case _:
            raise NotImplementedError


def _start_unit() -> None:
    lines = (MACHINE / "etc/systemd/system/oncall.service").read_text("utf-8").splitlines()
    unit = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    work = MACHINE / unit["WorkingDirectory"][1:]
    program, *rest = unit["ExecStart"].split()
    (MACHINE / "var/lib" / unit["StateDirectory"]).mkdir(mode=0o700, parents=True, exist_ok=True)
    assert (MACHINE / unit["ReadWritePaths"].removeprefix("-/")).is_dir()
    environment = dict([unit["Environment"].split("=", 1)])
    assert os.access(MACHINE / program[1:], os.X_OK)
    _start([sys.executable, *rest], work, environment)


def docker(arguments: Sequence[str]) -> None:
    match arguments:
        case ["compose", "up", "--detach", "--wait"]:
            _up()
        case ["compose", "build", "--pull"]:
            pass
        case ["compose", "logs", *options, "app"] if options in ([], ["--tail", "20"]):
            sys.stdout.write(LOG.read_text("utf-8"))
        case ["compose", "exec", "app", "python", *rest]:
            service = _service()
            if not IS_THOROUGH:
                run_py(rest[1:])
                return
            inside = [_outside(each, service) for each in rest]
            subprocess.run([sys.executable, *inside], cwd=_root(), env=_environment(service), check=True)
        case _:
            raise NotImplementedError


Service = Mapping[str, Mapping[str, str]]
"""Of compose.yaml: `environment` with what .env adds, `folders` by their name inside."""


def _up() -> None:
    """As Compose: what hasn't changed goes on running."""
    service = _service()
    known = MACHINE / "service"
    if known.exists() and (not IS_THOROUGH or known.read_text() == repr(service)):
        return
    known.write_text(repr(service))
    if not _root().exists():
        image.lay_out(_root(), linked=LINKED)
    _stop()
    _start([sys.executable, *image.command()[1:]], _root(), _environment(service))


def _root() -> Path:
    return MACHINE / "container"


def _service() -> Service:
    app = yaml.safe_load(Path("compose.yaml").read_text("utf-8"))["services"]["app"]
    settings = [line.split("=", 1) for line in Path(".env").read_text("utf-8").splitlines() if _is_setting(line)]
    own = {name: value.strip("'") for name, value in settings}
    folders = {}
    for volume in app["volumes"]:
        (variable, default), inside = volume[2:].split("}:")[0].split(":-"), volume.split("}:")[1]
        folders[inside] = own.get(variable, str(MACHINE / "volumes" / default))
        if variable in own:
            assert Path(own[variable]).is_dir(), f"{own[variable]} doesn't exist"
        Path(folders[inside]).mkdir(mode=0o700, parents=True, exist_ok=True)
    return {"environment": image.environment() | own | app["environment"], "folders": folders}


def _is_setting(line: str) -> bool:
    return "=" in line and not line.startswith("#")


def _environment(service: Service) -> dict[str, str]:
    """Outside of a container the port is another one, on this machine alone, and folders have other names."""
    found = {name: _outside(value, service) for name, value in service["environment"].items()}
    return found | {"ONCALL_PORT": os.environ["ONCALL_PORT"], "ONCALL_HOST": "127.0.0.1"}


def _outside(value: str, service: Service) -> str:
    for inside, folder in service["folders"].items():
        if value == inside or value.startswith(f"{inside}/"):
            return folder + value[len(inside) :]
    return value


def _start(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    with LOG.open("a") as log:
        running = subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "ONCALL_PORT": os.environ["ONCALL_PORT"], **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (MACHINE / PIDS).mkdir(exist_ok=True)
    (MACHINE / PIDS / "app").write_text(str(running.pid))
    _until_healthy()


def _stop() -> None:
    path = MACHINE / PIDS / "app"
    if not path.exists():
        return
    pid = int(path.read_text())
    os.kill(pid, signal.SIGTERM)
    while Path(f"/proc/{pid}").exists() and "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text():
        time.sleep(0.05)
    path.unlink()


def _until_healthy() -> None:
    """By the image's own command, which tells by its exit status."""
    program, *arguments = image.health_command()
    assert program == "python"
    for _ in range(300):
        time.sleep(1)
        if subprocess.run([sys.executable, *arguments], capture_output=True, check=False).returncode == 0:
            return
    raise TimeoutError(LOG.read_text("utf-8"))


ALL: Mapping[str, Callable[[Sequence[str]], None]] = {
    "docker": docker,
    "git": git,
    "install": install,
    "python3": python3,
    "run.py": run_py,
    "systemctl": systemctl,
}


if __name__ == "__main__":
    ALL[sys.argv[1]](sys.argv[2:])
