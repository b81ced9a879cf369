#!/usr/bin/env bash
# promote.sh VERSION REASON: makes a registered model champion. DASHBOARD: its address. Suite__Key: signs the token.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source deploy/redeploy/lib.sh
promote "$DASHBOARD" "$1" "$2"
