"""nginx and Caddy with the configurations of the guide, in which only addresses, ports and certificates are others."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tests.ports import free_port
from tests.provide import program as found
from tests.security.http.certificates import presenting

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "behind-a-proxy.md"
NAME = "oncall.example.org"
START = 60

NGINX = """
daemon off;
user root;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    {places}
    {site}
}}
"""
PLACES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
"""What nginx keeps on the disk for a while, below a folder that only Debian's own service may write to."""

CADDY = """
{{
    admin off
    skip_install_trust
    storage file_system {folder}
    http_port {plain}
}}
{site}
"""


def blocks(language: str) -> list[str]:
    """The guide's configurations, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


class Proxy:
    """In front of the app at `ports`, of one process or of two; people reach it as `localhost`."""

    def __init__(self, program: str, folder: Path, ports: Sequence[int], secure: int) -> None:
        self.program = program
        self._plain, self._secure = free_port(), secure
        folder.mkdir()
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        # Caddy would keep its configuration, and would find an older one, in its user's folder.
        self._environment = os.environ | {"XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
        file = folder / "configuration"
        if program == "nginx":
            file.write_text(self._nginx(folder, ports), encoding="utf-8")
            self._command = [found(program), "-e", "stderr", "-c", str(file)]
        else:
            file.write_text(self._caddy(folder, ports), encoding="utf-8")
            self._command = [found(program), "run", "--adapter", "caddyfile", "--config", str(file)]

    @property
    def url(self) -> str:
        return f"https://localhost:{self._secure}"

    @property
    def plain_url(self) -> str:
        """Of the port that leads to the other one."""
        return f"http://localhost:{self._plain}"

    def _nginx(self, folder: Path, ports: Sequence[int]) -> str:
        presenting(folder, "localhost")
        certificate = folder / "localhost.pem"
        site, upstream = blocks("nginx")
        if len(ports) > 1:
            site = upstream + site.replace("proxy_pass http://127.0.0.1:8080;", "proxy_pass http://oncall;")
        site = re.sub(rf"/etc/letsencrypt/live/{NAME}/\w+\.pem", str(certificate), site)
        site = site.replace("listen 80;", f"listen 127.0.0.1:{self._plain};")
        site = site.replace("listen 443 ", f"listen 127.0.0.1:{self._secure} ")
        site = site.replace("https://$host$", f"https://$host:{self._secure}$")
        places = "".join(f"{place}_temp_path {folder}/{place};" for place in PLACES)
        return NGINX.format(folder=folder, places=places, site=_here(site, ports))

    def _caddy(self, folder: Path, ports: Sequence[int]) -> str:
        one, several = blocks("caddy")
        site = _here(several if len(ports) > 1 else one, ports).replace("localhost {", f"localhost:{self._secure} {{")
        return CADDY.format(folder=folder, plain=self._plain, site=site)

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < deadline, self._log.read_text(encoding="utf-8")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=10)
        finally:
            self._process.kill()

    def _answers(self) -> bool:
        try:
            plain, secure = (
                httpx.get(f"{url}/healthz", verify=False, trust_env=False) for url in (self.plain_url, self.url)
            )
            return plain.is_redirect and secure.is_success
        except httpx.TransportError:
            return False


def _here(site: str, ports: Sequence[int]) -> str:
    there = (8080,) if len(ports) == 1 else (8081, 8082)
    for written, port in zip(there, ports, strict=True):
        site = site.replace(f"127.0.0.1:{written}", f"127.0.0.1:{port}")
    return site.replace(NAME, "localhost")
