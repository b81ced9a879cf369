#!/usr/bin/env bash
# Brings a machine to the point where the suite runs (setup.sh run) or every test does (setup.sh test). Does nothing twice.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
purpose=${1:-run}

if ! command -v dotnet >/dev/null; then
    echo "setup: the .NET 10 SDK is missing: see https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    exit 1
fi

# Restoring one small project asks the feed which profile this is.
[[ -f artifacts/profile.props ]] || dotnet restore libs/TreeModel -nologo --verbosity minimal
source eng/profile.sh

scripts=()
if [[ "$(package_group PackageProfile)" == airgap ]]; then
    scripts+=(airgap/setup.sh)
fi
if [[ "$purpose" == test ]]; then
    while IFS= read -r script; do scripts+=("$script"); done < <(find tests/setup.sh.d -name '*.sh' | sort)
fi
for script in "${scripts[@]}"; do
    echo "setup: $script"
    "$script"
done
