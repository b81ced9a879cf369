#!/usr/bin/env bash
# Envoy's own protos and grpc-js for the conformance tests of the rate limit service; Python's side comes with grpc.sh. Safe to repeat.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
peers=tests/Limiter.Service.Tests/Envoy/peers
made=artifacts/envoy-peers
mkdir -p "$made"
if ! command -v npm >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends npm </dev/null >/dev/null
fi
if ! cmp -s "$peers/package-lock.json" "$made/package-lock.json" || [[ ! -f "$made/installed" ]]; then
  rm -f "$made/installed"
  cp "$peers/package.json" "$peers/package-lock.json" "$made"
  (cd "$made" && npm ci --no-audit --no-fund --silent --ignore-scripts)
  touch "$made/installed"
fi
