#!/usr/bin/env bash
# Programs that a benchmark's load or peer comes from, by the benchmark's name: benchmarks/setup.sh NAME. Safe to repeat; where they cannot be
# installed the benchmark says what is missing.
set -euo pipefail
case "${1:-}" in
  grpc) program=h2load package=nghttp2-client ;;
  *) exit 0 ;;
esac
if command -v "$program" >/dev/null || [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  exit 0
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" </dev/null >/dev/null
