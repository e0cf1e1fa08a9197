#!/usr/bin/env bash
# Names the program that the other steps run: one that is there already, or this action's own revision, built.
set -euo pipefail

binary=${SOVGRADE_BINARY:-}
if [ -z "$binary" ]; then
    cargo install --quiet --locked --path "$GITHUB_ACTION_PATH" --root "$RUNNER_TEMP/sovgrade-program"
    binary=$RUNNER_TEMP/sovgrade-program/bin/sovgrade
fi
case $binary in
    *$'\n'*) echo "the name of the program has a line break in it" >&2; exit 2 ;;
esac
if ! command -v -- "$binary" > /dev/null; then
    echo "there is no program of that name" >&2
    exit 2
fi
printf 'binary=%s\n' "$binary" >> "$GITHUB_OUTPUT"
