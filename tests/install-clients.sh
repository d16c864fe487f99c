#!/usr/bin/env bash
# Installs the real clients that the conformance tests drive, by apt, and only those that are absent.
# A client that can't be installed is a failure: a test run without it would prove nothing.
set -euo pipefail

# The distribution's own python: another one on the PATH does not see its packages.
python=/usr/bin/python3
missing=()

command -v kcat >/dev/null || missing+=(kcat)
command -v docker-compose >/dev/null || missing+=(docker-compose)
command -v chromium >/dev/null || missing+=(chromium)
has() { "$python" -c "import $1" >/dev/null 2>&1; }
has kafka || missing+=(python3-kafka)
has snappy || missing+=(python3-snappy)
has lz4.frame || missing+=(python3-lz4)
has zstandard || missing+=(python3-zstandard)

if [ ${#missing[@]} -eq 0 ]; then
  echo "clients: all present"
  exit 0
fi

echo "clients: installing ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q
"${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}"

for tool in kcat docker-compose chromium; do
  command -v "$tool" >/dev/null || { echo "clients: $tool is still missing" >&2; exit 1; }
done
for module in kafka snappy lz4.frame zstandard; do
  has "$module" || { echo "clients: python module $module is still missing" >&2; exit 1; }
done
