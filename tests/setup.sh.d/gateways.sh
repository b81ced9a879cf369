#!/usr/bin/env bash
# The gateways that the samples of deploy/gateways are tried with. Safe to repeat.
set -euo pipefail
packages=()
[ -x /usr/sbin/nginx ] || packages+=(nginx-light)
[ -x /usr/sbin/haproxy ] || packages+=(haproxy)
command -v caddy >/dev/null || packages+=(caddy)
if [ ${#packages[@]} -eq 0 ]; then
  exit 0
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null >/dev/null
