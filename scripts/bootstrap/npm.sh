#!/bin/sh
# Installs the npm packages of the lock file, Node 24 among them, unless they are there already.
set -eu
cd "$(dirname -- "$0")/../.."

stamp=node_modules/.stackhold-lock
node=node_modules/.bin/node

if cmp -s package-lock.json "$stamp" && [ -x "$node" ]; then
  exit 0
fi

if ! command -v npm >/dev/null; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo 'npm is missing: install Node.js with npm (on Debian: apt-get install npm).' >&2
    exit 20
  fi
  echo 'installing npm' >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -qq -y --no-install-recommends npm >/dev/null 2>&1 || {
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends npm >/dev/null
  }
fi

echo 'installing npm packages' >&2
quiet='--no-audit --no-fund --loglevel=error --ignore-scripts=false'
# Newer npm refuses a lock file without the optional packages of other platforms, as it is written where the
# registry does not have them; "install" takes the same versions from it.
# shellcheck disable=SC2086
npm ci $quiet >/dev/null 2>&1 || npm install --no-save $quiet

# npm may be set to run no install scripts; the one of the package "node" fetches its binary.
if ! "$node" --version >/dev/null 2>&1; then
  (cd node_modules/node && node installArchSpecificPackage)
  ln -sf ../node/bin/node "$node"
fi
"$node" --version >/dev/null || {
  echo 'The npm package "node" brought no Node.js that runs here.' >&2
  exit 20
}
cp package-lock.json "$stamp"
