#!/usr/bin/env bash
# Builds the native libraries of the airgap profile from the sources inside their npm packages, once per user and version.
# The result is ${XDG_CACHE_HOME:-~/.cache}/ratelimitsuite/native/NAME-VERSION-RID/LIBRARY with its checksum beside it.
set -euo pipefail

readonly here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
readonly seconds_between_lines=5
readonly log_lines_shown=20

usage() {
    cat >&2 <<USAGE
usage: build.sh [--background | --check | --where] lightgbm|librdkafka...
  --background  start the builds that are missing, detached from this terminal, and return at once
  --check       only say whether the libraries are there and intact (exit 0 or 1)
  --where       only print where the libraries are, or will be
USAGE
    exit 2
}

fail() {
    echo "native: $*" >&2
    exit 1
}

# ---- what and where ----

# Sets version, package, sha256, library and target for one line of the table of sources.
select_source() {
    name="$1"
    read -r version package sha256 library < <(awk -v name="$name" '$1 == name { print $2, $3, $4, $5 }' "$here/sources") ||
        { echo "native: no library is called '$name'" >&2; usage; }
    target="$cache/$name-$version-$rid"
    label="$name $version"
}

runtime_identifier() {
    [[ "$(uname -s)" == Linux ]] || fail "the airgap profile builds its libraries on Linux only; elsewhere use PackageProfile=full."
    case "$(uname -m)" in
        x86_64) echo linux-x64 ;;
        aarch64) echo linux-arm64 ;;
        *) echo "linux-$(uname -m)" ;;
    esac
}

# An interrupted disk or a stray edit must not turn into a crash inside a service.
is_intact() {
    [[ -f "$target/$library" && -f "$target/$library.sha256" ]] &&
        (cd "$target" && sha256sum --status --check "$library.sha256")
}

# ---- tools ----

require_tools() {
    local missing=()
    local tool
    for tool in npm tar gcc g++ make cmake; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0

    local install="apt-get install -y npm tar gcc g++ make cmake zlib1g-dev libssl-dev"
    if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
        fail "building $label needs ${missing[*]}. Install with: sudo $install"
    fi

    echo "native: installing ${missing[*]}: $install"
    { DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $install -qq; } >"$target.log" 2>&1 ||
        fail "could not install ${missing[*]}: $(tail -n 3 "$target.log"). Install by hand with: $install"
}

# ---- progress: one line that is rewritten on a terminal, one line every few seconds elsewhere ----

last_line=-$seconds_between_lines

# Other calls that wait for this build show what it says here.
progress() {
    echo "$1" >"$target.progress"
    show "$1"
}

show() {
    if [[ -t 1 ]]; then
        printf '\r\033[Knative: %s: %s (%d s)' "$label" "$1" "$SECONDS"
    elif ((SECONDS - last_line >= seconds_between_lines)); then
        last_line=$SECONDS
        echo "native: $label: $1 ($SECONDS s)"
    fi
}

end_progress() {
    [[ ! -t 1 ]] || printf '\r\033[K'
    echo "native: $label: $1 ($SECONDS s)"
}

# Runs a step with its output in the log; stops with the log's end if the step fails.
step() {
    local what="$1"
    shift
    progress "$what"
    "$@" >>"$target.log" 2>&1 || broken "$what"
}

broken() {
    [[ ! -t 1 ]] || printf '\r\033[K'
    echo "native: $label: $1 failed; the log ($target.log) ends with:" >&2
    tail -n "$log_lines_shown" "$target.log" | sed 's/^/    /' >&2
    exit 1
}

# ---- fetching ----

fetch() {
    progress "fetching $package"
    (cd "$work" && npm pack --silent --ignore-scripts "$package") >"$work/packed" 2>>"$target.log" || broken "fetching $package with npm"
    archive="$work/$(tail -n 1 "$work/packed")"
    local found
    found="$(sha256sum <"$archive" | cut -d ' ' -f 1)"
    [[ "$found" == "$sha256" ]] || fail "$package has SHA-256 $found, expected $sha256; it is not used."
}

