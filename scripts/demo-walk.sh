#!/usr/bin/env bash
# Starts `sangam demo` over a fresh folder, runs the walk against it, then starts it again and sees that it goes on with its data.
# The binary is `target/debug/sangam` unless SANGAM_BIN names another.
set -euo pipefail

scripts="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
sangam="${SANGAM_BIN:-$scripts/../target/debug/sangam}"
# The program takes every SANGAM_ variable for a setting, and refuses those that are none.
unset SANGAM_BIN
work="$(mktemp -d)"
demo=""

stop() {
    if [ -n "$demo" ]; then
        kill "$demo" 2>/dev/null || true
        wait "$demo" 2>/dev/null || true
        demo=""
    fi
}
trap 'stop; rm -rf "$work"' EXIT

# Starts the demo and waits for what it prints once its two people are answered: one JSON value.
start() {
    SANGAM_DATA_DIR="$work/data" SANGAM_LISTEN="127.0.0.1:0" "$sangam" --json demo --confluence-listen "$1" \
        >"$work/told.json" 2>"$work/log" &
    demo=$!
    for _ in $(seq 1 600); do
        if python3 -m json.tool "$work/told.json" >/dev/null 2>&1; then return; fi
        if ! kill -0 "$demo" 2>/dev/null; then break; fi
        sleep 0.2
    done
    echo "error: the demo did not get ready; its log:" >&2
    tail -n 50 "$work/log" >&2
    exit 1
}

told() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$work/told.json" "$1"; }

confluence="127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"

began=$SECONDS
start "$confluence"
echo "demo ready after $((SECONDS - began)) s"
first="$(told index_id)"
export SANGAM_ENDPOINT SANGAM_ACCESS_KEY_ID SANGAM_SECRET_ACCESS_KEY
SANGAM_ENDPOINT="$(told endpoint)"
SANGAM_ACCESS_KEY_ID="$(told access_key_id)"
SANGAM_SECRET_ACCESS_KEY="$(told secret_access_key)"
bash "$scripts/walk.sh" --confluence "http://$confluence"

unset SANGAM_ENDPOINT SANGAM_ACCESS_KEY_ID SANGAM_SECRET_ACCESS_KEY
stop
start "$confluence"
second="$(told index_id)"
if [ "$first" != "$second" ]; then
    echo "error: the second start made another index ($second) than the first ($first)" >&2
    exit 1
fi
echo "the second start goes on with the data of the first"
