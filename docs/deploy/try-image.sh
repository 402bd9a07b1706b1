#!/bin/sh
# Builds the image and checks what docs/deploy/README.md promises: it becomes healthy with a read-only file system, no
# capability and another user than root, writes to its two folders alone, and stops by itself. Leaves nothing behind.
#   sh docs/deploy/try-image.sh            with Docker
#   ENGINE=podman sh docs/deploy/try-image.sh
# BUILD and RUN hold further options of the engine's build and run commands.
set -eu
cd "$(dirname "$0")/../.."
engine=${ENGINE:-docker}
name=oncall-try-$$
trap '$engine rm --force "$name" >/dev/null 2>&1; $engine volume rm "$name-data" "$name-backups" >/dev/null 2>&1' EXIT

# shellcheck disable=SC2086 # several options
$engine build ${BUILD:-} --file docs/deploy/Dockerfile --tag oncall-optimizer .
# shellcheck disable=SC2086
$engine run ${RUN:-} --detach --name "$name" --read-only --tmpfs /tmp:mode=1777,size=256m --cap-drop all \
    --security-opt no-new-privileges --volume "$name-data:/data" --volume "$name-backups:/backups" oncall-optimizer

inside() { $engine exec --interactive "$name" "$@"; }
health=$(sed -n "s/^ *CMD \(\[\"python\", \"-I\".*\)/\1/p" docs/deploy/Dockerfile)
is_healthy() { inside python -c "import json, subprocess, sys; sys.exit(subprocess.call(json.loads(sys.argv[1])))" "$health"; }
waited=0
until is_healthy 2>/dev/null; do
    waited=$((waited + 1))
    [ $waited -lt 90 ] || { $engine logs "$name"; echo "not healthy after 90 seconds" >&2; exit 1; }
    sleep 1
done
inside python run.py user list
inside python run.py backup /backups/try.backup
inside python - <<'CHECK'
import os
from pathlib import Path

def is_writable(folder: str) -> bool:
    try:
        (path := Path(folder, ".try")).touch()
        path.unlink()
    except OSError:
        return False
    return True

assert os.getuid() == 10001, os.getuid()
found = [folder for folder in ("/", "/app", "/venv", "/etc", "/tmp", "/data", "/backups") if is_writable(folder)]
assert found == ["/tmp", "/data", "/backups"], found
assert "CapEff:\t0000000000000000" in Path("/proc/self/status").read_text()
CHECK
$engine stop --time 20 "$name"
[ "$($engine inspect --format '{{.State.ExitCode}}' "$name")" = 0 ]
echo "The image works."
