"""Google's partial responses: `a,items(id,organizer(email))` says which fields an answer holds, and no other."""

import re
from typing import Any

from tests.fakes.endpoints import Wrong

Tree = dict[str, "Tree"]
"""Field → fields below it; none below means all of it."""


def parse(mask: str) -> Tree:
    """Raises Wrong."""
    words = re.findall(r"\w+|[(),]", mask)
    if "".join(words) != mask:
        raise Wrong(f"invalid field selection {mask}")
    tree = _level(words)
    if words:
        raise Wrong(f"invalid field selection {mask}")
    return tree


def check(tree: Tree, known: Tree) -> None:
    """As Google does, refuses fields there are not. Raises Wrong."""
    for name, below in tree.items():
        if name not in known:
            raise Wrong(f"invalid field selection {name}")
        if known[name]:
            check(below, known[name])


def masked(value: Any, tree: Tree) -> Any:
    if isinstance(value, list):
        return [masked(each, tree) for each in value]
    if not tree or not isinstance(value, dict):
        return value
    return {name: masked(each, tree[name]) for name, each in value.items() if name in tree}


def _level(words: list[str]) -> Tree:
    tree: Tree = {}
    while words and words[0] != ")":
        name = words.pop(0)
        tree[name] = {}
        if words and words[0] == "(":
            words.pop(0)
            tree[name] = _level(words)
            if not words or words.pop(0) != ")":
                raise Wrong("invalid field selection: a parenthesis is missing")
        if words and words[0] == ",":
            words.pop(0)
    return tree