# ---- the two builds: each leaves its library as $work/$library, by means of the source's own build files ----

# A unity build without the command line, as the sources take 4 times as long one by one.
build_lightgbm() {
    local source="$work/package/dependencies/LightGBM"
    step "unpacking" tar -xzf "$archive" -C "$work" --wildcards \
        package/dependencies/LightGBM/{CMakeLists.txt,VERSION.txt,cmake,include,src} \
        package/dependencies/LightGBM/external_libs/{eigen/Eigen,fmt/include,fast_double_parser/include}
    step "configuring" cmake -S "$source" -B "$work/build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON -DBUILD_CLI=OFF
    cmake --build "$work/build" --target _lightgbm --parallel "$jobs" 2>&1 | tee -a "$target.log" |
        while IFS= read -r line; do
            if [[ "$line" =~ ^\[\ *([0-9]+)%\] ]]; then
                progress "compiled ${BASH_REMATCH[1]} %"
            fi
        done || broken "compiling"
    mv "$source/lib_lightgbm.so" "$work/$library"
}

# Only the C library. TLS, zlib and zstd come in if their headers are there; LZ4 and Snappy are part of the source.
build_librdkafka() {
    local source="$work/package/deps/librdkafka"
    step "unpacking" tar -xzf "$archive" -C "$work" package/deps/librdkafka
    step "configuring" configure_librdkafka "$source"
    local total compiled=0
    total="$(make -C "$source/src" --dry-run librdkafka.so.1 2>/dev/null | grep -c -- ' -c ' || true)"
    make -C "$source/src" --jobs "$jobs" librdkafka.so.1 2>&1 | tee -a "$target.log" |
        while IFS= read -r line; do
            if [[ "$line" == *" -c "* ]]; then
                compiled=$((compiled + 1))
                progress "compiled $compiled of $total files"
            fi
        done || broken "compiling"
    mv "$source/src/librdkafka.so.1" "$work/$library"
}

configure_librdkafka() {
    cd "$1" && ./configure --no-download --disable-debug-symbols --disable-gssapi --disable-curl --disable-lz4-ext
}

# ---- one library, once ----

build() {
    SECONDS=0
    exec 9>"$target.lock"
    until flock --wait 2 9; do
        show "being built already: $(cat "$target.progress" 2>/dev/null || echo starting)"
    done

    if is_intact; then
        return   # The other build made it.
    fi

    : >"$target.log"
    require_tools
    rm -rf "$target".work.*   # What a killed build left; nobody else holds the lock.
    work="$(mktemp -d "$target.work.XXXXXX")"
    trap 'rm -rf "$work" "$target.progress"' EXIT
    jobs="$(nproc)"

    fetch
    "build_$name"
    mkdir "$work/result"
    mv "$work/$library" "$work/result/"
    (cd "$work/result" && sha256sum "$library" >"$library.sha256")
    rm -rf "$target"
    mv "$work/result" "$target"   # The last step: a reader sees the whole library or none.
    end_progress "built in $target"
}

# No terminal, no session, no descriptor of the caller: a build tool that started this does not wait for it.
build_in_background() {
    flock --nonblock "$target.lock" true || return 0   # A build is at it.
    echo "native: $label is being built in the background (log: $target.background.log)"
    setsid --fork "$here/build.sh" "$name" </dev/null >"$target.background.log" 2>&1
}

mode=build
case "${1:-}" in
    --background | --check | --where) mode="${1#--}"; shift ;;
    -*) usage ;;
esac
[[ $# -gt 0 ]] || usage

readonly rid="$(runtime_identifier)"
readonly cache="${XDG_CACHE_HOME:-$HOME/.cache}/ratelimitsuite/native"
mkdir -p "$cache"

for wanted in "$@"; do
    select_source "$wanted"
    case "$mode" in
        where) echo "$target/$library" ;;
        check) is_intact || exit 1 ;;
        background) is_intact || build_in_background ;;
        build) is_intact || (build) ;;   # A subshell: lock, trap and scratch folder end with it.
    esac
done
