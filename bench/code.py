"""`python -m bench.code`: the measures of our own code in docs/architecture.md, from the tracked Python files.

Sources are oncall_ui, providers and pages without migrations; tests are everything under tests. A function's lines are
counted from its `def` to its last line; a test's mocks are its uses of monkeypatch, Mock and patch.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("oncall_ui/", "providers/", "pages/")
MOCKS = re.compile(r"monkeypatch\.|\bMock\(|\bpatch\(")
FLAT = 15
"""More modules side by side than this ask for folders."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> None:
    sources = [path for path in _tracked() if str(path).startswith(SOURCES) and "migrations" not in path.parts]
    tests = [path for path in _tracked() if path.parts[0] == "tests"]
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in [*sources, *tests]}
    trees = {path: ast.parse(texts[path]) for path in [*sources, *tests]}
    functions = [node for path in sources for node in ast.walk(trees[path]) if isinstance(node, Function)]
    lengths = [node.end_lineno - node.lineno + 1 for node in functions if node.end_lineno]
    lines = [len(texts[path].splitlines()) for path in sources]
    test_lines = sum(len(texts[path].splitlines()) for path in tests)
    test_functions = [
        node
        for path in tests
        for node in ast.walk(trees[path])
        if isinstance(node, Function) and node.name.startswith("test_")
    ]
    folders = [path.parent for path in sources if path.name != "__init__.py"]
    rows = {
        "source files / lines": f"{len(sources)} / {sum(lines):,}",
        "file median / p90 / max": _spread(lines),
        "function median / p90 / max": _spread(lengths),
        "typed functions": f"{sum(map(_is_typed, functions)) / len(functions):.0%}",
        "exception classes": str(sum(_exceptions(trees[path]) for path in sources)),
        "broad or bare except": str(sum(_broad(trees[path]) for path in sources)),
        "test lines ÷ source lines": f"{test_lines / sum(lines):.2f}",
        "mocks per test": f"{sum(len(MOCKS.findall(texts[p])) for p in tests) / len(test_functions):.3f}",
        "modules in the fullest folder": _fullest(folders),
        f"folders with more than {FLAT} modules": str(sum(folders.count(each) > FLAT for each in set(folders))),
        "modules of at most 40 lines": str(sum(0 < each <= 40 for each in lines)),
    }
    sys.stdout.write("".join(f"| {name} | {value} |\n" for name, value in rows.items()))


def _tracked() -> list[Path]:
    git = ["git", "ls-files", "*.py"]
    done = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - a fixed command
    return [Path(line) for line in done.stdout.split()]


def _spread(numbers: Sequence[int]) -> str:
    return f"{median(numbers):.0f} / {quantiles(numbers, n=10)[-1]:.0f} / {max(numbers)}"


def _is_typed(node: Function) -> bool:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return node.returns is not None and all(each.annotation or each.arg in {"self", "cls"} for each in arguments)


def _exceptions(tree: ast.Module) -> int:
    known = {"Exception", "ValueError"}
    found = 0
    for node in _classes(tree):
        names = {base.id for base in node.bases if isinstance(base, ast.Name)}
        found += bool(names & known or names & {"Failure"})
    return found


def _classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def _broad(tree: ast.Module) -> int:
    handlers = (node.type for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler))
    return sum(
        each is None or (isinstance(each, ast.Name) and each.id in {"Exception", "BaseException"}) for each in handlers
    )


def _fullest(folders: Sequence[Path]) -> str:
    largest = max(set(folders), key=folders.count)
    return f"{folders.count(largest)} ({largest})"


if __name__ == "__main__":
    main()
