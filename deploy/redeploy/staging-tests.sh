#!/usr/bin/env bash
# staging-tests.sh MODEL: brings the model into staging's registry, promotes it there, and holds the staging Limiter against it.
# STAGING_DATABASE, STAGING_LIMITER, STAGING_DASHBOARD; Suite__Key and DATA_PLANE_KEY are staging's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source deploy/redeploy/lib.sh
model=$1

version=$(audit model push --database "$STAGING_DATABASE" --model "$model" --reason "staging of $(sha256sum "$model" | cut -c1-12)")
promote "$STAGING_DASHBOARD" "$version" "staging"
missing=$(until_served "$version" 120 "$STAGING_LIMITER")
[[ -z "$missing" ]] || { echo "staging does not serve $version" >&2; exit 1; }

# The fixed edge cases: the Limiter's predictions are the model's own, and inside the envelope.
rows=$(mktemp) predictions=$(mktemp)
trap 'rm -f "$rows" "$predictions"' EXIT
cat >"$rows" <<'ROWS'
request_volume,avg_latency,client_risk,hour_of_day,request_size,ip_reputation
0,0.1,0,0,0,1
0,0.1,0,0,1000000,0
5000,2.5,0.9,23,0,1
5000,2.5,0.9,23,1000000,0
ROWS
audit predict --model "$model" --rows "$rows" --out "$predictions"
number=1
while IFS= read -r row; do
    number=$((number + 1))
    expected=$(sed -n "${number}p" "$predictions")
    answer=$(look "$STAGING_LIMITER" "{\"id\":\"staging-$number\",\"cost\":0,\"features\":[$row]}")
    jq -e --argjson expected "$expected" --arg version "$version" \
        '.model_version == $version and .prediction > 0 and .prediction < 1000
         and (.prediction - $expected | fabs) <= 1e-9 * ([1, ($expected | fabs)] | max)' <<<"$answer" >/dev/null \
        || { echo "features $row: expected $expected of $version, got $answer" >&2; exit 1; }
done < <(tail -n +2 "$rows")
echo "staging serves $version and predicts as the model does"
