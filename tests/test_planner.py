"""What the processes that plan find when they are forked."""

import sys
from pathlib import Path

from oncall_ui.planner import Planner
from oncall_ui.worker import Link


def imported(_link: Link) -> frozenset[str]:
    """In the process, before it imports anything itself."""
    return frozenset(sys.modules)


async def test_every_process_finds_the_solver_imported_and_none_of_its_threads(planner: Planner) -> None:
    with planner._ready():
        found = await planner._workers.converse(imported, served={})
    assert {"numpy", "highspy", "oncall_ui.solving", "oncall_ui.solving.repair.bending"} <= found
    server = planner._workers._server._running
    assert server is not None
    status = Path(f"/proc/{server[0].pid}/status").read_text().split("\n")
    assert "Threads:\t1" in status, "a fork would copy one of several"
