#!/usr/bin/env bash
# Makes the pictures of this folder, and docs/dashboard.png, from a suite that runs: both themes and phone width. Takes some four minutes.
# With pngquant (Debian: pngquant) they become a third as large.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
made="$(mktemp -d)"
trap 'rm -rf "$made"' EXIT
dotnet build tests/Suite.Tests -nologo -clp:NoSummary -v quiet
RATELIMITSUITE_SCREENS="$made" dotnet test tests/Suite.Tests --no-build -nologo --filter "FullyQualifiedName~EveryPageTests" >&2
if command -v pngquant >/dev/null; then
    pngquant --force --ext .png --speed 1 256 -- "$made"/*.png
fi
mv "$made"/*.png docs/screens/
cp docs/screens/overview-light.png docs/dashboard.png
