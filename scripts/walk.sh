#!/usr/bin/env bash
# Runs the walk (walk.py) with the boto3 of requirements.txt, which is installed once below `target/`. Arguments go to walk.py.
set -euo pipefail

scripts="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
venv="${SANGAM_WALK_VENV:-$scripts/../target/walk-venv}"

# Reinstalled when the wanted versions change, not on every run: the copy is written last, so that an install that broke off is repeated.
if ! cmp --silent "$scripts/requirements.txt" "$venv/installed.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$scripts/requirements.txt"
    cp "$scripts/requirements.txt" "$venv/installed.txt"
fi

PYTHONDONTWRITEBYTECODE=1 exec "$venv/bin/python" "$scripts/walk.py" "$@"
