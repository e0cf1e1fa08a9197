#!/usr/bin/env bash
# Grades the models and leaves report, assessment and findings as files. How it ended is an output, so that the comment
# is written before the run fails.
set -euo pipefail

# Lines of a text as words of a command, without blanks around them; empty lines are none. No word is split, and no
# pattern expanded.
lines() {
    local line
    while IFS= read -r line || [ -n "$line" ]; do
        line=${line#"${line%%[![:space:]]*}"}
        line=${line%"${line##*[![:space:]]}"}
        if [ -n "$line" ]; then printf '%s\0' "$line"; fi
    done
}

mapfile -d '' -t models < <(printf '%s' "$SOVGRADE_MODEL" | lines)
mapfile -d '' -t rules < <(printf '%s' "${SOVGRADE_RULES:-}" | lines)
if [ "${#models[@]}" -eq 0 ]; then
    echo "no model is named" >&2
    exit 2
fi

out=$RUNNER_TEMP/sovgrade
mkdir -p "$out"
rm -f "$out/report.md" "$out/assessment.json" "$out/sovgrade.sarif"
command=("$SOVGRADE" grade "--lang=${SOVGRADE_LANG:-en}" --plain --format=human)
for file in markdown=report.md json=assessment.json sarif=sovgrade.sarif; do
    command+=("--format=${file%%=*}=$out/${file#*=}")
done
for rule in ${rules[@]+"${rules[@]}"}; do command+=("--rules=$rule"); done
if [ -n "${SOVGRADE_REQUIRE:-}" ]; then command+=("--require=$SOVGRADE_REQUIRE"); fi

# What a model's files say is printed below; until the token comes again, no line of it is a command to the service.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '::stop-commands::%s\n' "$token"
code=0
"${command[@]}" -- "${models[@]}" || code=$?
printf '::%s::\n' "$token"

# One comment for each set of models and rulesets.
key=$(printf '%s\0' "${models[@]}" ${rules[@]+"${rules[@]}"} | sha256sum | cut -c1-16)
{
    printf 'code=%s\n' "$code"
    printf 'key=%s\n' "$key"
    if [ -f "$out/report.md" ]; then printf 'report=%s\n' "$out/report.md"; fi
    if [ -f "$out/assessment.json" ]; then printf 'assessment=%s\n' "$out/assessment.json"; fi
    if [ -f "$out/sovgrade.sarif" ]; then printf 'sarif=%s\n' "$out/sovgrade.sarif"; fi
} >> "$GITHUB_OUTPUT"
if [ -f "$out/report.md" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    cat "$out/report.md" >> "$GITHUB_STEP_SUMMARY"
fi
