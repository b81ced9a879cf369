#!/usr/bin/env bash
# The native libraries that the feed does not bring (and, as root on Debian, the tools that build them). Safe to repeat.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source eng/profile.sh

libraries=()
[[ "$(package_group KafkaNativePackage)" == feed ]] || libraries+=(librdkafka)
[[ "$(package_group MLNetPackages)" == feed ]] || libraries+=(lightgbm)
[[ ${#libraries[@]} -eq 0 ]] || exec airgap/native/build.sh "${libraries[@]}"
