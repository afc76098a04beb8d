#!/usr/bin/env bash
# Builds the images and runs the compose file, where a Docker engine with Compose answers; else says so and ends well.
set -euo pipefail
if ! docker info >/dev/null 2>&1 || ! docker compose version >/dev/null 2>&1; then
  echo 'test:docker: SKIPPED, no Docker engine with Compose answers here' >&2
  exit 0
fi
exec node --test test/docker/*.test.ts
