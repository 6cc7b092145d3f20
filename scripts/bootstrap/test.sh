#!/bin/bash
# All checks, the cheap ones first: a heading and the time taken for each, and the end at the first failure.
set -euo pipefail
cd "$(dirname -- "$0")/../.."

stage() {
  local title=$1 start=$EPOCHREALTIME status=0
  shift
  printf '\n== %s\n' "$title"
  "$@" || status=$?
  local taken=$(((${EPOCHREALTIME/[.,]/} - ${start/[.,]/}) / 100000))
  printf -- '-- %s: %s, %d.%d s\n' "$title" "$([ "$status" = 0 ] && echo ok || echo FAILED)" \
    $((taken / 10)) $((taken % 10))
  [ "$status" = 0 ] || exit "$status"
}

stage packages scripts/bootstrap/npm.sh
stage 'test bed' scripts/bootstrap/bed.sh
stage lint npm run --silent lint
stage types npm run --silent types
stage unit npm run --silent test:unit
stage build npm run --silent build
stage integration npm run --silent test:integration
