"""An import contract of our own for import-linter: what a package may import, as a list that allows.

Used by pyproject.toml as the type `only`, one contract for each row of the table in docs/architecture.md. Everything
that isn't on the list is refused, so a new module or a new dependency has to be written down before it can be used.
"""

import sys
from collections.abc import Iterable
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyContract(Contract):
    """Modules of `packages` import the standard library, each other, and what `may_import` names; nothing else.

    A name in `may_import` means a module with all its submodules.
    """

    type_name = "only"

    packages = fields.ListField(subfield=fields.StringField())
    may_import = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        packages, may_import = cast(list[str], self.packages), cast(list[str], self.may_import)
        importers = [module for module in sorted(graph.modules) if _is_within(module, packages)]
        refused = [
            f"{importer} -> {imported}"
            for importer in importers
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not _is_within(imported, [*packages, *may_import])
            and imported.split(".")[0] not in sys.stdlib_module_names
        ]
        return ContractCheck(kept=bool(importers) and not refused, metadata={"refused": refused})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["refused"] or [f"No module of {self.packages} was found."]:
            output.print_error(line)


def _is_within(module: str, packages: Iterable[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
