#!/usr/bin/env bash
# What the stand-ins need from the system: a PostgreSQL server, and a compiler for the native libraries. Installs it as root on a
# machine with apt-get, else says the line. Does nothing where all is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/profile.sh

missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }

[[ "$(package_group AspirePackages)" == feed ]] || command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
if [[ "$(package_group KafkaNativePackage)" == standin || "$(package_group MLNetPackages)" == standin ]]; then
    need cmake cmake
    need g++ g++
    need make make
    need npm npm
fi

if [[ ${#missing[@]} -eq 0 ]]; then
    exit 0
fi
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
    echo "setup: missing: ${missing[*]}. Install with: sudo apt-get install ${missing[*]}" >&2
    exit 1
fi
echo "setup: installing ${missing[*]}"
# The package's own server is not wanted: the suite starts a private one.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
