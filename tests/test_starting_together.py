"""Several processes start at the same moment on an empty PostgreSQL: one installation comes of it."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from oncall_ui.security.vault import KEY_FILE, generate_key
from oncall_ui.settings import Settings
from oncall_ui.starting import start_app
from tests.postgres import Cluster

pytestmark = pytest.mark.slow

START = """
import sys
from pathlib import Path
from oncall_ui.services.accounts.logging_in.cookie_secret import cookie_secret
from oncall_ui.services.accounts.setup import renew_setup_link
from oncall_ui.settings import Settings
from oncall_ui.starting import start_app
print("ready", flush=True)
sys.stdin.readline()
app = start_app(Settings(_env_file=None, data_dir=Path(sys.argv[1]), database_url=sys.argv[2]))
print(renew_setup_link(app), cookie_secret(app))
app.close()
"""


def test_two_agree_on_the_schema_the_key_the_cookies_and_the_setup_link(
    tmp_path: Path, postgres_cluster: Cluster
) -> None:
    folder, address = tmp_path / "data", postgres_cluster.fresh_database()
    command = [sys.executable, "-c", START, str(folder), address]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for each in both:
        assert each.stdout is not None and each.stdout.readline() == "ready\n"
    for each in both:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    (one, one_said), (other, other_said) = (each.communicate(timeout=60) for each in both)
    assert [each.returncode for each in both] == [0, 0], one_said + other_said
    assert one == other != ""
    assert "token=" in one

    # A third one that has neither their folder nor their key.
    elsewhere = Settings(_env_file=None, data_dir=tmp_path / "elsewhere", database_url=address)
    for keys in (SecretStr(""), SecretStr(generate_key())):
        with pytest.raises(ValueError, match="Another process has set up the database"):
            start_app(elsewhere.model_copy(update={"secret_keys": keys}))
        assert not (tmp_path / "elsewhere" / KEY_FILE).exists(), "so that the next start can be right"
