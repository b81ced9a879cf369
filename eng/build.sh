#!/usr/bin/env bash
# Builds as run, test and bench need it: build.sh [--unless-unchanged] PROJECT [dotnet build option ...]
#   --unless-unchanged  builds nothing where no file has changed since the last such build of the project: a no-op build of the suite takes 20 s
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

stamp=
if [[ "$1" == --unless-unchanged ]]; then
    shift
    chosen="${PackageProfile:-} ${AspirePackages:-} ${GrpcPackages:-} ${TelemetryPackages:-} ${KafkaNativePackage:-} ${MLNetPackages:-} ${WebAssetsPackage:-}"
    stamp="artifacts/bin/.built-$(tr -c '[:alnum:]\n' - <<<"$* $chosen")"
fi

# What a project in this repository is built from; a folder is newer than the stamp where a file in it came or went.
changed() {
    find . \( -path ./artifacts -o -path ./.git -o -path ./docs -o -name node_modules -o -name bin -o -name obj \) -prune \
        -o -newer "$stamp" -print -quit
}

if [[ -n "$stamp" && -f "$stamp" && ! artifacts/profile.props -nt "$stamp" && -z "$(changed)" ]]; then
    echo "build: nothing has changed since the last one"
    exit 0
fi

[[ -z "$stamp" ]] || { mkdir -p artifacts/bin && touch "$stamp.begun"; }
# One warm compiler for all projects, also where the environment turns it off: with a cold one for each a first build takes three times as
# long. It ends by itself.
dotnet build "$@" -nologo -clp:NoSummary -p:UseSharedCompilation=true
# What was changed while it was built is built next time.
[[ -z "$stamp" ]] || mv "$stamp.begun" "$stamp"
