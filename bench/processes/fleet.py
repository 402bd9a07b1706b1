"""The processes: two of each role, and nginx with the guide's configuration before those that serve pages."""

from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.faults.stage.world import LOOPBACK
from tests.e2e.proxy import Proxy
from tests.e2e.server import Server
from tests.ports import free_port


class Fleet:
    """Everything is started by `with`, and gone after it."""

    def __init__(self, folder: Path, database_url: str, data: Path, *, webs: int = 2, workers: int = 2) -> None:
        secure = free_port()
        settings = {
            "ONCALL_BASE_URL": f"https://localhost:{secure}",
            "ONCALL_TRUSTED_PROXIES": "127.0.0.1",
            "ONCALL_ALLOWED_PRIVATE_HOSTS": LOOPBACK,
            "ONCALL_DATA_DIR": str(data),
        }
        self.webs = [self._server(folder, f"web{at}", "web", database_url, settings) for at in range(webs)]
        self.workers = [self._server(folder, f"worker{at}", "worker", database_url, settings) for at in range(workers)]
        self.proxy = Proxy("nginx", folder / "nginx", [each.port for each in self.webs], secure)
        self._stack = ExitStack()

    @property
    def all(self) -> list[Server]:
        """In the order in which they are killed."""
        pairs = zip_longest(self.webs, self.workers)
        return [each for pair in pairs for each in pair if each is not None]

    def name_of(self, server: Server) -> str:
        return server.log.parent.name

    def _server(self, folder: Path, name: str, role: str, database_url: str, settings: dict[str, str]) -> Server:
        return Server(folder / name, database_url=database_url, settings={**settings, "ONCALL_ROLE": role})

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for server in [*self.workers, *self.webs]:
                stack.enter_context(server)
            stack.enter_context(self.proxy)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)
