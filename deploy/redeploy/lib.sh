# Shared by the scripts beside it; sourced.

audit() { dotnet run --project tools/Audit -c Release --no-build -- "$@"; }

# A short-lived operator's token, made by the key in Suite__Key: a token that lives for a year does not exist here.
operator_token() { audit token --name redeploy --role operator; }

# promote DASHBOARD VERSION REASON
promote() {
    curl --fail-with-body --silent --show-error --max-time 60 -X POST "$1/api/v1/models/$2/promote" \
        -H "Authorization: Bearer $(operator_token)" -H "Content-Type: application/json" --data "$(jq -n --arg reason "$3" '{reason: $reason}')"
    echo
}

# look LIMITER BODY: one decision of cost 0, which spends nothing
look() {
    curl --fail-with-body --silent --show-error --max-time 10 "$1/decide" -H "Content-Type: application/json" \
        ${DATA_PLANE_KEY:+-H "x-suite-key: $DATA_PLANE_KEY"} --data "$2"
}

# served LIMITER: the model version that a replica decides by
served() { look "$1" '{"id":"redeploy","cost":0,"features":[0,0.1,0,0]}' | jq -r '.model_version // ""'; }

# until_served VERSION SECONDS LIMITER...: names on standard output those that do not serve it in time
until_served() {
    local version=$1 deadline=$((SECONDS + $2)) left=("${@:3}") missing
    while :; do
        missing=()
        for limiter in "${left[@]}"; do
            [[ "$(served "$limiter" || true)" == "$version" ]] || missing+=("$limiter")
        done
        if ((${#missing[@]} == 0)); then return 0; fi
        if ((SECONDS >= deadline)); then printf '%s\n' "${missing[@]}"; return 0; fi
        left=("${missing[@]}")
        sleep 2
    done
}
