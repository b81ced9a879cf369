#!/usr/bin/env bash
# The tests of the Kubernetes overlay build it with kubectl's kustomize. Safe to repeat.
set -euo pipefail
command -v kubectl >/dev/null && exit 0
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
    echo "setup: missing: kubectl. Install with: sudo apt-get install kubernetes-client" >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends kubernetes-client >/dev/null
