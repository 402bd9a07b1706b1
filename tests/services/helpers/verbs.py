"""The verbs of the services, read from their source: which there are, and what each of them reaches."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SERVICES = ROOT / "oncall_ui" / "services"


@dataclass
class Verb:
    """A function or a class of a service. `name` is `accounts.profile.save_profile`."""

    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    uses: set[str]
    """The verbs, also private ones, it names."""
    writes: bool
    """Whether it opens a transaction that writes, itself."""

    @property
    def is_public(self) -> bool:
        return not isinstance(self.node, ast.ClassDef) and not self.node.name.startswith("_")

    @property
    def parameters(self) -> list[str]:
        if isinstance(self.node, ast.ClassDef):
            return []
        arguments = self.node.args
        return [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


@cache
def verbs() -> dict[str, Verb]:
    """Every function and class of every service, by name."""
    found: dict[str, Verb] = {}
    for path in sorted(SERVICES.rglob("*.py")):
        module = ".".join(path.relative_to(SERVICES).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = _names(module, tree)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found[f"{module}.{node.name}"] = _verb(f"{module}.{node.name}", node, known)
    return found


def public_verbs() -> list[Verb]:
    """What pages, jobs and commands may call with the app."""
    return [verb for verb in verbs().values() if verb.is_public and verb.parameters[:1] == ["app"]]


def reached(name: str) -> set[str]:
    """The verb, and all that it calls, and what they call."""
    found, waiting = set[str](), [name]
    while waiting:
        each = waiting.pop()
        if each not in found and each in verbs():
            found.add(each)
            waiting += verbs()[each].uses
    return found


def writes(name: str) -> bool:
    return any(verbs()[each].writes for each in reached(name))


def _verb(name: str, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, known: dict[str, str]) -> Verb:
    uses, does_write = set[str](), False
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in known:
            uses.add(known[each.id])
        elif isinstance(each, ast.Attribute):
            if isinstance(each.value, ast.Name) and each.value.id in known:
                uses.add(f"{known[each.value.id]}.{each.attr}")
            does_write |= each.attr == "write" and isinstance(each.value, ast.Attribute) and each.value.attr == "db"
    return Verb(name, node, uses, does_write)


def _names(module: str, tree: ast.Module) -> dict[str, str]:
    """What names of the module mean, as `accounts.profile.save_profile`, or `accounts.profile` for a module."""
    known = {
        node.name: f"{module}.{node.name}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("oncall_ui.services"):
            base = (node.module or "").removeprefix("oncall_ui.services").lstrip(".")
            for alias in node.names:
                known[alias.asname or alias.name] = f"{base}.{alias.name}".lstrip(".")
    return known
