#!/usr/bin/env bash
# Comments on the pull request once, and edits that comment from then on. A token that may not comment, as in a pull
# request from a fork, is no failure of the grade.
set -euo pipefail

number=$(jq -r '.pull_request.number // empty' "$GITHUB_EVENT_PATH")
case $number in
    '') echo "this is no run of a pull request, so nothing is commented on"; exit 0 ;;
    *[!0-9]*) echo "the number of the pull request is no number" >&2; exit 2 ;;
esac
case $SOVGRADE_KEY in
    '' | *[!0-9a-f]*) echo "the key of the comment is none" >&2; exit 2 ;;
esac

# The service takes at most 65,536 characters; what is longer is cut at the end of a line.
marker="<!-- sovgrade:$SOVGRADE_KEY -->"
most=60000
body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
    printf '%s\n' "$marker"
    LC_ALL=C awk -v most="$most" '{ used += length($0) + 1; if (used > most) { cut = 1; exit } print }
        END { if (cut) print "\n..." }' "$SOVGRADE_REPORT"
} | jq -Rs '{body: .}' > "$body"

comments=repos/$GITHUB_REPOSITORY/issues/$number/comments
refused() {
    echo "::warning title=sovgrade::the comment could not be written: the token may not write to pull requests"
    exit 0
}
# Only a comment that a program wrote is ours: anybody can write the mark.
filter=".[] | select(.user.type == \"Bot\") | select(.body | startswith(\"$marker\")) | .id"
known=$(gh api --paginate "$comments?per_page=100" --jq "$filter" | sed -n 1p) || refused
case $known in
    '') gh api --method POST "$comments" --input "$body" --silent || refused ;;
    *[!0-9]*) echo "the service named a comment by no number" >&2; exit 2 ;;
    *) gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$known" --input "$body" --silent || refused ;;
esac
