#!/usr/bin/env bash
# What the tests need beside .NET packages: the native libraries (and, as root on Debian, the tools that build them). Safe to repeat.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/../../airgap/native/build.sh" librdkafka lightgbm
