"""Which version of the app this is."""

import tomllib
from functools import cache

from oncall_ui.settings import PROJECT_FOLDER


@cache
def app_version() -> str:
    """`1.4.0`, as pyproject.toml has it; empty where that file was left out."""
    try:
        content = (PROJECT_FOLDER / "pyproject.toml").read_text("utf-8")
    except OSError:
        return ""
    return str(tomllib.loads(content)["project"]["version"])
