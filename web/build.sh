#!/usr/bin/env bash
# Fetches what package-lock.json names, once, and bundles it. Called by Maven; Node is needed here and never at run.
set -euo pipefail
out=$1
cd "$(dirname "${BASH_SOURCE[0]}")"
version=$(node --version 2>/dev/null) || version=
major=${version#v}
major=${major%%.*}
if [[ ! $major =~ ^[0-9]+$ ]] || ((major < 20)); then
    printf '! web.no-node: node: %s (expected: Node 20 or newer with npm on the PATH)\n' "${version:-none on the PATH}" >&2
    exit 1
fi
stamp=node_modules/.sallyport-lock
if ! cmp -s package-lock.json "$stamp"; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json "$stamp"
fi
node --test --test-reporter=dot test/*.test.mjs
node build.mjs "$out"
