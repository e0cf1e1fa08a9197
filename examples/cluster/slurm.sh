#!/bin/sh
# A job array over references: each task compares with one part of them and spends its share of one budget.
#
#   sbatch --array=1-16 slurm.sh MODEL REFERENCES OUT
#   sbatch --dependency=afterok:JOB --wrap 'sovgrade merge OUT/part-*.json -o OUT/evidence.json'
#
# REFERENCES is a file with a model directory or sketch a line. A task that was stopped goes on where it was when it is started again.
#SBATCH --job-name=lineage
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=04:00:00
#SBATCH --requeue
set -eu

model=$1
references=$2
out=$3
part=${SLURM_ARRAY_TASK_ID:?this runs as a job array}
parts=${SLURM_ARRAY_TASK_COUNT:?this runs as a job array}

mkdir -p "$out"
set --
while IFS= read -r reference; do
    [ -n "$reference" ] && set -- "$@" "$reference"
done < "$references"

sovgrade measure "$model" --against "$@" \
    --shard "$part/$parts" --resume "$out/state-$part" -o "$out/part-$part.json" > "$out/part-$part.txt"
