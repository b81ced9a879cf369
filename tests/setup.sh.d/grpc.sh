#!/usr/bin/env bash
# The other gRPC implementations that the interoperability tests talk to: C-core by Debian's Python, and Node.js. Safe to repeat.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
peers=tests/Airgap.Grpc.Tests/peers
protos=tests/Airgap.Grpc.Tests/Protos
made=artifacts/grpc-peers
mkdir -p "$made"

complete() {
  # Debian's own interpreter: another python3 on the PATH does not see Debian's modules.
  /usr/bin/python3 -c 'import grpc, google.protobuf' 2>/dev/null || return 1
  for program in protoc grpc_python_plugin node npm; do
    command -v "$program" >/dev/null || return 1
  done
}
if ! complete; then
  packages=(python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc)
  command -v npm >/dev/null || packages+=(npm)
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null >/dev/null
fi

if ! cmp -s "$peers/package-lock.json" "$made/package-lock.json" || [[ ! -f "$made/installed" ]]; then
  rm -f "$made/installed"
  cp "$peers/package.json" "$peers/package-lock.json" "$made"
  (cd "$made" && npm ci --no-audit --no-fund --silent)
  touch "$made/installed"
fi

if [[ "$protos/interop.proto" -nt "$made/interop_pb2.py" || ! -f "$made/interop_pb2_grpc.py" ]]; then
  protoc -I "$protos" --python_out="$made" --grpc_python_out="$made" \
    --plugin=protoc-gen-grpc_python="$(command -v grpc_python_plugin)" interop.proto
fi
