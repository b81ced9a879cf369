#!/usr/bin/env bash
# Prometheus, promtool, Alertmanager and amtool, against which metrics, rules and configuration are tested. Safe to repeat; starts no service.
set -euo pipefail
if command -v prometheus >/dev/null && command -v promtool >/dev/null && command -v amtool >/dev/null; then
  exit 0
fi
# A policy that forbids starting services, for the time of the installation, where the machine has none of its own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus prometheus-alertmanager </dev/null >/dev/null
