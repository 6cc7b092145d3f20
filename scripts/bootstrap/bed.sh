#!/bin/sh
# Installs what the tests need from Debian. Where that is impossible the tests that need it are skipped,
# unless STACKHOLD_REQUIRE names what they need.
set -eu
cd "$(dirname -- "$0")/../.."

status=0
node_modules/.bin/node test/bed/install.ts || status=$?
if [ "$status" = 20 ] && [ -z "${STACKHOLD_REQUIRE:-}" ]; then
  exit 0
fi
exit "$status"
