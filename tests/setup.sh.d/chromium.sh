#!/usr/bin/env bash
# The browser that drives the dashboard's tests, and the program that makes PNG of the Explainer's pictures. Safe to repeat.
set -euo pipefail
packages=()
command -v chromium >/dev/null || packages+=(chromium)
command -v rsvg-convert >/dev/null || packages+=(librsvg2-bin)
if [ ${#packages[@]} -eq 0 ]; then
  exit 0
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null >/dev/null
