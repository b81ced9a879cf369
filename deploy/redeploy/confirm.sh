#!/usr/bin/env bash
# confirm.sh VERSION: asks every replica what it serves; restarts the Limiter's deployment, a replica after the other, where a swap failed.
# LIMITERS: every replica's address, separated by spaces. DATA_PLANE_KEY: where the data plane needs it. KUBECONFIG_CONTENT: for the restart.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source deploy/redeploy/lib.sh
version=$1
read -ra limiters <<<"$LIMITERS"

missing=$(until_served "$version" 120 "${limiters[@]}")
if [[ -n "$missing" ]]; then
    echo "not swapped: $missing" | tr '\n' ' '; echo
    if [[ -z "${KUBECONFIG_CONTENT:-}" ]]; then
        echo "no KUBECONFIG_CONTENT: nothing is restarted" >&2
        exit 1
    fi
    umask 077
    KUBECONFIG=$(mktemp)
    export KUBECONFIG
    trap 'rm -f "$KUBECONFIG"' EXIT
    printf '%s' "$KUBECONFIG_CONTENT" >"$KUBECONFIG"
    kubectl rollout restart deployment/limiter
    kubectl rollout status deployment/limiter --timeout=10m
    missing=$(until_served "$version" 120 "${limiters[@]}")
    if [[ -n "$missing" ]]; then
        echo "still not swapped after a restart: $missing" >&2
        exit 1
    fi
fi
echo "all ${#limiters[@]} replicas serve $version"
