#!/bin/bash
# Opens every queue again and prints how many are up. May run any number of times.
set -euo pipefail
export PATH="/opt/slurm/bin:$PATH"
for queue in $(sinfo --noheader --format=%R | sort -u); do
    scontrol update "PartitionName=$queue" State=UP
done
sinfo --noheader --format='%R %a' | sort -u | grep -c ' up$'
