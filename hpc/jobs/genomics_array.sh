#!/bin/bash
#SBATCH --job-name=genomics
#SBATCH --array=0-3
#SBATCH --ntasks=1
#SBATCH --time=01:00:00
#SBATCH --requeue
#SBATCH --output=%x-%A-%a.out
# Counts k-mers of de-identified reads, a shard a task; merge the results afterwards:
#
#   job=$(sbatch --parsable --array=0-99 genomics_array.sh)
#   sbatch --dependency=afterok:$job --array=0 --export=ALL,IRYO_MERGE=1 genomics_array.sh
#
# A task that is repeated writes the same file again, so requeueing loses and doubles nothing.
#
# IRYO_READS    folder of shard-<n>.fasta, for example below the lake's mount
# IRYO_RESULTS  folder for counts-<n>.json and summary.json
# IRYO_JOBS     folder of genomics.py (default: where it was submitted from)
set -euo pipefail

: "${IRYO_READS:?IRYO_READS is required: the folder of the reads}"
: "${IRYO_RESULTS:?IRYO_RESULTS is required: the folder for the results}"
program=${IRYO_JOBS:-$SLURM_SUBMIT_DIR}/genomics.py

if [[ ${IRYO_MERGE:-0} == 1 ]]; then
    exec python3 "$program" merge "$IRYO_RESULTS"
fi
exec python3 "$program" count "$IRYO_READS/shard-$SLURM_ARRAY_TASK_ID.fasta" "$IRYO_RESULTS"
